/**
 * What the views use: `ChatApi` of types.d.ts. Reading is answered from memory; what changes something goes into the
 * browser's storage or out to the server through the parts behind it.
 */
/** @import { ChatApi, Complaint, Level, NotificationsView, Reported, Topic } from "../types.d.ts" */
/** @import { Ports } from "./assembly.js" */
/** @import { Entrance } from "./entrance.js" */

import { isOut } from "../domain/membership.js";
import { Lifecycle } from "./lifecycle.js";
import { MessageCalls } from "./message_calls.js";

/** @implements {ChatApi} */
export class Chat extends MessageCalls {
  #life;
  #parts;

  /** @param {Ports} ports @param {Entrance} entrance who is here, and what is known of them */
  constructor(ports, entrance) {
    const life = new Lifecycle(ports, entrance);
    super(life.parts);
    this.#life = life;
    this.#parts = life.parts;
  }

  get me() {
    return this.#parts.directory.me;
  }

  start() {
    return this.#life.start();
  }
  stop() {
    this.#life.stop();
  }
  /** The page may be going away. */
  persist() {
    this.#parts.keeper.now();
  }
  /**
   * The browser says that the network came or went: see whether the server answers.
   * @param {number} [withinMs]
   */
  checkConnection(withinMs) {
    void this.#parts.socket.beat(withinMs);
  }
  /** What depends on the time may have changed. */
  timePassed() {
    this.#parts.choices.look();
    this.#parts.announcements.look();
  }
  /** Another tab wrote to localStorage. @param {string} key */
  stored(key) {
    this.#life.stored(key);
  }
  expired() {
    return this.#life.expired();
  }

  /** @param {Topic} topic @param {(...args: any[]) => void} listener */
  on(topic, listener) {
    return this.#parts.topics.on(topic, listener);
  }

  conversations() {
    return this.#parts.model.summaries();
  }
  /** @param {string} id */
  conversation(id) {
    return this.#parts.model.summary(id);
  }
  contacts() {
    return this.#parts.directory.contacts();
  }
  connection() {
    return this.#parts.connection.current;
  }
  notifications() {
    return this.#parts.choices.current;
  }
  quiet() {
    return this.#parts.choices.quiet;
  }
  totalUnread() {
    return this.#parts.model.totalUnread();
  }
  /** @param {string} user @param {string} [unknown] */
  userName(user, unknown) {
    return this.#parts.directory.userName(user, unknown);
  }
  /** @param {string} conversation */
  thread(conversation) {
    return this.#parts.model.window(conversation);
  }

  /** @param {string | null} conversation */
  open(conversation) {
    const { directory, model, sync, connection } = this.#parts;
    const former = model.openId;
    if (former === conversation) return;
    model.openId = conversation;
    if (former) {
      model.knownThread(former)?.close();
      model.touchThread(former);
    }
    if (!conversation) return;
    const thread = model.thread(conversation);
    if (!thread) return void this.#parts.fetchConversation(conversation);
    // Who opens it has come back to it; offline the mark stays for now.
    if (directory.conversation(conversation)?.me.unread)
      this.changeConversation(conversation, { unread: false }).catch(() => undefined);
    this.#parts.intake.opened(conversation);
    void thread.seed().then(() => model.touchThread(conversation));
    if (connection.current.state !== "offline") sync.want(conversation);
  }

  /** @param {string} conversation */
  loadOlder(conversation) {
    return this.#move(conversation, (thread) => thread.loadOlder());
  }
  /** @param {string} conversation */
  loadNewer(conversation) {
    return this.#move(conversation, (thread) => thread.loadNewer());
  }
  /** @param {string} conversation @param {number} seq */
  jumpToSeq(conversation, seq) {
    return this.#move(conversation, (thread) => thread.goTo(seq));
  }
  /** @param {string} conversation */
  jumpToTail(conversation) {
    return this.#move(conversation, async (thread) => thread.goToTail());
  }
  /** @param {string} conversation @param {Date} day @returns {Promise<number | null>} */
  jumpToDate(conversation, day) {
    return this.#parts.people.seqAt(conversation, day);
  }

  /** @param {string} conversation @param {number} seq */
  markRead(conversation, seq) {
    const { directory, intake, cursors, tabs } = this.#parts;
    const view = directory.conversation(conversation);
    if (!view || isOut(view) || seq <= view.me.read) return;
    const ordinal = intake.readUpTo(conversation, seq);
    cursors.read(conversation, seq);
    tabs.tell({ kind: "read", conversation, seq, ordinal });
  }

  /** @param {string} conversation @param {string} text */
  setDraft(conversation, text) {
    const { drafts, draftSync, model } = this.#parts;
    // A field that loses the focus while the page leaves must not write what was just wiped.
    if (this.#life.left || drafts.get(conversation) === text) return;
    drafts.set(conversation, text);
    draftSync.typed(conversation);
    model.touch(conversation);
  }
  /** @param {string} conversation */
  draft(conversation) {
    return this.#parts.drafts.get(conversation);
  }

  /** @param {string} conversation @param {boolean} active */
  setTyping(conversation, active) {
    const { directory, connection, typing } = this.#parts;
    const view = directory.conversation(conversation);
    if (connection.online && view && !isOut(view)) typing.set(conversation, active);
  }
  /** @param {string} conversation */
  slowUntil(conversation) {
    const { directory, model, slow } = this.#parts;
    const view = directory.conversation(conversation);
    return view ? slow.until(view, () => model.window(conversation).items) : 0;
  }
  /** @param {boolean} visible */
  setVisible(visible) {
    this.#life.setVisible(visible);
  }

  /** @param {string} user */
  openDirect(user) {
    return this.#parts.people.openDirect(user);
  }
  /** @param {{ phone?: string, handle?: string, invite?: string, user?: string }} by */
  addContact(by) {
    return this.#parts.people.addContact(by);
  }
  /** @param {string} user @param {{ alias?: string | null, blocked?: boolean }} change */
  changeContact(user, change) {
    return this.#parts.people.changeContact(user, change);
  }
  /** @param {string} user */
  removeContact(user) {
    return this.#parts.people.removeContact(user);
  }
  /** @param {string} query */
  searchPeople(query) {
    return this.#parts.people.search(query);
  }
  /** @param {string} id @param {{ notify?: Level, muted_until?: number | null, pinned?: boolean, archived?: boolean, unread?: boolean }} change */
  async changeConversation(id, change) {
    await this.#parts.people.changeConversation(id, change);
    this.#parts.tabs.tell({ kind: "changed", conversation: id });
  }
  /** @param {string} id */
  acceptRequest(id) {
    return this.#parts.people.acceptRequest(id);
  }
  /** @param {string} id */
  declineRequest(id) {
    return this.#parts.people.declineRequest(id);
  }
  /** @param {Partial<NotificationsView>} change */
  async changeNotifications(change) {
    this.#parts.choices.set(await this.#parts.people.changeNotifications(change));
  }
  notices() {
    return this.#parts.notices.current;
  }
  /** @param {string} id */
  closeNotice(id) {
    return this.#parts.notices.close(id);
  }
  announcements() {
    return this.#parts.announcements.current;
  }
  /** @param {string} id */
  closeAnnouncement(id) {
    return this.#parts.announcements.close(id);
  }
  /** @param {Reported} what @param {Complaint} complaint */
  report(what, complaint) {
    return this.#parts.people.report(what, complaint);
  }
  signOut() {
    return this.#life.signOut();
  }

  /**
   * Moves the reader's window and tells the thread before and after.
   * @param {string} conversation
   * @param {(thread: import("./thread.js").Thread) => Promise<void>} how
   */
  async #move(conversation, how) {
    const { model } = this.#parts;
    const thread = model.thread(conversation);
    if (!thread) return;
    const moving = how(thread);
    model.touchThread(conversation);
    try {
      await moving;
    } finally {
      model.touchThread(conversation);
    }
  }
}
