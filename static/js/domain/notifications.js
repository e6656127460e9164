/** When somebody is called: the level they chose for a chat, and the hours in which they want quiet. As the server's app/domain/notifications.py. Pure. */
/** @import { Level, NotificationsView } from "../types.d.ts" */

/** @type {readonly Level[]} */
export const LEVELS = Object.freeze(["all", "mentions", "none"]);

/** @type {Readonly<NotificationsView>} */
export const DEFAULT_NOTIFICATIONS = Object.freeze({ show_text: true, quiet_until: null, quiet_daily: null });

/**
 * Does a message in a chat of this level call its reader?
 * @param {Level} level
 * @param {boolean} muted
 * @param {boolean} mentioned it names them, or answers them
 */
export function calls(level, muted, mentioned) {
  return !muted && (level === "all" || (level === "mentions" && mentioned));
}

/** Does a text name this person? (A mention is written `@[id]`.) @param {string} body @param {string} user */
export function mentions(body, user) {
  return body.includes(`@[${user}]`);
}

/**
 * Does the person want to hear of nothing at `now`?
 * @param {Pick<NotificationsView, "quiet_until" | "quiet_daily">} choices
 * @param {number} now ms
 */
export function isQuiet({ quiet_until, quiet_daily }, now) {
  if (now < (quiet_until ?? 0)) return true;
  if (!quiet_daily) return false;
  const { begins, ends, zone } = quiet_daily;
  const minute = minuteIn(zone, now);
  if (minute === null) return false;
  return begins <= ends ? begins <= minute && minute < ends : minute >= begins || minute < ends;
}

/** The time of day there, as "HH:MM"; null where this browser knows no such zone. @param {string} zone @param {number} now ms */
function minuteIn(zone, now) {
  try {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    return format.format(now);
  } catch {
    return null;
  }
}
