/** What the person wants to be told of, the same on all their devices, and whether they want quiet now. */
/** @import { NotificationsView } from "../types.d.ts" */
import { DEFAULT_NOTIFICATIONS, isQuiet } from "../domain/notifications.js";

/** How late the beginning and the end of quiet hours, and of a mute, may be noticed. */
const LOOK_EVERY_MS = 15_000;

export class Choices {
  #ports;
  /** @type {NotificationsView} */
  #current = DEFAULT_NOTIFICATIONS;
  #wasQuiet = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {object} ports
   * @param {() => void} ports.changed the choices did, or quiet began or ended
   * @param {() => void} ports.passed time did: mutes may have ended
   * @param {() => number} ports.now ms
   */
  constructor(ports) {
    this.#ports = ports;
  }

  get current() {
    return this.#current;
  }
  get quiet() {
    return isQuiet(this.#current, this.#ports.now());
  }
  /** May a notification hold what a message says? */
  get showsText() {
    return this.#current.show_text;
  }

  start() {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }
  stop() {
    clearInterval(this.#timer);
  }

  /** The server's word. @param {NotificationsView | null | undefined} choices absent: an older version kept it */
  set(choices) {
    this.#current = choices ?? DEFAULT_NOTIFICATIONS;
    this.#wasQuiet = this.quiet;
    this.#ports.changed();
  }

  /** Time has passed. */
  look() {
    this.#ports.passed();
    if (this.quiet === this.#wasQuiet) return;
    this.#wasQuiet = this.quiet;
    this.#ports.changed();
  }
}
