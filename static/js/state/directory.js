/** Who and what there is: conversations, contacts, people. What only goes forward on the server only goes forward here. */
/** @import { ContactView, ConversationView, Entry, Presence, UserView } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { changed, changeOf, MEMBERSHIP_KINDS } from "../domain/membership.js";
import { mentionedAt } from "../domain/mentions.js";
import { expiryIn, kept } from "../domain/retention.js";
import { isRevision, revised } from "../domain/revisions.js";
import { asKnown, furthest, raise } from "./furthest.js";

/**
 * How far a view follows its log: `base` is the head of the server's view, `upTo` the last entry that was followed since,
 * `since` those of them that changed the group.
 * @typedef {{ base: number, upTo: number, since: Entry[] }} Followed
 */

export class Directory {
  /** @type {UserView} */
  me;
  /** @type {Map<string, ConversationView>} */
  #conversations = new Map();
  /** @type {Map<string, ContactView>} */
  #contacts = new Map();
  /** @type {Map<string, UserView>} everybody who was seen as a member, now or before */
  #people = new Map();
  /** @type {Map<string, Followed>} */
  #followed = new Map();
  /** @type {Map<string, number>} when a conversation was first heard of, ms */
  #added = new Map();

  /** @param {UserView} me */
  constructor(me) {
    this.me = me;
  }

  /** @param {string} id @returns {ConversationView | null} */
  conversation(id) {
    return this.#conversations.get(id) ?? null;
  }
  conversations() {
    return [...this.#conversations.values()];
  }
  /** @param {string} user @returns {ContactView | null} */
  contact(user) {
    return this.#contacts.get(user) ?? null;
  }
  contacts() {
    return [...this.#contacts.values()];
  }
  /** @param {string} id */
  addedAt(id) {
    return this.#added.get(id) ?? 0;
  }

  /** @param {string} user @param {string} [unknown] what to call somebody who was never seen */
  userName(user, unknown = t("Someone")) {
    if (user === this.me.id) return this.me.name;
    const contact = this.#contacts.get(user);
    if (contact) return contact.alias || contact.user.name;
    return this.#people.get(user)?.name ?? unknown;
  }

  /**
   * The server's whole list. What was added here after it was asked for stays: the answer may be older.
   * @param {readonly ConversationView[]} conversations
   * @param {readonly ContactView[]} contacts
   * @param {number} askedAt ms
   * @param {(id: string) => boolean} keep
   * @returns {string[]} conversations that are gone
   */
  replace(conversations, contacts, askedAt, keep) {
    const listed = new Set(conversations.map(({ id }) => id));
    const gone = [...this.#conversations.keys()].filter(
      (id) => !listed.has(id) && this.addedAt(id) < askedAt && !keep(id),
    );
    for (const id of gone) this.removeConversation(id);
    for (const view of conversations) this.mergeConversation(view, 0);
    this.#contacts = new Map(contacts.map((contact) => [contact.user.id, contact]));
    return gone;
  }

  /**
   * @param {ConversationView} view the server's
   * @param {number} [now] ms
   * @returns {boolean} was it unknown?
   */
  mergeConversation(view, now = Date.now()) {
    const known = this.#conversations.get(view.id);
    if (!known) this.#added.set(view.id, now);
    for (const { user } of view.members) this.#people.set(user.id, user);
    for (const user of view.former ?? []) this.#people.set(user.id, user);
    const current = known && view.head < this.#base(view.id) ? asKnown(known, view) : this.#following(view);
    this.#conversations.set(view.id, known ? furthest(known, current) : current);
    return !known;
  }

  /** @param {string} id */
  #base(id) {
    return this.#followed.get(id)?.base ?? 0;
  }

  /**
   * The server's view with what was heard since, and with its last entry: the server stores that and carries it out a
   * moment later, and this may have been read in between.
   * @param {ConversationView} view
   */
  #following(view) {
    const followed = this.#followed.get(view.id);
    const since = (followed?.since ?? []).filter(({ seq }) => seq > view.head);
    if (view.last?.seq === view.head && MEMBERSHIP_KINDS.has(view.last.kind)) since.unshift(view.last);
    this.#followed.set(view.id, { base: view.head, upTo: Math.max(view.head, followed?.upTo ?? 0), since });
    return since.reduce((current, entry) => this.#changed(current, entry), { ...view, former: view.former ?? [] });
  }

  /** @param {ConversationView} view @param {Entry} entry */
  #changed(view, entry) {
    return changed(view, entry, this.me.id, (user) => this.#person(user));
  }

  /** @param {string} user */
  #person(user) {
    return user === this.me.id ? this.me : (this.#contacts.get(user)?.user ?? this.#people.get(user) ?? null);
  }

  /** Up to which number a conversation's members, roles and title are what its log says. @param {string} id */
  followedUpTo(id) {
    return this.#followed.get(id)?.upTo ?? 0;
  }

  /** What lies before `seq` is not to be followed: it is not for this person, or the server's view is asked for. @param {string} id @param {number} seq */
  followFrom(id, seq) {
    const followed = this.#followed.get(id);
    if (followed) followed.upTo = Math.max(followed.upTo, seq - 1);
  }

  /**
   * The log goes on with `entry`, the one after those followed so far: the group is what it says, at once.
   * @param {string} id
   * @param {Entry} entry
   */
  follow(id, entry) {
    const view = this.#conversations.get(id);
    const followed = this.#followed.get(id);
    if (!view || !followed || entry.seq <= followed.upTo) return;
    followed.upTo = entry.seq;
    if (!MEMBERSHIP_KINDS.has(entry.kind)) return;
    followed.since.push(entry);
    this.#conversations.set(id, this.#changed(view, entry));
  }

  /** Is somebody new in it whose name is not known? @param {string} id */
  lacksNames(id) {
    const since = this.#followed.get(id)?.since ?? [];
    return since.some((entry) => changeOf(entry).joined.some((user) => this.#person(user) === null));
  }

  /** @param {string} id */
  removeConversation(id) {
    this.#added.delete(id);
    this.#followed.delete(id);
    return this.#conversations.delete(id);
  }

  /** @param {ContactView} contact */
  putContact(contact) {
    this.#contacts.set(contact.user.id, contact);
  }

  /** @param {string} user */
  removeContact(user) {
    return this.#contacts.delete(user);
  }

  /**
   * The log went on.
   * @param {string} id
   * @param {number} head
   * @param {number} headOrdinal
   * @param {Entry | null} last the newest entry at hand
   */
  advance(id, head, headOrdinal, last) {
    const view = this.#conversations.get(id);
    if (!view) return;
    view.head = Math.max(view.head, head);
    view.head_ordinal = Math.max(view.head_ordinal, headOrdinal);
    if (last && last.seq > (view.last?.seq ?? 0)) view.last = last;
  }

  /** What was heard about the text that the list shows, and of what is no longer kept. @param {string} id @param {readonly Entry[]} entries */
  revise(id, entries) {
    const view = this.#conversations.get(id);
    for (const entry of entries) {
      if (view?.last && isRevision(entry) && entry.target === view.last.seq) view.last = revised(view.last, entry);
    }
    const { expired, expired_at } = expiryIn(entries);
    if (!view || expired <= (view.expired ?? 0)) return;
    Object.assign(view, { expired, expired_at });
    if (view.last) view.last = kept(view.last, expired);
  }

  /** Somebody else's texts came: is this person mentioned? @param {string} id @param {readonly Entry[]} entries */
  mentionedIn(id, entries) {
    const view = this.#conversations.get(id);
    const at = entries.map((entry) => mentionedAt(entry, this.me.id));
    if (view) view.me.mentioned = Math.max(view.me.mentioned ?? 0, ...at);
  }

  /**
   * Somebody's cursors moved.
   * @param {string} id
   * @param {string} user
   * @param {{ delivered: number, read: number }} cursors
   * @param {number} [readOrdinal] for one's own
   * @returns {boolean} did anything change?
   */
  moveCursors(id, user, cursors, readOrdinal = 0) {
    const view = this.#conversations.get(id);
    const member = view?.members.find((candidate) => candidate.user.id === user);
    let moved = member ? raise(member, cursors) : false;
    if (view && user === this.me.id) {
      const before = view.me.read;
      moved = raise(view.me, cursors) || moved;
      // Who reads on has come back to it, on whichever device; the server knows.
      if (view.me.read > before && view.me.unread) view.me.unread = false;
      moved = moved || readOrdinal > view.me.read_ordinal;
      view.me.read_ordinal = Math.max(view.me.read_ordinal, readOrdinal);
    }
    return moved;
  }

  /**
   * @param {string} user
   * @param {Presence} presence
   * @returns {string[]} conversations in which it shows
   */
  setPresence(user, presence) {
    const contact = this.#contacts.get(user);
    if (contact) contact.presence = presence;
    const shown = [];
    for (const view of this.#conversations.values()) {
      const member = view.members.find((candidate) => candidate.user.id === user);
      if (!member) continue;
      member.presence = presence;
      shown.push(view.id);
    }
    return shown;
  }
}
