/** Who is mentioned in a text, as `app/domain/mentions.py` finds them: a mention is written `@[id]`. Pure. */
/** @import { Entry } from "../types.d.ts" */

const MENTION = /@\[([0-9A-Za-z]{22})\]/g;

/**
 * The users whom a text mentions, each once, in the order in which they come.
 * @param {string} body
 */
export function mentionsOf(body) {
  return body.includes("@[") ? [...new Set([...body.matchAll(MENTION)].map(([, user]) => user))] : [];
}

/**
 * The text as it is read where nothing but text can be shown.
 * @param {string} body
 * @param {(user: string) => string} nameOf
 */
export function withNames(body, nameOf) {
  return body.includes("@[") ? body.replace(MENTION, (_, user) => `@${nameOf(user)}`) : body;
}

/** How a mention of this user is written. @param {string} user */
export const mentionOf = (user) => `@[${user}]`;

/** The number of the text in which somebody else mentions this person, by writing or editing it; 0: in none. @param {Entry} entry @param {string} user */
export function mentionedAt({ kind, seq, sender, target, body }, user) {
  if ((kind !== "text" && kind !== "edited") || sender === user || !mentionsOf(body).includes(user)) return 0;
  return kind === "edited" ? (target ?? 0) : seq;
}
