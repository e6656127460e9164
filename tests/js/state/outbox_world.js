/** Two tabs on one browser's storage, a server that takes each client id once, a person who clicks, and bad luck. */
import assert from "node:assert/strict";
import { OUTBOX_PREFIX, OutboxStorage } from "../../../static/js/state/outbox_storage.js";
import { MemoryValues } from "../../../static/js/state/store.js";
import { Clock, refusal, settle, TakingServer, tab } from "./outbox_tab.js";

/** @typedef {"ok" | "lost" | "unheard" | "late" | "accepted" | "degraded" | "rate_limited" | "internal" | "not_found" | "invalid"} Fate */
/** @typedef {{ conversation: string, body: string, client_id: string, refusable: boolean, refused: boolean, discarded: boolean }} Said */
/**
 * One page from its opening to its end. A page that is gone hears no answer.
 * @typedef {{ index: number, over: boolean, asking: Map<string, string>, settled: Set<string> }} Life
 */

/** One tab's sight of the storage all tabs share: its own changes at once, another's when the browser brings the news. */
class Sight extends MemoryValues {
  #world;
  /** @type {Map<string, string | null>} */
  news = new Map();
  /** Was everything that can be read told to the outbox? */
  told = true;

  /** @param {OutboxWorld} world */
  constructor(world) {
    super();
    this.#world = world;
    for (const [key, value] of world.stored) super.setItem(key, value);
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    super.setItem(key, value);
    this.#world.changed(this, key, value);
  }
  /** @param {string} key */
  removeItem(key) {
    super.removeItem(key);
    this.#world.changed(this, key, null);
  }
  catchUp() {
    for (const [key, value] of this.news) {
      if (value === null) super.removeItem(key);
      else super.setItem(key, value);
    }
    this.told &&= this.news.size === 0;
    this.news.clear();
  }
}

export class OutboxWorld {
  clock = new Clock();
  server = new TakingServer();
  /** @type {Map<string, string>} what is in the browser, whoever sees it already */
  stored = new Map();
  /** @type {Said[]} */
  said = [];
  /** @type {Map<string, any>} requests that are still on their way, or accepted and not stored yet */
  held = new Map();
  /** @type {{ sight: Sight, outbox: import("../../../static/js/state/outbox.js").Outbox, say: ReturnType<typeof tab>["say"], life: Life }[]} */
  tabs = [];
  #asStored = { getItem: (/** @type {string} */ key) => this.stored.get(key) ?? null };
  /** @type {string[]} */
  #broken = [];
  #fates;
  #locks;
  #leader = 0;

  /** @param {Fate[]} fates of requests, one after the other; then all is well @param {boolean} locks without, every tab leads */
  constructor(fates, locks) {
    this.#fates = [...fates];
    this.#locks = locks;
    this.#open(0, true);
    this.#open(1, !locks);
  }

  /** @param {number} index @param {boolean} leads */
  #open(index, leads) {
    const sight = new Sight(this);
    /** @type {Life} */
    const life = { index, over: false, asking: new Map(), settled: new Set() };
    const post = (/** @type {any} */ item) => this.#post(item, life);
    const { outbox, say } = tab({ values: sight, clock: this.clock, post, leads });
    this.tabs[index] = { sight, outbox, say, life };
  }

  /** @param {any} item @param {Life} life */
  async #post(item, life) {
    const { conversation, client_id } = item;
    // While a page is being opened it is not among the tabs yet, and sees what is stored.
    const kept = this.tabs[life.index]?.life === life ? this.tabs[life.index].sight : this.#asStored;
    this.#expect(kept.getItem(OUTBOX_PREFIX + client_id), "asked for what was settled or discarded");
    this.#expect(!this.#locks || life.index === this.#leader, "asked by a tab that does not lead");
    this.#expect(!life.asking.has(conversation), "two in flight");
    life.asking.set(conversation, client_id);
    await settle();
    const ack = this.#answer(item, this.#fates.shift() ?? "ok");
    await settle();
    life.asking.delete(conversation);
    return life.over ? new Promise(() => undefined) : ack;
  }

  /** @param {any} item @param {Fate} fate */
  #answer(item, fate) {
    const said = this.#of(item.client_id);
    const definite = fate === "not_found" || fate === "invalid";
    if (definite || fate === "internal") said.refusable = true;
    if (definite) said.refused = true;
    if (definite || fate === "internal") return refusal(fate);
    if (fate === "degraded" || fate === "rate_limited") return refusal(fate, { retry_after: 1 });
    if (fate === "late" || fate === "accepted") this.held.set(item.client_id, item);
    if (fate === "accepted") return refusal("pending", { retry_after: 1 });
    if (fate === "late" || fate === "unheard") return refusal("timeout");
    const ack = this.server.take(item);
    return fate === "lost" ? refusal("timeout") : ack;
  }

  /** A tab's own change is newer than the news it had not read. @param {Sight} sight whose change @param {string} key @param {string | null} value */
  changed(sight, key, value) {
    const said = this.#of(key.slice(OUTBOX_PREFIX.length));
    if (value === null) {
      this.#expect(said.discarded || this.#isStored(said), `lost from the browser before its receipt: ${said.body}`);
      this.stored.delete(key);
    } else {
      const refused = JSON.parse(value).state === "refused";
      this.#expect(!refused || said.refusable, "given up though nobody refused it");
      this.#expect(
        !this.tabs.some((tab) => tab.sight === sight && tab.life.settled.has(said.client_id)),
        "it was settled",
      );
      said.refused ||= refused;
      this.stored.set(key, value);
    }
    sight.news.delete(key);
    for (const other of this.tabs) if (other.sight !== sight) other.sight.news.set(key, value);
  }

  /** What the outbox would catch is thrown later. @param {unknown} truth @param {string} otherwise */
  #expect(truth, otherwise) {
    if (!truth) this.#broken.push(otherwise);
  }

  /** @param {string} clientId @returns {Said} */
  #of(clientId) {
    const said = this.said.find(({ client_id }) => client_id === clientId);
    if (said) return said;
    const fresh = {
      client_id: clientId,
      conversation: "",
      body: "",
      refusable: false,
      refused: false,
      discarded: false,
    };
    this.said.push(fresh);
    return fresh;
  }
  /** @param {Said} said */
  #isStored(said) {
    return this.server.log.some(({ client_id }) => client_id === said.client_id);
  }

  /** Moving from tab to tab takes a person longer than it takes the news to be there to be read. @param {number} index @param {string} conversation */
  say(index, conversation) {
    this.tabs[index].sight.catchUp();
    const { client_id, body } = this.tabs[index].say(String(this.said.length), conversation);
    Object.assign(this.#of(client_id), { conversation, body });
  }
  /** Another tab changed the storage, which can be read here now, and this one is told at once or later. @param {number} index @param {boolean} [told] */
  news(index, told = true) {
    const { sight, outbox } = this.tabs[index];
    sight.catchUp();
    if (!told || sight.told) return;
    sight.told = true;
    outbox.absorb();
  }
  /** The entries come to a tab by another way than the answer. @param {number} index */
  push(index) {
    const { outbox, life } = this.tabs[index];
    for (const { client_id } of this.server.log) if (outbox.settle(client_id)) life.settled.add(client_id);
  }
  /** What was on its way arrives, and is stored unless it was refused meanwhile. @param {number} pick */
  arrive(pick) {
    const [id, item] = [...this.held][pick % Math.max(1, this.held.size)] ?? [];
    this.held.delete(id ?? "");
    if (item && !this.#of(item.client_id).refused) this.server.take(item);
  }
  /** @param {number} index @param {number} pick @param {"retry" | "discard"} what */
  click(index, pick, what) {
    const { outbox } = this.tabs[index];
    const shown = ["a", "b"].flatMap((conversation) => outbox.of(conversation));
    const item = shown[pick % Math.max(1, shown.length)];
    if (!item) return;
    this.tabs[index].life.settled.delete(item.client_id);
    if (what === "discard" && item.state !== "sending") this.#of(item.client_id).discarded = true;
    outbox[what](item.client_id);
  }
  /** @param {number} index */
  reload(index) {
    this.tabs[index].life.over = true;
    this.tabs[index].outbox.stop();
    this.#open(index, !this.#locks);
    // The lock falls to whoever waited for it.
    if (index === this.#leader) this.lead(1 - index);
  }
  /** @param {number} index */
  lead(index) {
    this.#leader = index;
    if (this.#locks) this.tabs[1 - index].outbox.lead(false);
    this.tabs[index].outbox.lead(true);
  }
  /** @param {number} index @param {boolean} connected */
  connect(index, connected) {
    this.tabs[index].outbox.setConnected(connected);
  }

  check() {
    assert.deepEqual(this.#broken, []);
    const ids = this.server.log.map(({ client_id }) => client_id);
    assert.equal(new Set(ids).size, ids.length, "stored twice");
    for (const said of this.said) {
      const kept = this.stored.has(OUTBOX_PREFIX + said.client_id);
      assert.ok(kept || said.discarded || this.#isStored(said), `neither kept nor stored: ${said.body}`);
    }
    for (const { outbox, life } of this.tabs) {
      for (const id of life.asking.values()) assert.ok((outbox.get(id)?.state ?? "sending") === "sending");
    }
    for (const conversation of ["a", "b"]) {
      const free = new Set(this.said.filter((one) => one.refused || one.discarded).map(({ client_id }) => client_id));
      const written = this.said.filter((one) => one.conversation === conversation && !free.has(one.client_id));
      const taken = this.server.log.filter((one) => one.conversation === conversation && !free.has(one.client_id));
      assert.deepEqual(
        taken.map(({ body }) => body),
        written.slice(0, taken.length).map(({ body }) => body),
        "not in the order of writing",
      );
    }
  }

  /** The network works, the news comes, and the person tries again what was refused. */
  async heal() {
    this.#fates = [];
    while (this.held.size > 0) this.arrive(0);
    for (let round = 0; round < 60 && (this.stored.size > 0 || round === 0); round++) {
      for (const index of [0, 1]) {
        this.connect(index, true);
        this.news(index);
        for (const { client_id } of new OutboxStorage(this.tabs[index].sight, "me").all()) {
          this.tabs[index].life.settled.delete(client_id);
          this.tabs[index].outbox.retry(client_id);
        }
      }
      await this.clock.pass(31_000);
      await settle();
      await settle();
    }
    this.check();
    for (const said of this.said) {
      if (!said.discarded) assert.ok(this.#isStored(said), `never stored: ${said.body}`);
    }
    assert.equal(this.stored.size, 0, "something is left in the browser");
    for (const index of [0, 1]) {
      this.news(index);
      assert.deepEqual(this.tabs[index].outbox.conversations(), new Set(), `left in tab ${index}`);
    }
  }
}
