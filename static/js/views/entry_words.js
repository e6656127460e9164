/** What the entries say that are no messages: "Ada added Ben and Cleo". Pure. */
/** @import { ChatApi, Entry } from "../types.d.ts" */
import { list, n, t } from "../domain/locale.js";
import { ADMINISTRATOR, appointmentIn, changeOf, MEMBERSHIP_KINDS, settingsIn } from "../domain/membership.js";
import { PIN_KINDS } from "../domain/pins.js";
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
  if (entry.kind !== "created") return words(entry, named);
  const title = entry.body;
  const who = subject(entry, named);
  return who ? t("{who} created the group “{title}”", { who, title }) : t("You created the group “{title}”", { title });
}

/**
 * @param {Entry} entry
 * @param {Names} chat
 * @returns {string} first names, for a row of the list
 */
export function shortNoteWords(entry, chat) {
  const named = naming(chat, (name) => name.split(" ")[0]);
  if (entry.kind !== "created") return words(entry, named);
  const who = subject(entry, named);
  return who ? t("{who} created the group", { who }) : t("You created the group");
}

/** @param {Names} chat @param {(name: string) => string} cut @returns {Naming} "" for whoever reads it */
function naming(chat, cut) {
  return (user, unknown) => (user === chat.me.id ? "" : cut(chat.userName(user, unknown)));
}

/** @param {Entry} entry @param {Naming} named "" where the reader did it */
const subject = ({ sender }, named) => named(sender, t("Someone"));

/** @param {Entry} entry @param {Naming} named */
function words(entry, named) {
  const who = subject(entry, named);
  const { kind, body } = entry;
  if (kind === "added") return addedWords(entry, named, who);
  if (kind === "removed") return removedWords(named(body, t("someone")), who);
  if (kind === "joined") return joinedWords(named(body, t("someone")), who);
  if (kind === "settings") return settingsWords(entry, who);
  if (kind === "role") return roleWords(body, named, who);
  const title = body;
  if (kind === "left") return who ? t("{who} left", { who }) : t("You left");
  if (kind === "titled")
    return who
      ? t("{who} changed the title to “{title}”", { who, title })
      : t("You changed the title to “{title}”", { title });
  if (kind === "closed") return closedWords(body, who);
  if (kind === "described" && body === "")
    return who ? t("{who} removed the description", { who }) : t("You removed the description");
  if (kind === "described") return who ? t("{who} changed the description", { who }) : t("You changed the description");
  if (kind === "pictured" && body === "")
    return who ? t("{who} removed the photo", { who }) : t("You removed the photo");
  if (kind === "pictured") return who ? t("{who} changed the photo", { who }) : t("You changed the photo");
  if (kind === "pinned") return who ? t("{who} pinned a message", { who }) : t("You pinned a message");
  if (kind === "unpinned") return who ? t("{who} unpinned a message", { who }) : t("You unpinned a message");
  return "";
}

/** @param {Entry} entry @param {Naming} named @param {string} who */
function addedWords(entry, named, who) {
  const people = listed(changeOf(entry).joined, named);
  return who ? t("{who} added {people}", { who, people }) : t("You added {people}", { people });
}

/** @param {string} whom @param {string} who each "" for the reader */
function removedWords(whom, who) {
  if (!whom) return t("{who} removed you", { who });
  return who ? t("{who} removed {whom}", { who, whom }) : t("You removed {whom}", { whom });
}

/** @param {string} whose @param {string} who each "" for the reader */
function joinedWords(whose, who) {
  if (!whose) return t("{who} joined by your link", { who });
  return who ? t("{who} joined by {whose}’s link", { who, whose }) : t("You joined by {whose}’s link", { whose });
}

/** @param {string} body @param {string} who */
function closedWords(body, who) {
  if (body === ADMINISTRATOR) return t("An administrator deleted the group");
  return who ? t("{who} deleted the group", { who }) : t("You deleted the group");
}

/** @param {string} body @param {Naming} named @param {string} who */
function roleWords(body, named, who) {
  const [user, role] = appointmentIn(body);
  const whom = named(user, t("someone"));
  if (role === "owner") {
    if (!whom) return t("{who} handed the group to you", { who });
    return who ? t("{who} handed the group to {whom}", { who, whom }) : t("You handed the group to {whom}", { whom });
  }
  if (role === "admin") {
    if (!whom) return t("{who} made you an admin", { who });
    return who ? t("{who} made {whom} an admin", { who, whom }) : t("You made {whom} an admin", { whom });
  }
  if (!whom) return t("{who} made you an ordinary member again", { who });
  return who
    ? t("{who} made {whom} an ordinary member again", { who, whom })
    : t("You made {whom} an ordinary member again", { whom });
}

/** @param {Entry} entry @param {string} who */
function settingsWords({ body }, who) {
  const { posts, adds, slow_seconds, keep_days } = settingsIn(body);
  const said = [];
  if (posts) said.push(posts === "everyone" ? t("let everyone write") : t("let only admins write"));
  if (adds) said.push(adds === "everyone" ? t("let everyone add people") : t("let only admins add people"));
  if (slow_seconds === 0) said.push(t("turned slow mode off"));
  else if (slow_seconds) said.push(t("set slow mode to {time}", { time: durationWords(slow_seconds) }));
  if (keep_days === 0) said.push(t("let messages be kept as long as everywhere here"));
  else if (keep_days)
    said.push(n("let messages be kept for {count} day", "let messages be kept for {count} days", keep_days));
  if (said.length === 0) return who ? t("{who} changed the settings", { who }) : t("You changed the settings");
  const what = list(said);
  return who ? t("{who} {what}", { who, what }) : t("You {what}", { what });
}

/** "you, Ben and 3 others"; those whose names are not known are counted. @param {readonly string[]} users @param {Naming} named */
function listed(users, named) {
  const unknown = "?";
  const names = users.map((user) => named(user, unknown)).filter((name) => name !== unknown);
  names.sort((a, b) => Number(b === "") - Number(a === ""));
  // "and 1 other" takes no less room than the name.
  const shown = names
    .slice(0, names.length === MOST_NAMES + 1 ? names.length : MOST_NAMES)
    .map((name) => name || t("you"));
  const others = users.length - shown.length;
  if (shown.length === 0) return others === 1 ? t("someone") : n("{count} person", "{count} people", others);
  if (others > 0) shown.push(n("{count} other", "{count} others", others));
  return list(shown);
}
