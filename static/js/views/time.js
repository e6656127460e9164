/** Times and days in words. Every function takes `now` and may be given a locale, so that tests do not depend on either. */
import { LOCALE, n, t } from "../domain/locale.js";

const DAY_MS = 86_400_000;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string | undefined} locale
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(locale, options) {
  const key = `${locale}:${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale ?? LOCALE, options);
    formats.set(key, found);
  }
  return found;
}

/**
 * The local calendar day, "2026-11-24": what messages are grouped by.
 * @param {number} at ms
 */
export function dayKey(at) {
  const date = new Date(at);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * Whole local days from `at` to `now`: 0 today, 1 yesterday. Rounded, because a day may have 23 or 25 hours.
 * @param {number} at ms
 * @param {number} now ms
 */
function daysAgo(at, now) {
  const midnight = (/** @type {number} */ ms) => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / DAY_MS);
}

/**
 * "14:32"
 * @param {number} at ms
 * @param {string} [locale]
 */
export function clockTime(at, locale) {
  return format(locale, { hour: "2-digit", minute: "2-digit" }).format(at);
}

/**
 * "14:32", "Yesterday", "Tue", "3 Nov", "3 Nov 2025"
 * @param {number} at ms
 * @param {number} now ms
 * @param {string} [locale]
 */
export function listTime(at, now, locale) {
  const days = daysAgo(at, now);
  if (days <= 0) return clockTime(at, locale);
  if (days === 1) return t("Yesterday");
  if (days < 7) return format(locale, { weekday: "short" }).format(at);
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) {
    return format(locale, { day: "numeric", month: "short" }).format(at);
  }
  return format(locale, { day: "numeric", month: "short", year: "numeric" }).format(at);
}

/**
 * "Today", "Yesterday", "Tuesday", "Monday, 3 November", "Monday, 3 November 2025"
 * @param {number} at ms
 * @param {number} now ms
 * @param {string} [locale]
 */
export function dayLabel(at, now, locale) {
  const days = daysAgo(at, now);
  if (days <= 0) return t("Today");
  if (days === 1) return t("Yesterday");
  if (days < 7) return format(locale, { weekday: "long" }).format(at);
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  return format(locale, { weekday: "long", day: "numeric", month: "long", year }).format(at);
}

/**
 * "Tuesday, 24 November 2026 at 14:32": what a title says in full.
 * @param {number} at ms
 * @param {string} [locale]
 */
export function fullTime(at, locale) {
  return format(locale, { dateStyle: "full", timeStyle: "short" }).format(at);
}

/**
 * "online", "away", "last seen 5 minutes ago", or "" where nothing is known.
 * @param {{ state: string, last_seen: number | null } | null} presence
 * @param {number} now ms
 * @param {string} [locale]
 */
export function presenceWords(presence, now, locale) {
  if (!presence) return "";
  if (presence.state === "online") return t("online");
  if (presence.state === "away") return t("away");
  if (presence.last_seen === null) return "";
  const minutes = Math.floor((now - presence.last_seen) / 60_000);
  if (minutes < 1) return t("last seen just now");
  if (minutes < 60) return n("last seen {count} minute ago", "last seen {count} minutes ago", minutes);
  const days = daysAgo(presence.last_seen, now);
  const time = clockTime(presence.last_seen, locale);
  if (days <= 0) return t("last seen at {time}", { time });
  if (days === 1) return t("last seen yesterday at {time}", { time });
  return t("last seen {time}", { time: listTime(presence.last_seen, now, locale) });
}

/** "Tuesday, 24 November". @param {number} at ms @param {string} [locale] */
export function fullDay(at, locale) {
  return format(locale, { weekday: "long", day: "numeric", month: "long" }).format(at);
}

/** "24 Nov 2026". @param {number} at ms @param {string} [locale] */
export function dateWords(at, locale) {
  return format(locale, { dateStyle: "medium" }).format(at);
}

/** "30 seconds", "5 minutes", "1 hour". @param {number} seconds */
export function durationWords(seconds) {
  if (seconds < 60) return n("{count} second", "{count} seconds", seconds);
  return seconds < 3600
    ? n("{count} minute", "{count} minutes", seconds / 60)
    : n("{count} hour", "{count} hours", seconds / 3600);
}

/** "0:25", "59:30": what is left of a wait. @param {number} ms */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** "24 Nov 2026, 14:32". @param {number} at ms @param {string} [locale] */
export function stamp(at, locale) {
  return format(locale, { dateStyle: "medium", timeStyle: "short" }).format(at);
}
