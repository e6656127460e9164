/** Where one stands: with the server, and in each conversation. */
/** @import { Standing } from "../types.d.ts" */

export class Connection {
  #changed;
  /** @type {"connecting" | "online" | "offline"} */
  #state = "connecting";
  #since;

  /** @param {() => void} changed @param {number} [now] ms */
  constructor(changed, now = Date.now()) {
    this.#changed = changed;
    this.#since = now;
  }

  get current() {
    return { state: this.#state, since: this.#since };
  }
  /** Have the heads been heard since the connection stood? */
  get online() {
    return this.#state === "online";
  }

  /** @param {"connecting" | "online" | "offline"} state @param {number} [now] ms */
  become(state, now = Date.now()) {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = now;
    this.#changed();
  }
}

/**
 * A conversation's place, worst news first. "Up to date" only where the heads were heard and the window reaches them:
 * a request that happened to work proves nothing.
 * @param {{ state: "connecting" | "online" | "offline", since: number }} connection
 * @param {{ paused: boolean, behind: number, head: number, queued: number }} place
 * @returns {Standing}
 */
export function standingOf(connection, { paused, behind, head, queued }) {
  // The server answers, if only that it cannot: that is more than "offline" or "connecting" would say.
  if (paused) return { kind: "paused", queued };
  if (connection.state === "offline") return { kind: "offline", since: connection.since, queued };
  if (connection.state === "connecting") return { kind: "connecting" };
  if (behind > 0) return { kind: "behind", count: behind };
  if (queued > 0) return { kind: "sending", count: queued };
  return { kind: "up_to_date", head };
}
