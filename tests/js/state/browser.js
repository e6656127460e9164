/** A browser for the state: one localStorage, one IndexedDB, locks and channels that its tabs share. */
import { deleteDB, openDB } from "../../../static/vendor/idb.js";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { Api } from "../../../static/js/net/api.js";
import { ChatSocket } from "../../../static/js/net/socket.js";
import { Chat } from "../../../static/js/state/chat.js";
import { enter } from "../../../static/js/state/entrance.js";
import { MemoryValues, Store } from "../../../static/js/state/store.js";
import { FakeTransport } from "./fake_transport.js";

/** @import { FakeServer } from "./fake_server.js" */

/** Web Locks as far as they are used: one holder a name, first come first. */
class Locks {
  /** @type {Map<string, Promise<unknown>>} */
  #held = new Map();
  /** @param {string} name @param {{ signal: AbortSignal }} how @param {() => Promise<unknown>} work */
  async request(name, { signal }, work) {
    const before = this.#held.get(name) ?? Promise.resolve();
    const mine = before.then(() => (signal.aborted ? undefined : work()));
    this.#held.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  }
}

/** How long a tab's change to localStorage takes to reach another process. Messages between tabs are faster. */
const STORAGE_MS = 20;

/** One tab's sight of the localStorage that all tabs share: its own changes at once, others' after a while, and told. */
class TabValues extends MemoryValues {
  #shared;
  #peers;
  /** @type {(key: string) => void} */
  told = () => undefined;

  /** @param {MemoryValues} shared @param {Set<TabValues>} peers */
  constructor(shared, peers) {
    super();
    this.#shared = shared;
    this.#peers = peers;
    for (let index = 0; index < shared.length; index++) {
      const key = shared.key(index) ?? "";
      super.setItem(key, shared.getItem(key) ?? "");
    }
    peers.add(this);
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    super.setItem(key, value);
    this.#shared.setItem(key, value);
    this.#spread((peer) => peer.#see(key, value));
  }
  /** @param {string} key */
  removeItem(key) {
    super.removeItem(key);
    this.#shared.removeItem(key);
    this.#spread((peer) => peer.#see(key, null));
  }
  /** @param {string} key @param {string | null} value */
  #see(key, value) {
    if (value === null) super.removeItem(key);
    else super.setItem(key, value);
    this.told(key);
  }
  /** @param {(peer: TabValues) => void} see */
  #spread(see) {
    for (const peer of this.#peers) if (peer !== this) setTimeout(see, STORAGE_MS, peer);
  }
}

let browsers = 0;

export class Browser {
  values = new MemoryValues();
  /** @type {Set<TabValues>} */
  #sights = new Set();
  #locks = new Locks();
  /** @type {string[]} */
  wentTo = [];
  /** @type {Chat[]} */
  #chats = [];
  #name = `browser-${browsers++}-`;

  constructor() {
    globalThis.indexedDB = new IDBFactory();
    // @ts-expect-error: as much of it as is used
    globalThis.location = { pathname: "/", search: "" };
  }

  /** @param {MemoryValues} [values] */
  store(values = this.values) {
    return new Store(values, { openDB, deleteDB });
  }

  /**
   * Open a tab.
   * @param {FakeServer} server
   * @param {{ visible?: boolean }} [how]
   */
  async tab(server, { visible = true } = {}) {
    const values = new TabValues(this.values, this.#sights);
    const store = this.store(values);
    /** @type {Chat | null} */
    let chat = null;
    // @ts-expect-error: as much of fetch as is used
    const api = new Api(server.fetch, () => void chat?.expired());
    const entrance = await enter(store, api);
    chat = new Chat(
      {
        api,
        store,
        goTo: (path) => void this.wentTo.push(path),
        socket: (events) => new ChatSocket(new FakeTransport(server), events),
        // @ts-expect-error: as much of them as is used
        tabs: { locks: this.#locks, channel: (name) => new BroadcastChannel(this.#name + name) },
      },
      entrance,
    );
    const opened = chat;
    values.told = (key) => opened.stored(key);
    chat.setVisible(visible);
    await chat.start();
    this.#chats.push(chat);
    return chat;
  }

  close() {
    for (const chat of this.#chats) chat.stop();
  }
}
