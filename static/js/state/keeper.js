/** Keeps the snapshot for the next first paint current, without writing on every change. */
/** @import { Entry } from "../types.d.ts" */
/** @import { Choices } from "./choices.js" */
/** @import { Store } from "./store.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Model } from "./model.js" */

const WRITE_MS = 2_000;

export class Keeper {
  #parts;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stopped = false;
  intervalMinutes = 5;
  /** @type {{ conversation: string, entries: Entry[] } | null} what was open last; stays while other pages are shown */
  open = null;

  /** @param {{ store: Store, directory: Directory, model: Model, choices: Choices }} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Something changed: write soon. */
  soon() {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => this.now(), WRITE_MS);
  }

  /** Write: a moment after a change, or because the page is going away. */
  now() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stopped) return;
    const { store, directory, model, choices } = this.#parts;
    store.snapshot.write({
      me: directory.me,
      conversations: model.summaries().map(({ view }) => view),
      contacts: directory.contacts(),
      interval_minutes: this.intervalMinutes,
      notifications: choices.current,
      open: this.#open(),
    });
  }

  /** What was wiped must not be written again by a page that is still going away. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #open() {
    const id = this.#parts.model.openId ?? this.open?.conversation;
    const thread = id ? this.#parts.model.knownThread(id) : null;
    if (id && thread && thread.tail.size > 0) this.open = { conversation: id, entries: thread.tail.entries() };
    return this.open;
  }
}
