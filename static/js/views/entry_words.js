/** What the entries say that are no messages: "Ada added Ben and Cleo". Pure. */
/** @import { ChatApi, Entry } from "../types.d.ts" */
import { ADMINISTRATOR, appointmentIn, changeOf, MEMBERSHIP_KINDS, settingsIn } from "../domain/membership.js";
import { PIN_KINDS } from "../domain/pins.js";
import { counted } from "./text.js";
import { durationWords } from "./time.js";

/** More names than this in one line are too many. */
const MOST_NAMES = 4;

/**
 * @typedef {Pick<ChatApi, "userName"> & { me: { id: string } }} Names
 * @typedef {(user: string, unknown: string) => string} Naming
 */

/** Is it told as a quiet line, not as a message? @param {Pick<Entry, "kind">} entry */
export function isNote({ kind }) {
  return kind === "created" || MEMBERSHIP_KINDS.has(kind) || PIN_KINDS.has(kind);
}

/**
 * @param {Entry} entry
 * @param {Names} chat
 * @returns {string} the whole names, for the thread; "" where it is a message
 */
export function noteWords(entry, chat) {
  const named = naming(chat, (name) => name);
  return entry.kind === "created" ? `${subject(entry, named)} created the group “${entry.body}”` : words(entry, named);
}

/**
 * @param {Entry} entry
 * @param {Names} chat
 * @returns {string} first names, for a row of the list
 */
export function shortNoteWords(entry, chat) {
  const named = naming(chat, (name) => name.split(" ")[0]);
  return entry.kind === "created" ? `${subject(entry, named)} created the group` : words(entry, named);
}

/** @param {Names} chat @param {(name: string) => string} cut @returns {Naming} */
function naming(chat, cut) {
  return (user, unknown) => (user === chat.me.id ? "you" : cut(chat.userName(user, unknown)));
}

/** @param {Entry} entry @param {Naming} named */
function subject({ sender }, named) {
  const name = named(sender, "Someone");
  return name === "you" ? "You" : name;
}

/** @param {Entry} entry @param {Naming} named */
function words(entry, named) {
  const who = subject(entry, named);
  const object = (/** @type {string} */ user) => named(user, "someone");
  if (entry.kind === "added") return `${who} added ${listed(changeOf(entry).joined, named)}`;
  if (entry.kind === "removed") return `${who} removed ${object(entry.body)}`;
  if (entry.kind === "left") return `${who} left`;
  if (entry.kind === "titled") return `${who} changed the title to “${entry.body}”`;
  if (entry.kind === "joined") return `${who} joined by ${possessive(object(entry.body))} link`;
  if (entry.kind === "closed") return `${entry.body === ADMINISTRATOR ? "An administrator" : who} deleted the group`;
  if (entry.kind === "described")
    return entry.body === "" ? `${who} removed the description` : `${who} changed the description`;
  if (entry.kind === "pictured") return entry.body === "" ? `${who} removed the photo` : `${who} changed the photo`;
  if (PIN_KINDS.has(entry.kind)) return `${who} ${entry.kind} a message`;
  if (entry.kind === "settings") return settingsWords(entry, who);
  if (entry.kind !== "role") return "";
  const [user, role] = appointmentIn(entry.body);
  if (role === "owner") return `${who} handed the group to ${object(user)}`;
  return role === "admin"
    ? `${who} made ${object(user)} an admin`
    : `${who} made ${object(user)} an ordinary member again`;
}

/** @param {string} name */
const possessive = (name) => (name === "you" ? "your" : `${name}’s`);

/** @param {Entry} entry @param {string} who */
function settingsWords({ body }, who) {
  const { posts, adds, slow_seconds } = settingsIn(body);
  const whose = (/** @type {string} */ setting) => (setting === "everyone" ? "everyone" : "only admins");
  const said = [];
  if (posts) said.push(`let ${whose(posts)} write`);
  if (adds) said.push(`let ${whose(adds)} add people`);
  if (slow_seconds === 0) said.push("turned slow mode off");
  else if (slow_seconds) said.push(`set slow mode to ${durationWords(slow_seconds)}`);
  if (said.length === 0) return `${who} changed the settings`;
  return `${who} ${new Intl.ListFormat("en-GB").format(said)}`;
}

/** "you, Ben and 3 others"; those whose names are not known are counted. @param {readonly string[]} users @param {Naming} named */
function listed(users, named) {
  const names = users.map((user) => named(user, "")).filter(Boolean);
  names.sort((a, b) => Number(b === "you") - Number(a === "you"));
  // "and 1 other" takes no less room than the name.
  const shown = names.slice(0, names.length === MOST_NAMES + 1 ? names.length : MOST_NAMES);
  const others = users.length - shown.length;
  if (shown.length === 0) return others === 1 ? "someone" : `${others.toLocaleString("en")} people`;
  if (others > 0) shown.push(counted(others, "other"));
  return new Intl.ListFormat("en-GB").format(shown);
}
