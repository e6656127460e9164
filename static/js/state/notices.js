/** What this person is told by whoever runs this Chatter, and has not closed yet: on all their devices, as the server has it. */
/** @import { NoticeView } from "../types.d.ts" */

export class Notices {
  #ports;
  /** @type {readonly NoticeView[]} */
  #current = [];

  /**
   * @param {object} ports
   * @param {() => void} ports.changed
   * @param {(id: string) => Promise<unknown>} ports.close tells the server
   */
  constructor(ports) {
    this.#ports = ports;
  }

  /** The oldest first. */
  get current() {
    return this.#current;
  }

  /** The server's word. @param {readonly NoticeView[] | null | undefined} notices absent: an older server */
  set(notices) {
    this.#current = notices ?? [];
    this.#ports.changed();
  }

  /** It was read: it stays until the server knows. @param {string} id */
  async close(id) {
    await this.#ports.close(id);
    this.set(this.#current.filter((notice) => notice.id !== id));
  }
}
