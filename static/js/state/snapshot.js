/**
 * What the first paint needs, in localStorage: written whole, read in one synchronous go, never large.
 * Nobody's data is shown to somebody else: after a sign-out was noticed the snapshot waits for the server's word on
 * who is here (`trusted`).
 */
/** @import { ContactView, ConversationView, Entry, NotificationsView, UserView } from "../types.d.ts" */
/** @import { KeyValues } from "./outbox_storage.js" */

const VERSION = 1;
const MOST_CHARACTERS = 500_000;
/** About what fits; more would be turned into text only to be cut. */
const MOST_VIEWS = 400;
const OPEN_ENTRIES = 30;
/** Of a larger group so many members are kept: the server's view comes soon, with all. */
const MOST_MEMBERS = 60;
const USER_KEY = "chatter:user";
const DISTRUST_KEY = "chatter:signed_out";
/** Survives a sign-out: how things look is the browser's, not the person's. */
const KEPT = new Set(["chatter:appearance"]);

/**
 * @typedef {object} SnapshotData
 * @property {UserView} me
 * @property {ConversationView[]} conversations the most recent first
 * @property {ContactView[]} contacts
 * @property {number} interval_minutes
 * @property {{ conversation: string, entries: Entry[] } | null} open
 * @property {NotificationsView} [notifications]
 */

/** @param {string} user */
const keyOf = (user) => `chatter:snapshot:${user}`;

export class Snapshot {
  #values;

  /** @param {KeyValues} values */
  constructor(values) {
    this.#values = values;
  }

  /** Who was here last. */
  get user() {
    return this.#values.getItem(USER_KEY);
  }

  /** May it be shown before the server said who is here? */
  get trusted() {
    return this.user !== null && this.#values.getItem(DISTRUST_KEY) === null;
  }

  /** The server confirmed who is here. @param {string} user */
  confirm(user) {
    this.#values.setItem(USER_KEY, user);
    this.#values.removeItem(DISTRUST_KEY);
  }

  /** The session is over; whoever signs in next may be somebody else. */
  distrust() {
    if (this.user !== null) this.#values.setItem(DISTRUST_KEY, "1");
  }

  /** @param {string} user @returns {SnapshotData | null} */
  read(user) {
    try {
      const { version, ...data } = JSON.parse(this.#values.getItem(keyOf(user)) ?? "null") ?? {};
      return version === VERSION && data.me?.id === user ? unlit(data) : null;
    } catch {
      return null;
    }
  }

  /**
   * Write it, as much of it as fits.
   * @param {SnapshotData} data
   */
  write(data) {
    const text = fitted(data);
    try {
      this.#values.setItem(keyOf(data.me.id), text);
    } catch {
      // No room: unsent messages need it more.
      this.drop(data.me.id);
    }
  }

  /** @param {string} user */
  drop(user) {
    this.#values.removeItem(keyOf(user));
  }

  /**
   * Remove everything of Chatter's.
   * @param {(key: string) => boolean} [keep] what stays nevertheless
   */
  wipe(keep = () => false) {
    const keys = [];
    for (let index = 0; index < this.#values.length; index++) keys.push(this.#values.key(index));
    for (const key of keys) {
      if (key?.startsWith("chatter:") && !KEPT.has(key) && !keep(key)) this.#values.removeItem(key);
    }
  }
}

/** @param {SnapshotData} data */
function fitted(data) {
  const open = data.open && { ...data.open, entries: data.open.entries.slice(-OPEN_ENTRIES) };
  let conversations = data.conversations.slice(0, MOST_VIEWS).map((view) => smaller(view, data.me.id));
  let contacts = data.contacts.slice(0, MOST_VIEWS);
  for (;;) {
    const text = JSON.stringify({ version: VERSION, ...data, open, conversations, contacts });
    if (text.length <= MOST_CHARACTERS || conversations.length + contacts.length === 0) return text;
    conversations = conversations.slice(0, Math.floor(conversations.length / 2));
    contacts = contacts.slice(0, Math.floor(contacts.length / 2));
  }
}

/** A view with some of its members, me among them. @param {ConversationView} view @param {string} me @returns {ConversationView} */
function smaller(view, me) {
  const left = view.members.length - MOST_MEMBERS;
  if (left <= 0) return view;
  const members = view.members.filter(({ user }, index) => index < MOST_MEMBERS || user.id === me);
  const members_left_out = (view.members_left_out ?? 0) + view.members.length - members.length;
  return { ...view, members, members_left_out };
}

/** Presence is never shown from memory: whoever was online then may be gone. @param {SnapshotData} data */
function unlit(data) {
  for (const { presence } of data.contacts) presence.state = "offline";
  for (const { members } of data.conversations) for (const { presence } of members) presence.state = "offline";
  return data;
}
