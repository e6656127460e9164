/** What an unsent item asks of the server. Pure. */
/** @import { OutboxItem } from "../types.d.ts" */
import * as protocol from "../net/protocol.js";

/** @param {OutboxItem} item @returns {[event: string, payload: object]} */
export function commandOf({ kind, conversation, client_id, target = 0, body }) {
  if (kind === "edited") return ["edit", protocol.edit(conversation, client_id, target, body)];
  if (kind === "deleted") return ["delete", protocol.remove(conversation, client_id, target)];
  if (kind === "pinned" || kind === "unpinned")
    return ["pin", protocol.pin(conversation, client_id, target, kind === "pinned")];
  if (kind) return ["react", protocol.react(conversation, client_id, target, body, kind === "reacted")];
  return ["post", protocol.post(conversation, client_id, body, target || null)];
}

/**
 * Was it asked for what is so already? Then there is nothing to tell the person.
 * @param {OutboxItem} item
 * @param {string} code the refusal's
 */
export function isMoot({ kind }, code) {
  return code === "conflict" && kind !== undefined && kind !== "edited";
}
