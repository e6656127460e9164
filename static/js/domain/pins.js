/** What is pinned in a conversation, and what entries make of it: the browser's half of app/domain/pins.py. Pure. */
/** @import { ConversationView, Entry, EntryKind, Pin } from "../types.d.ts" */

import { may } from "./permissions.js";

/** @type {ReadonlySet<EntryKind>} */
export const PIN_KINDS = new Set(/** @type {const} */ (["pinned", "unpinned"]));

/** May it change what is pinned? Who deletes a message unpins it, and what is no longer kept is pinned no more. @param {Pick<Entry, "kind">} entry */
export const isPinning = ({ kind }) => PIN_KINDS.has(kind) || kind === "deleted" || kind === "expired";

/**
 * @param {readonly Pin[]} pins in the order in which they were pinned
 * @param {{ kind: EntryKind | undefined, sender: string, target?: number | null }} entry
 * @returns {readonly Pin[]} the very same where it changes nothing
 */
export function pinsAfter(pins, { kind, sender, target }) {
  if (kind === "expired") {
    const kept = pins.filter(({ seq }) => seq > (target ?? 0));
    return kept.length < pins.length ? kept : pins;
  }
  const there = pins.some(({ seq }) => seq === target);
  if (!target || there === (kind === "pinned")) return pins;
  return kind === "pinned" ? [...pins, { seq: target, by: sender }] : pins.filter(({ seq }) => seq !== target);
}

/**
 * What is pinned, by what the server told up to the number `rev` and what was heard, in whichever order it came.
 * @param {{ pins?: readonly Pin[], pins_rev?: number }} told
 * @param {readonly Entry[]} heard
 */
export function pinsNow({ pins = [], pins_rev: rev = 0 }, heard) {
  const later = heard.filter(({ seq }) => seq > rev).sort((a, b) => a.seq - b.seq);
  return later.reduce(pinsAfter, pins);
}

/** May this person pin messages here, and unpin them? @param {Pick<ConversationView, "kind" | "me">} view */
export const mayPin = ({ kind, me }) => kind === "direct" || may(me.role, "pin");
