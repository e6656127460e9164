/** What comes in, by whichever way: pushed facts, answers to `sync`, acknowledgements, other tabs. Each may come twice. */
/** @import { ContactView, ConversationView, Entry, OutboxItem, Presence } from "../types.d.ts" */
/** @import { Announcements } from "./announcements.js" */
/** @import { Choices } from "./choices.js" */
/** @import { Cursors } from "./cursors.js" */
/** @import { Directory } from "./directory.js" */
/** @import { DraftSync } from "./draft_sync.js" */
/** @import { Following } from "./following.js" */
/** @import { Model } from "./model.js" */
/** @import { Notices } from "./notices.js" */
/** @import { Notifier } from "./notifier.js" */
/** @import { Outbox, Receipt } from "./outbox.js" */
/** @import { Pins } from "./pins.js" */
/** @import { Ranges } from "./ranges.js" */
/** @import { Replies } from "./replies.js" */
/** @import { SlowMode } from "./slow_mode.js" */
/** @import { Ask, Sync, SyncAck } from "./sync.js" */
/** @import { Topics } from "./topics.js" */
/** @import { Typing } from "./typing.js" */
/** @import { Unanswered } from "./unanswered.js" */
import { entryKindOf } from "../domain/marks.js";
import { isOut } from "../domain/membership.js";
import { isRevision, standsAlone } from "../domain/revisions.js";
import { LogConflict } from "./log.js";
import { ordinalAt } from "./unread.js";

/**
 * @typedef {object} IntakeParts
 * @property {Directory} directory
 * @property {Choices} choices
 * @property {Notices} notices
 * @property {Announcements} announcements
 * @property {Model} model
 * @property {Following} following
 * @property {Outbox} outbox
 * @property {DraftSync} draftSync
 * @property {Unanswered} unanswered
 * @property {SlowMode} slow
 * @property {Pins} pins
 * @property {Cursors} cursors
 * @property {Typing} typing
 * @property {Sync} sync
 * @property {Ranges} ranges
 * @property {Replies} replies
 * @property {Notifier} notifier
 * @property {Topics} topics
 * @property {(id: string) => Promise<void>} fetchConversation
 * @property {() => boolean} leads
 */

export class Intake {
  #parts;

  /** @param {IntakeParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @type {Record<string, (fact: any) => void>} */
  #facts = {
    entries: ({ conversation, entries }) => this.pushed(conversation, entries),
    heads: ({ heads }) => this.heads(heads),
    cursors: ({ conversation, user, delivered, read }) => this.#cursors(conversation, user, { delivered, read }),
    typing: ({ conversation, user, active }) => this.#typing(conversation, user, active),
    presence: ({ user, state, last_seen }) => this.#presence(user, { state, last_seen: last_seen ?? null }),
    conversation_added: ({ conversation }) => this.conversation(conversation),
    conversation_removed: ({ conversation }) => this.removed(conversation),
    contact_added: ({ contact }) => this.contact(contact),
    contact_changed: ({ contact }) => this.contact(contact),
    contact_removed: ({ user }) => this.contactRemoved(user),
    privacy_changed: ({ privacy }) => this.#parts.topics.tell("privacy", privacy),
    notifications_changed: ({ notifications }) => this.#parts.choices.set(notifications),
    draft_changed: ({ conversation, body, version }) => this.#parts.draftSync.hear(conversation, body, version),
    notices_changed: ({ notices }) => this.#parts.notices.set(notices),
    announcements_changed: (told) => this.#parts.announcements.set(told.announcements, told.server_time),
    announcement_closed: ({ announcement }) => this.#parts.announcements.heardClosed(announcement),
  };

  /** A fact of the wire, checked already. @param {string} name @param {any} payload */
  fact(name, payload) {
    this.#facts[name]?.(payload);
  }

  /**
   * Every head as the server has it: what is further than here is asked for.
   * @param {Record<string, number>} heads
   */
  heads(heads) {
    const { directory, model, sync } = this.#parts;
    for (const [id, head] of Object.entries(heads)) {
      const view = directory.conversation(id);
      if (!view) {
        // An empty conversation that somebody else opened is not shown to this person yet.
        if (head > 0) void this.#parts.fetchConversation(id);
        continue;
      }
      const thread = model.knownThread(id) ?? (head > view.head ? model.thread(id) : null);
      if (thread?.tail.hear(head)) model.touchThread(id);
      if (thread && (thread.behind > 0 || thread.tail.gap())) sync.want(id);
    }
  }

  /** The committer's announcement. @param {string} id @param {Entry[]} entries */
  pushed(id, entries) {
    const { directory, model, following, sync } = this.#parts;
    const thread = model.thread(id);
    if (!thread || !directory.conversation(id)) {
      // What somebody blocked writes in a chat that is not to be heard of.
      if (entries.every(({ kind }) => kind === "withheld")) return;
      void this.#parts.fetchConversation(id);
      return;
    }
    following.before(id, entries);
    const outcome = this.#within(id, () => thread.tail.apply(entries));
    this.#came(id, entries);
    if (outcome === "gap") sync.gap(id);
  }

  /** The answer to a `sync`. @param {string} id @param {SyncAck} ack @param {Ask} ask */
  synced(id, ack, ask) {
    const thread = this.#parts.model.thread(id);
    if (!thread) return;
    this.#within(id, () => {
      if (ask.restart) thread.tail.reset(ask.after, ack.entries);
      else thread.tail.apply(ack.entries);
      thread.tail.hear(ack.head);
    });
    this.#parts.directory.advance(id, ack.head, ack.head_ordinal, null);
    this.#came(id, ack.entries);
  }

  /** The server has a message of this person's: it is an entry now. @param {OutboxItem} item @param {Receipt} receipt */
  accepted(item, receipt) {
    const { seq, ordinal, created_at } = receipt;
    const sender = this.#parts.directory.me.id;
    const { target, root, client_id, body, forwarded } = item;
    const kind = entryKindOf(item) ?? "text";
    const more = { ...(target ? { target } : {}), ...(root ? { root } : {}), ...(forwarded ? { forwarded } : {}) };
    /** @type {Entry} */
    const entry = { seq, ordinal, created_at, kind, sender, client_id, body, ...more };
    this.pushed(item.conversation, [entry]);
    this.#wroteHere(item.conversation, entry);
    return entry;
  }

  /** @param {ConversationView} view */
  conversation(view) {
    const { directory, model, following, sync } = this.#parts;
    const before = directory.conversation(view.id);
    const wasOut = before !== null && isOut(before);
    const unknown = directory.mergeConversation(view);
    const thread = model.thread(view.id);
    this.#parts.draftSync.hear(view.id, view.me.draft, view.me.draft_rev);
    thread?.tail.hear(view.head);
    following.viewed(view.id);
    model.touchThread(view.id);
    // What was said before one was out of it comes by no push any more.
    if (isOut(view) && thread && thread.behind > 0) sync.want(view.id);
    // Back in it, this socket has to hear of it again, and may have missed the beginning.
    if (unknown || (wasOut && !isOut(view))) sync.want(view.id, { join: true });
    if (!unknown) return;
    // Its first message came with it, and comes no other way.
    if (view.last) void this.#parts.notifier.came(view.id, [view.last]);
  }

  /** @param {string} id */
  opened(id) {
    this.#parts.following.opened(id);
  }

  /** @param {string} id */
  removed(id) {
    const { directory, model, ranges } = this.#parts;
    directory.removeConversation(id);
    model.forget(id);
    void ranges.forget(id);
  }

  /** @param {ContactView} contact */
  contact(contact) {
    const { directory, topics, model } = this.#parts;
    const before = directory.contact(contact.user.id);
    directory.putContact(contact);
    topics.tell("contacts");
    model.touchAll();
    // Blocking changes what counts as unread, which only the server's view says.
    if (contact.conversation && before && before.blocked !== contact.blocked) {
      void this.#parts.fetchConversation(contact.conversation);
    }
  }

  /** @param {string} user */
  contactRemoved(user) {
    this.#parts.directory.removeContact(user);
    this.#parts.topics.tell("contacts");
    this.#parts.model.touchAll();
  }

  /**
   * This person's place moved, here or in another tab.
   * @param {string} id
   * @param {number} seq
   * @param {number} [ordinal] where it is known
   */
  readUpTo(id, seq, ordinal) {
    const { directory, model } = this.#parts;
    const view = directory.conversation(id);
    if (!view) return 0;
    const at = ordinal ?? ordinalAt(view, seq, model.knownThread(id)?.tail.at(seq) ?? null);
    if (directory.moveCursors(id, directory.me.id, { delivered: seq, read: seq }, at)) model.touch(id);
    return at;
  }

  /** @param {string} id @param {string} user @param {{ delivered: number, read: number }} cursors */
  #cursors(id, user, cursors) {
    const { directory, model } = this.#parts;
    if (user === directory.me.id) {
      this.#parts.cursors.known(id, cursors);
      if (cursors.read > (directory.conversation(id)?.me.read ?? 0)) this.readUpTo(id, cursors.read);
    }
    if (directory.moveCursors(id, user, cursors)) model.touchThread(id);
  }

  /** @param {string} id @param {string} user @param {boolean} active */
  #typing(id, user, active) {
    if (user !== this.#parts.directory.me.id) this.#parts.typing.heard(id, user, active);
  }

  /** @param {string} user @param {Presence} presence */
  #presence(user, presence) {
    for (const id of this.#parts.directory.setPresence(user, presence)) this.#parts.model.touch(id);
    this.#parts.topics.tell("presence", user);
    this.#parts.topics.tell("contacts");
  }

  /** @param {string} id @param {readonly Entry[]} entries */
  #came(id, entries) {
    const { directory, model, following, outbox, unanswered, slow, typing, ranges, notifier } = this.#parts;
    const me = directory.me.id;
    for (const entry of entries) {
      if (entry.sender === me) {
        unanswered.settle(entry.client_id);
        if (outbox.settle(entry.client_id)) this.#wroteHere(id, entry);
        if (entry.kind === "text") {
          model.wrote(id, entry.ordinal);
          slow.wrote(id, entry.created_at);
        }
      } else if (!isRevision(entry)) typing.heard(id, entry.sender, false);
    }
    following.after(id);
    const end = entries.at(-1) ?? null;
    const thread = model.knownThread(id);
    thread?.revise(entries);
    const last = entries.findLast(standsAlone);
    if (end) directory.advance(id, end.seq, end.ordinal, last ? (thread?.tail.at(last.seq) ?? last) : null);
    directory.revise(id, entries);
    directory.mentionedIn(id, entries);
    this.#parts.pins.hear(id, entries);
    this.#parts.replies.hear(id, entries);
    ranges.remember(id, entries);
    model.knownThread(id)?.trim(model.openId === id);
    this.#deliver(id);
    model.touchThread(id);
    void notifier.came(id, entries);
  }

  /** Who writes in a conversation has read it. The push may come before the acknowledgement, or instead of it. @param {string} id @param {Entry} entry */
  #wroteHere(id, entry) {
    if (entry.kind === "text" && this.#parts.leads()) this.#parts.cursors.read(id, entry.seq);
  }

  /** Others' messages reached this browser; one tab says so. @param {string} id */
  #deliver(id) {
    const view = this.#parts.directory.conversation(id);
    const high = this.#parts.model.knownThread(id)?.tail.high ?? 0;
    if (view && !isOut(view) && this.#parts.leads() && high > view.me.delivered)
      this.#parts.cursors.delivered(id, high);
  }

  /**
   * The server's word stands against what the browser remembers: forget, and fetch anew.
   * @template T
   * @param {string} id
   * @param {() => T} change
   * @returns {T | null}
   */
  #within(id, change) {
    try {
      return change();
    } catch (error) {
      if (!(error instanceof LogConflict)) throw error;
      console.error(id, error);
      void this.#parts.model
        .thread(id)
        ?.forget()
        .then(() => this.#parts.sync.want(id));
      return null;
    }
  }
}
