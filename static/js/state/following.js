/** Groups follow their logs: members, roles and title change with the entries, in the log's order, each once. */
/** @import { Entry } from "../types.d.ts" */
/** @import { Cursors } from "./cursors.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Model } from "./model.js" */
/** @import { Typing } from "./typing.js" */
import { changeOf, takesBack } from "../domain/membership.js";

/** In a group as large as this the view is asked for where it is looked at: everybody's asking would be too much. */
const LARGE = 100;
/** Several may be added one after the other; their names are asked for together. */
const BURST_MS = 50;

/**
 * @typedef {object} FollowingParts
 * @property {Directory} directory
 * @property {Model} model
 * @property {Typing} typing
 * @property {Cursors} cursors
 * @property {(id: string) => Promise<void>} fetchConversation
 */

export class Following {
  #parts;
  /** @type {Set<string>} conversations whose view will be asked for */
  #asking = new Set();
  /** @type {Set<string>} large groups whose view is asked for when they are opened */
  #stale = new Set();
  /** @type {Map<string, number>} the head of the last view that lacked a name, which is asked for once more */
  #lacking = new Map();

  /** @param {FollowingParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Entries are about to be put into the log. @param {string} id @param {readonly Entry[]} entries */
  before(id, entries) {
    const { directory, model } = this.#parts;
    const view = directory.conversation(id);
    const back = view && entries.find((entry) => takesBack(entry, directory.me.id, view));
    if (!back) return;
    // What was said in between is not theirs: the log begins anew instead of waiting for it.
    model.thread(id)?.beginAt(back.seq);
    directory.followFrom(id, back.seq);
  }

  /** The log went on, as far as nothing is missing in it. @param {string} id */
  after(id) {
    const { directory, model } = this.#parts;
    const tail = model.knownThread(id)?.tail;
    if (!tail || directory.conversation(id)?.kind !== "group") return;
    if (tail.base > directory.followedUpTo(id)) this.#skip(id, tail.base);
    for (let seq = directory.followedUpTo(id) + 1; seq <= tail.high; seq++) {
      const entry = tail.at(seq);
      if (entry) this.#follow(id, entry);
    }
  }

  /** The server's view came. It may be older than an entry that names somebody new. @param {string} id */
  viewed(id) {
    const { directory } = this.#parts;
    const head = directory.conversation(id)?.head ?? 0;
    if (!directory.lacksNames(id) || this.#lacking.get(id) === head) return;
    this.#lacking.set(id, head);
    this.#ask(id);
  }

  /** It is looked at from now on. @param {string} id */
  opened(id) {
    if (this.#stale.delete(id)) this.#ask(id);
  }

  /** The window started over further on: what it left out may have changed the group. @param {string} id @param {number} base */
  #skip(id, base) {
    this.#parts.directory.followFrom(id, base + 1);
    this.#ask(id);
  }

  /** @param {string} id @param {Entry} entry */
  #follow(id, entry) {
    const { directory, typing, cursors } = this.#parts;
    const { joined, gone, closed } = changeOf(entry);
    directory.follow(id, entry);
    if (gone) typing.heard(id, gone, false);
    if (closed || gone === directory.me.id) cursors.forget(id);
    if (joined.length > 0) this.#ask(id);
  }

  /** @param {string} id */
  #ask(id) {
    if (this.#asking.has(id)) return;
    const { directory, model } = this.#parts;
    if (model.openId !== id && (directory.conversation(id)?.members.length ?? 0) > LARGE) {
      this.#stale.add(id);
      return;
    }
    this.#asking.add(id);
    setTimeout(() => {
      this.#asking.delete(id);
      void this.#parts.fetchConversation(id);
    }, BURST_MS);
  }
}
