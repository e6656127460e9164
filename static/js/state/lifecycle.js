/** From the first paint to signing out: what happens when, over the parts that do it. */
/** @import { Parts, Ports } from "./assembly.js" */
/** @import { Bootstrap, Entrance } from "./entrance.js" */
/** @import { SnapshotData } from "./snapshot.js" */
/** @import { Note } from "./tabs.js" */
import { ApiRefusal } from "../net/api.js";
import { assemble } from "./assembly.js";
import { OUTBOX_PREFIX } from "./outbox_storage.js";
import { worthFetching } from "./prefetching.js";

const GREETING_MS = 1_000;
/** After a lost connection many come back at once; what is not urgent is spread over this time. */
const SPREAD_MS = 8_000;
const PATIENCE_MS = 2_000;

export class Lifecycle {
  #ports;
  #entrance;
  /** @type {Parts} */
  parts;
  visible = true;
  #left = false;
  /** when the whole list that was compared last was asked for, and since when the connection stands, ms */
  #askedAt = 0;
  #connectedAt = 0;
  /** @type {Promise<void> | null} */
  #comparing = null;
  #prefetched = false;
  /** @type {ReturnType<typeof setTimeout>[]} */
  #timers = [];
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #reconciling;

  /** @param {Ports} ports @param {Entrance} entrance */
  constructor(ports, entrance) {
    this.#ports = ports;
    this.#entrance = entrance;
    this.parts = assemble(ports, entrance.me, {
      socket: {
        connected: () => this.#connected(),
        disconnected: (degraded) => this.#disconnected(degraded),
        degraded: () => this.parts.pause.refused(),
        fact: (name, payload) => this.#fact(name, payload),
        heads: (heads) => this.#heads(heads),
        signedOut: () => void this.expired(),
      },
      note: (note) => this.#note(note),
      visible: () => this.visible,
      idle: () => this.#idle(),
      eased: () => this.#eased(),
    });
  }

  get left() {
    return this.#left;
  }

  async start() {
    const { parts } = this;
    const { snapshot, bootstrap, askedAt } = this.#entrance;
    if (snapshot) this.#paint(snapshot);
    parts.outbox.absorb();
    if (bootstrap) this.#apply(bootstrap, askedAt);
    else void this.#rememberAll();
    for (const topic of /** @type {const} */ (["conversations", "thread", "contacts", "me"])) {
      parts.topics.on(topic, () => this.visible && parts.keeper.soon());
    }
    parts.choices.start();
    parts.tabs.start();
    parts.socket.start();
    // With a snapshot the list is compared as soon as the connection stands, and without one if none comes about.
    if (!bootstrap) this.#after(PATIENCE_MS, () => this.#askedAt || void this.reconcile());
    this.#repeat();
  }

  stop() {
    const { choices, keeper, socket, outbox, sync, cursors, typing, tabs, draftSync, history } = this.parts;
    clearInterval(this.#reconciling);
    for (const timer of this.#timers) clearTimeout(timer);
    keeper.now();
    for (const part of [choices, keeper, socket, outbox, sync, cursors, typing, tabs, draftSync]) part.stop();
    this.parts.announcements.stop();
    history.close();
  }

  /** @param {boolean} visible */
  setVisible(visible) {
    this.visible = visible;
    this.parts.socket.setVisible(visible);
    if (visible) this.parts.refusedMarks.look();
    else this.parts.keeper.now();
  }

  /** Another tab wrote to localStorage. @param {string} key */
  stored(key) {
    const { outbox, drafts, model } = this.parts;
    const drafted = drafts.conversationOf(key);
    if (drafted) model.touch(drafted);
    else if (key.startsWith(OUTBOX_PREFIX)) outbox.absorb();
  }

  /** Compare with the server's whole list: what pushes and heads could have missed. */
  reconcile() {
    this.#comparing ??= this.#reconcile().finally(() => {
      this.#comparing = null;
    });
    return this.#comparing;
  }

  async #reconcile() {
    const askedAt = Date.now();
    /** @type {Bootstrap} */
    let bootstrap;
    try {
      bootstrap = await this.#ports.api.get("/bootstrap");
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      return;
    }
    if (!this.#left) await this.#confirmed(bootstrap, askedAt);
  }

  /** The person signs out here. @throws {ApiRefusal} where the server cannot be told: the session would go on */
  async signOut() {
    await this.#ports.api.signOut();
    await this.#leave(true, true);
  }

  /** The server does not know this browser any more. */
  expired() {
    return this.#leave(false, true);
  }

  /** @param {Bootstrap} bootstrap @param {number} askedAt */
  async #confirmed(bootstrap, askedAt) {
    const other = bootstrap.me.id !== this.parts.directory.me.id;
    if (other) {
      this.#left = true;
      this.stop();
    }
    await this.#ports.store.confirm(bootstrap.me.id);
    if (other) this.#ports.goTo("/");
    else this.#apply(bootstrap, askedAt);
  }

  /** @param {SnapshotData} snapshot */
  #paint(snapshot) {
    const { choices, directory, model, keeper } = this.parts;
    directory.replace(snapshot.conversations, snapshot.contacts, 0, () => true);
    keeper.intervalMinutes = snapshot.interval_minutes;
    choices.set(snapshot.notifications);
    keeper.open = snapshot.open;
    if (snapshot.open) model.thread(snapshot.open.conversation)?.seedWith(snapshot.open.entries);
  }

  /** What did not fit into the snapshot, for working offline. */
  async #rememberAll() {
    const { directory, history, model } = this.parts;
    const { conversations, contacts } = await history.views();
    for (const view of conversations) if (!directory.conversation(view.id)) directory.mergeConversation(view, 0);
    for (const contact of contacts) if (!directory.contact(contact.user.id)) directory.putContact(contact);
    if (conversations.length > 0) model.touchAll();
  }

  /** @param {Bootstrap} bootstrap @param {number} askedAt ms */
  #apply(bootstrap, askedAt) {
    this.#askedAt = askedAt;
    const { choices, directory, model, intake, cursors, topics, history, keeper, draftSync, notices } = this.parts;
    directory.me = bootstrap.me;
    keeper.intervalMinutes = bootstrap.sync_interval_minutes;
    choices.set(bootstrap.notifications);
    notices.set(bootstrap.notices);
    this.parts.announcements.set(bootstrap.announcements, bootstrap.server_time, bootstrap.announcements_closed);
    const isOpen = (/** @type {string} */ id) => id === model.openId;
    for (const id of directory.replace(bootstrap.conversations, bootstrap.contacts, askedAt, isOpen))
      intake.removed(id);
    for (const { id, me } of bootstrap.conversations) {
      cursors.known(id, me);
      draftSync.hear(id, me.draft, me.draft_rev);
      const read = directory.conversation(id)?.me.read ?? 0;
      if (read > me.read && me.until_seq === null) cursors.read(id, read);
    }
    intake.heads(Object.fromEntries(bootstrap.conversations.map(({ id, head }) => [id, head])));
    model.touchAll();
    for (const topic of /** @type {const} */ (["me", "contacts"])) topics.tell(topic);
    void history.putViews(directory.conversations(), directory.contacts());
    keeper.soon();
    this.#prefetched = false; // what the greeting named before it was known here is known now
    this.#idle();
  }

  #repeat() {
    const ms = Math.max(1, this.parts.keeper.intervalMinutes) * 60_000;
    this.#reconciling = setInterval(() => void this.reconcile(), ms);
  }

  #connected() {
    const { connection, sync, outbox, model, socket } = this.parts;
    connection.become("connecting");
    sync.setConnected(true);
    outbox.setConnected(true);
    if (model.openId) sync.want(model.openId);
    // The server says its heads by itself; should that be lost, asking costs little.
    this.#after(GREETING_MS, () => !connection.online && void socket.beat());
    if (model.openId) void this.parts.fetchConversation(model.openId);
    // Presence and others' cursors are told once; what was missed before the connection stood is in the whole list.
    this.#connectedAt = Date.now();
    const ms = this.#askedAt ? Math.random() * SPREAD_MS : 0;
    this.#after(ms, () => this.#askedAt < this.#connectedAt && void this.reconcile());
  }

  /** @param {boolean} degraded */
  #disconnected(degraded) {
    const { connection, pause, sync, outbox, notifier } = this.parts;
    if (connection.online) notifier.away();
    if (degraded) pause.refused();
    connection.become("offline");
    if (!degraded) pause.forget();
    sync.setConnected(false);
    outbox.setConnected(false);
  }

  /** @param {Record<string, number>} heads */
  #heads(heads) {
    const { connection, pause, notifier, intake, cursors, draftSync, replies } = this.parts;
    if (!connection.online) {
      notifier.connected(heads);
      draftSync.flush();
      void replies.refresh();
    }
    intake.heads(heads);
    connection.become("online");
    pause.beat();
    cursors.flush();
    this.#idle();
  }

  /** What waited longer and longer is asked for now; the whole list, if that had failed, as soon as all do not at once. */
  #eased() {
    for (const id of this.parts.outbox.conversations()) this.parts.outbox.hurry(id);
    if (this.#askedAt < this.#connectedAt)
      this.#after(Math.random() * SPREAD_MS, () => this.#askedAt < this.#connectedAt && void this.reconcile());
  }

  /** If nothing is being caught up with: what happens then. */
  #idle() {
    if (!this.parts.connection.online || this.parts.sync.busy) return;
    void this.parts.notifier.caughtUp();
    if (this.#prefetched || !this.parts.tabs.leading) return;
    this.#prefetched = true;
    for (const id of worthFetching(this.parts.model.summaries())) this.parts.sync.want(id);
  }

  /** @param {string} name @param {any} payload */
  #fact(name, payload) {
    if (name === "signed_out") void this.#leave(true, true);
    else if (name === "heads") this.#heads(payload.heads);
    else this.parts.intake.fact(name, payload);
    if (name === "privacy_changed") void this.reconcile();
  }

  /** @param {Note} note another tab's */
  #note(note) {
    const { intake } = this.parts;
    if (note.kind === "settled") intake.pushed(note.conversation, [note.entry]);
    else if (note.kind === "read") intake.readUpTo(note.conversation, note.seq, note.ordinal);
    else if (note.kind === "paused") this.#pausedElsewhere(note.conversation, note.paused);
    else if (note.kind === "changed") void this.parts.fetchConversation(note.conversation);
    else if (note.kind === "signed_out") void this.#leave(note.explicit, false);
  }

  /** @param {string} conversation @param {boolean} paused */
  #pausedElsewhere(conversation, paused) {
    if (paused) this.parts.pause.hold(conversation);
    else this.parts.pause.free(conversation);
  }

  /**
   * @param {boolean} explicit somebody meant it: nothing stays in this browser
   * @param {boolean} tell the other tabs do not know yet
   */
  async #leave(explicit, tell) {
    if (this.#left) return;
    this.#left = true;
    const { store, goTo, leave } = this.#ports;
    if (tell) this.parts.tabs.tell({ kind: "signed_out", explicit });
    // First, or a part that still runs would write again what is wiped.
    this.stop();
    await (explicit ? store.wipe() : store.expire());
    await leave?.();
    const here = location.pathname + location.search;
    goTo(explicit || here === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`);
  }

  /** @param {number} ms @param {() => void} run */
  #after(ms, run) {
    this.#timers.push(setTimeout(run, ms));
  }
}
