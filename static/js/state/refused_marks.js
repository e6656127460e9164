/** Marks that the server refused are taken back; the person is told in a tab that they look at, once. */
/** @import { OutboxItem } from "../types.d.ts" */
import { isMark } from "../domain/marks.js";

/**
 * @typedef {object} Ports
 * @property {() => readonly OutboxItem[]} items what waits
 * @property {(clientId: string) => void} discard
 * @property {() => boolean} seen is this page looked at, and does it tell?
 * @property {(refused: { kind: OutboxItem["kind"], message: string }) => void} tell
 */

export class RefusedMarks {
  #ports;

  /** @param {Ports} ports */
  constructor(ports) {
    this.#ports = ports;
  }

  /** Something was refused, or the page is looked at now. */
  look() {
    const { items, discard, seen, tell } = this.#ports;
    if (!seen()) return;
    for (const item of items()) {
      if (!isMark(item) || item.state !== "refused") continue;
      tell({ kind: item.kind, message: item.message ?? "" });
      discard(item.client_id);
    }
  }
}
