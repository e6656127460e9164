/**
 * The wire's names and shapes (docs/wire.md), checked against the same golden frames as the server's.
 * Commands are built here and nowhere else; what comes in is checked before anything else touches it. Pure.
 */
/** @import { Entry } from "../types.d.ts" */
import { MEMBERSHIP_KINDS } from "../domain/membership.js";
import { PIN_KINDS } from "../domain/pins.js";
import { EXPIRED } from "../domain/retention.js";

export const COMMANDS = Object.freeze(["post", "edit", "delete", "react", "pin", "sync", "heads", "read", "typing"]);
export const FACTS = Object.freeze([
  "entries",
  "heads",
  "cursors",
  "typing",
  "presence",
  "conversation_added",
  "conversation_removed",
  "contact_added",
  "contact_changed",
  "contact_removed",
  "privacy_changed",
  "notifications_changed",
  "draft_changed",
  "notices_changed",
  "announcements_changed",
  "announcement_closed",
  "signed_out",
]);
/** The most entries one `sync` answers. */
export const SYNC_PAGE_ENTRIES = 200;

const REVISIONS = ["edited", "deleted", "reacted", "unreacted"];
const ABOUT = [...REVISIONS, ...PIN_KINDS, EXPIRED];
const KINDS = new Set(["text", "created", ...MEMBERSHIP_KINDS, ...ABOUT, "withheld"]);

/** @param {string} conversation @param {string} clientId @param {string} body @param {number | null} [replyTo] @param {boolean} [forwarded] */
export const post = (conversation, clientId, body, replyTo = null, forwarded = false) => ({
  conversation,
  client_id: clientId,
  body,
  ...(replyTo === null ? {} : { reply_to: replyTo }),
  ...(forwarded ? { forwarded } : {}),
});

/** @param {string} conversation @param {string} clientId @param {number} target @param {string} body */
export const edit = (conversation, clientId, target, body) => ({ conversation, client_id: clientId, target, body });

/** @param {string} conversation @param {string} clientId @param {number} target */
export const remove = (conversation, clientId, target) => ({ conversation, client_id: clientId, target });

/** @param {string} conversation @param {string} clientId @param {number} target @param {string} emoji @param {boolean} active */
export const react = (conversation, clientId, target, emoji, active) => ({
  conversation,
  client_id: clientId,
  target,
  emoji,
  active,
});

/** @param {string} conversation @param {string} clientId @param {number} target @param {boolean} active */
export const pin = (conversation, clientId, target, active) => ({ conversation, client_id: clientId, target, active });

/** @param {string} conversation @param {number} after @param {number | null} [until] */
export const sync = (conversation, after, until = null) =>
  until === null ? { conversation, after } : { conversation, after, until };

/** @param {boolean} visible */
export const heads = (visible) => ({ visible });

/** @param {string} conversation @param {{ delivered?: number, read?: number }} cursors */
export const read = (conversation, { delivered, read: upTo }) => ({
  conversation,
  ...(delivered === undefined ? {} : { delivered }),
  ...(upTo === undefined ? {} : { read: upTo }),
});

/** @param {string} conversation @param {boolean} active */
export const typing = (conversation, active) => ({ conversation, active });

/** @param {unknown} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @param {unknown} value */
const isId = (value) => typeof value === "string" && value.length > 0 && value.length <= 64;
/** @param {unknown} value */
const isSeq = (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;

/** @param {unknown} value */
const isSeqOrNone = (value) => value === undefined || value === null || (isSeq(value) && Number(value) > 0);
/** @param {unknown} value */
const areReactions = (value) =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) && value.every((one) => isObject(one) && isId(one.user) && typeof one.emoji === "string"));

/** @param {unknown} value @returns {value is Entry} */
export function isEntry(value) {
  return (
    isObject(value) &&
    isSeq(value.seq) &&
    value.seq > 0 &&
    isSeq(value.ordinal) &&
    KINDS.has(value.kind) &&
    [value.sender, value.client_id, value.body].every((part) => typeof part === "string") &&
    Number.isFinite(value.created_at) &&
    (ABOUT.includes(value.kind) ? isSeq(value.target) && value.target > 0 : isSeqOrNone(value.target)) &&
    [value.rev, value.root, value.replies_rev].every(isSeqOrNone) &&
    (value.replies === undefined || value.replies === null || isSeq(value.replies)) &&
    [value.forwarded, value.expired].every((mark) => [undefined, null, true, false].includes(mark)) &&
    areReactions(value.reactions)
  );
}

/** @param {unknown} value @returns {value is Entry[]} */
const areEntries = (value) => Array.isArray(value) && value.every(isEntry);

/** @param {unknown} value @returns {value is Record<string, number>} */
const areHeads = (value) => isObject(value) && Object.values(value).every(isSeq);

/** @param {unknown} value */
const isUser = (value) => isObject(value) && isId(value.id) && typeof value.name === "string";

/** @param {unknown} value */
const isPresence = (value) => isObject(value) && ["online", "away", "offline"].includes(value.state);

/** @param {unknown} value */
const isMember = (value) =>
  isObject(value) && isUser(value.user) && isSeq(value.delivered) && isSeq(value.read) && isPresence(value.presence);

/** @param {unknown} value */
const arePins = (value) =>
  value === undefined ||
  (Array.isArray(value) && value.every((one) => isObject(one) && isSeq(one.seq) && isId(one.by)));

/** @param {unknown} value */
export const isConversation = (value) =>
  isObject(value) &&
  isId(value.id) &&
  (value.kind === "direct" || value.kind === "group") &&
  isSeq(value.head) &&
  isSeq(value.head_ordinal) &&
  (value.last === null || isEntry(value.last)) &&
  Array.isArray(value.members) &&
  value.members.every(isMember) &&
  Array.isArray(value.former) &&
  value.former.every(isUser) &&
  arePins(value.pins) &&
  isObject(value.me) &&
  isSeq(value.me.read_ordinal);

/** @param {unknown} value */
export const isContact = (value) => isObject(value) && isUser(value.user) && isPresence(value.presence);

/** @param {unknown} value */
export const isNotifications = (value) =>
  isObject(value) &&
  typeof value.show_text === "boolean" &&
  (value.quiet_until === null || Number.isFinite(value.quiet_until)) &&
  (value.quiet_daily === null || isObject(value.quiet_daily));

/** @param {unknown} value */
const isNotice = (value) =>
  isObject(value) &&
  isId(value.id) &&
  ["warning", "report"].includes(value.kind) &&
  typeof value.text === "string" &&
  Number.isFinite(value.created_at);

/** @param {unknown} value */
const areNotices = (value) => Array.isArray(value) && value.every(isNotice);

/** @param {unknown} value */
const isAnnouncement = (value) =>
  isObject(value) &&
  isId(value.id) &&
  typeof value.level === "string" &&
  typeof value.text === "string" &&
  Number.isFinite(value.begins_at) &&
  Number.isFinite(value.ends_at);

/** @param {unknown} value */
export const isSavedPage = (value) =>
  isObject(value) &&
  (value.next === null || typeof value.next === "string") &&
  Array.isArray(value.saved) &&
  value.saved.every((one) => isObject(one) && isId(one.conversation) && isEntry(one.entry));

/** @param {unknown} value */
export const isThreadPage = (value) =>
  isObject(value) && isSeqOrNone(value.next) && isEntry(value.root) && areEntries(value.replies);

/** @type {Record<string, (payload: Record<string, any>) => boolean>} */
const FACT_SHAPES = {
  entries: (payload) => isId(payload.conversation) && areEntries(payload.entries),
  heads: (payload) => areHeads(payload.heads),
  cursors: (payload) =>
    isId(payload.conversation) && isId(payload.user) && isSeq(payload.delivered) && isSeq(payload.read),
  typing: (payload) => isId(payload.conversation) && isId(payload.user) && typeof payload.active === "boolean",
  presence: (payload) => isId(payload.user) && isPresence(payload),
  conversation_added: (payload) => isConversation(payload.conversation),
  conversation_removed: (payload) => isId(payload.conversation),
  contact_added: (payload) => isContact(payload.contact),
  contact_changed: (payload) => isContact(payload.contact),
  contact_removed: (payload) => isId(payload.user),
  privacy_changed: (payload) => isObject(payload.privacy),
  notifications_changed: (payload) => isNotifications(payload.notifications),
  draft_changed: (payload) => isId(payload.conversation) && typeof payload.body === "string" && isSeq(payload.version),
  notices_changed: (payload) => areNotices(payload.notices),
  announcements_changed: (payload) =>
    Array.isArray(payload.announcements) &&
    payload.announcements.every(isAnnouncement) &&
    Number.isFinite(payload.server_time),
  announcement_closed: (payload) => isId(payload.announcement),
  signed_out: (payload) => typeof payload.reason === "string",
};

/**
 * Is this fact what the wire's page says? Unknown fields are let through: a newer server may send more.
 * @param {string} name
 * @param {unknown} payload
 */
export function isFact(name, payload) {
  return isObject(payload) && FACT_SHAPES[name]?.(payload) === true;
}

/** @param {Record<string, any>} ack */
const isReceipt = (ack) => isSeq(ack.seq) && ack.seq > 0 && isSeq(ack.ordinal) && Number.isFinite(ack.created_at);

/** @type {Record<string, (ack: Record<string, any>) => boolean>} */
const ACK_SHAPES = {
  post: isReceipt,
  edit: isReceipt,
  delete: isReceipt,
  react: isReceipt,
  pin: isReceipt,
  sync: (ack) =>
    areEntries(ack.entries) && isSeq(ack.head) && isSeq(ack.head_ordinal) && typeof ack.complete === "boolean",
  heads: (ack) => areHeads(ack.heads),
  read: (ack) => isSeq(ack.delivered) && isSeq(ack.read) && isSeq(ack.read_ordinal),
  typing: () => true,
};

/**
 * Is this an acknowledgement of `command`: accepted with what the wire promises, or refused with a code?
 * @param {string} command
 * @param {unknown} ack
 */
export function isAck(command, ack) {
  if (!isObject(ack)) return false;
  if (ack.ok === false) return typeof ack.code === "string" && typeof ack.message === "string";
  return ack.ok === true && ACK_SHAPES[command]?.(ack) === true;
}
