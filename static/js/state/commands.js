/** What an unsent item asks of the server. Pure. */
/** @import { OutboxItem } from "../types.d.ts" */
import { isMark } from "../domain/marks.js";
import * as protocol from "../net/protocol.js";

/** Asking again cannot change these answers. */
const DEFINITE = new Set(["invalid", "not_found", "forbidden", "client_id_reused", "conflict", "too_large"]);
/** A server's bug may pass, or not: after so many the person decides. */
const OTHER_REFUSALS = 8;
const PASSING = new Set(["pending", "degraded", "timeout", "offline", "rate_limited", "slow_mode", "not_signed_in"]);

/** @param {OutboxItem} item @returns {[event: string, payload: object]} */
export function commandOf({ kind, conversation, client_id, target = 0, body, forwarded }) {
  if (kind === "edited") return ["edit", protocol.edit(conversation, client_id, target, body)];
  if (kind === "deleted") return ["delete", protocol.remove(conversation, client_id, target)];
  if (kind === "pinned" || kind === "unpinned")
    return ["pin", protocol.pin(conversation, client_id, target, kind === "pinned")];
  if (kind) return ["react", protocol.react(conversation, client_id, target, body, kind === "reacted")];
  return ["post", protocol.post(conversation, client_id, body, target || null, forwarded)];
}

/**
 * Was it asked for what is so already? Then there is nothing to tell the person.
 * @param {OutboxItem} item
 * @param {string} code the refusal's
 */
export function isMoot({ kind }, code) {
  return code === "conflict" && kind !== undefined && kind !== "edited" && !isMark({ kind });
}

/**
 * Is there no use in asking again?
 * @param {OutboxItem} item
 * @param {string} code the refusal's
 */
export function isRefused({ attempts, kind }, code) {
  // One's other devices changed the same marks at this moment.
  if (isMark({ kind }) && code === "conflict") return false;
  return DEFINITE.has(code) || (!PASSING.has(code) && attempts >= OTHER_REFUSALS);
}
