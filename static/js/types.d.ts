/** Shapes shared by the browser's modules. The wire's are docs/wire.md's; nothing here exists at run time. */

export type EntryKind =
  | "text"
  | "created"
  | "added"
  | "joined"
  | "removed"
  | "left"
  | "role"
  | "titled"
  | "described"
  | "pictured"
  | "settings"
  | "closed"
  | "edited"
  | "deleted"
  | "reacted"
  | "unreacted"
  | "pinned"
  | "unpinned"
  | "expired"
  | "withheld";

export interface Reaction {
  user: string;
  emoji: string;
}

export interface Entry {
  seq: number;
  ordinal: number;
  kind: EntryKind;
  sender: string;
  client_id: string;
  body: string;
  created_at: number;
  /** what a revision is about, or a reply answers */
  target?: number | null;
  /** its sender says that it was said elsewhere */
  forwarded?: boolean | null;
  /** what it said is no longer kept */
  expired?: boolean | null;
  /** of a reply, and of the deletion of one: the message that its thread begins with */
  root?: number | null;
  /** of such a message: how many replies there are, as of the entry `replies_rev` */
  replies?: number | null;
  replies_rev?: number | null;
  /** what was heard of its thread behind `replies_rev`; never on the wire */
  answered?: Answered[];
  /** what everything up to the number `rev` made of a text */
  rev?: number | null;
  edited_at?: number | null;
  deleted_at?: number | null;
  deleted_by?: string | null;
  reactions?: Reaction[] | null;
  /** what was heard of behind `rev`, in order; never on the wire */
  later?: Revision[];
}

/** By how many replies an entry changed a thread. */
export interface Answered {
  seq: number;
  step: number;
}

/** An edit, a deletion or a reaction, as far as its target keeps it. */
export type Revision = Pick<Entry, "seq" | "kind" | "sender" | "body" | "created_at">;

/** What a text is now. */
export interface Message {
  body: string;
  edited_at: number | null;
  deleted_at: number | null;
  deleted_by: string | null;
  reactions: Reaction[];
}

/** A pinned message, and who pinned it. */
export interface Pin {
  seq: number;
  by: string;
}

export interface Refusal {
  ok: false;
  code: string;
  message: string;
  retry_after?: number;
  details?: Record<string, unknown>;
}
export type Ack<T> = ({ ok: true } & T) | Refusal;

export interface UserView {
  id: string;
  name: string;
  handle: string | null;
  avatar: string | null;
  about: string;
  /** of an account that is no more */
  deleted?: boolean;
  /** one's own (absent: kept by an older version) */
  role?: "member" | "admin";
  /** may one make groups here? of oneself (absent: kept by an older version) */
  makes_groups?: boolean;
}
/** What calls one in a chat: every message, those that name or answer one, or none. */
export type Level = "all" | "mentions" | "none";

export interface Presence {
  state: "online" | "away" | "offline";
  last_seen: number | null;
}
export interface MemberView {
  user: UserView;
  role: "owner" | "admin" | "member";
  delivered: number;
  read: number;
  presence: Presence;
}
export interface GroupSettings {
  posts: "everyone" | "admins";
  adds: "everyone" | "admins";
  /** how long a member waits between two messages; 0: not at all */
  slow_seconds: number;
  /** how long messages are kept in it; 0: as everywhere here (absent: kept by an older version) */
  keep_days?: number;
}
/** What would go if messages were kept so long, the oldest of them and from when on, ms. */
export interface RetentionPreview {
  messages: number;
  oldest: number | null;
  begins_at: number;
}
export interface GroupLinkView {
  id: string;
  url: string;
  created_by: string;
  created_at: number;
  expires_at: number | null;
  most_uses: number | null;
  uses: number;
}
export interface ConversationView {
  id: string;
  kind: "direct" | "group";
  title: string | null;
  avatar: string | null;
  description: string;
  settings: GroupSettings;
  /** for how many days messages are kept in all of this Chatter, 0: for ever (absent, as the next: kept by an older version) */
  kept_days?: number;
  /** up to which number texts are no longer kept, and when that was written, ms */
  expired?: number;
  expired_at?: number | null;
  /** who deleted the group for all; "administrator": whoever runs this Chatter */
  closed_by: string | null;
  /** whoever runs this Chatter froze it: nobody writes (absent: kept by an older version) */
  frozen?: boolean;
  created_by: string;
  head: number;
  head_ordinal: number;
  last: Entry | null;
  members: MemberView[];
  /** only in what a browser remembers of a large group: how many more there are */
  members_left_out?: number;
  /** who was a member before */
  former: UserView[];
  /** in the order in which they were pinned, up to the entry `pins_rev` (absent: kept by an older version) */
  pins?: Pin[];
  pins_rev?: number;
  me: {
    role: "owner" | "admin" | "member";
    from_seq: number;
    /** the number by which one was removed or left */
    until_seq: number | null;
    delivered: number;
    read: number;
    read_ordinal: number;
    /** the last number that mentions this person; 0: none (absent: kept by an older version) */
    mentioned?: number;
    /** what calls one here (absent: kept by an older version) */
    notify?: Level;
    muted_until: number | null;
    pinned: boolean;
    archived: boolean;
    /** marked as such by oneself (absent, as the next: kept by an older version) */
    unread?: boolean;
    /** the numbers of messages that one deleted for oneself */
    hidden?: number[];
    /** the numbers of messages that one saved, as of the change number `saved_rev` (absent: kept by an older version) */
    saved?: number[];
    saved_rev?: number;
    /** what one began to write, in its version (absent: kept by an older version) */
    draft?: string;
    draft_rev?: number;
  };
  blocked: boolean;
  /** somebody whom one does not know began it, and one has not let them (absent: kept by an older version) */
  request?: boolean;
}
export interface ContactView {
  user: UserView;
  alias: string | null;
  source: "manual" | "message" | "group" | "invite";
  blocked: boolean;
  presence: Presence;
  conversation: string | null;
}

/** A person's choices for all their devices: quiet until a moment (ms), and every day between two times ("HH:MM"). */
export interface NotificationsView {
  /** notifications hold what messages say */
  show_text: boolean;
  quiet_until: number | null;
  quiet_daily: { begins: string; ends: string; zone: string } | null;
}

/** What one is told by whoever runs this Chatter: to be read (a warning), or what came of something one reported. */
export interface NoticeView {
  id: string;
  kind: "warning" | "report";
  text: string;
  about: "message" | "person" | null;
  outcome: "removed" | "acted" | "dismissed" | null;
  created_at: number;
}

/** What everybody is told, from `begins_at` until `ends_at` (ms). */
export interface AnnouncementView {
  id: string;
  level: "info" | "important" | "urgent";
  text: string;
  begins_at: number;
  ends_at: number;
}

export type ReportReason = "spam" | "harassment" | "hate" | "violence" | "sexual" | "fraud" | "impersonation" | "other";
/** What one says of what one reports. `around`: messages beside it may be looked at, too. */
export interface Complaint {
  reason: ReportReason;
  note: string;
  around?: boolean;
}
/** What is reported: a message, or a person. */
export type Reported = { conversation: string; seq: number } | { user: string };
/** What changes a message for everybody, as an entry of the log. */
export type ChangeKind = "edited" | "deleted" | "reacted" | "unreacted" | "pinned" | "unpinned";
/** Messages are deleted for oneself, saved for later, or let go of. */
export type MarkKind = "hidden" | "saved" | "unsaved";

/** A message, or a change of one, that has no number yet. Written to local storage before anything else happens. */
export interface OutboxItem {
  client_id: string;
  conversation: string;
  /** none: a text; the last three are marks for oneself alone, on the messages `targets` */
  kind?: ChangeKind | MarkKind;
  targets?: number[];
  /** what it changes, or replies to */
  target?: number;
  /** of a reply: the message that its thread begins with, as this browser knows it; the server finds it by itself */
  root?: number;
  body: string;
  /** a text that was said elsewhere */
  forwarded?: boolean;
  created_at: number;
  /** waiting: not asked yet; sending: asked; refused: will not be asked again by itself */
  state: "waiting" | "sending" | "refused";
  attempts: number;
  code?: string;
  message?: string;
}

/**
 * What stands in a thread, top to bottom. `key` is the client id for one's own, so that the DOM node outlives the ack, and
 * `#seq` for others' (a client id is unique per sender only). Entries that came early stand after the gap.
 */
export interface ThreadItem {
  key: string;
  entry: Entry | null;
  pending: OutboxItem | null;
  mine: boolean;
  /** only for mine; never goes back */
  tick: "sending" | "sent" | "delivered" | "read" | "refused" | null;
  /** what it says now, with what is on its way; null for what is no text */
  message: Message | null;
  /** is a change of it on its way? */
  changing: boolean;
  /** a change of it that was refused: it is not made, and the person is told */
  refused: OutboxItem | null;
  /** what it replies to */
  quote: Quote | null;
  /** how many replies its thread has, those on their way among them; 0 where it begins none */
  replies: number;
}

/** A thread: the message that it begins with, and what answers it, oldest first. */
export interface RepliesWindow {
  root: number;
  /** the first is the root, once it is here */
  items: ThreadItem[];
  more_before: boolean;
  state: "loading" | "here" | "failed";
}

/** What a reply answers: `entry` null where it is being fetched, or not for this person. */
export interface Quote {
  seq: number;
  entry: Entry | null;
  message: Message | null;
}

/** A message that this person keeps for later. */
export interface SavedMessage {
  conversation: string;
  saved_at: number;
  entry: Entry;
}

/** A text that is there, and what it says now. */
export interface Present {
  entry: Entry;
  message: Message;
}

/** Where a conversation stands. Shown in the state line under the thread's header. */
export type Standing =
  | { kind: "up_to_date"; head: number }
  | { kind: "sending"; count: number }
  | { kind: "behind"; count: number }
  | { kind: "connecting" }
  /** the server says that it cannot store at the moment */
  | { kind: "paused"; queued: number }
  | { kind: "offline"; since: number; queued: number };

export interface ConversationSummary {
  id: string;
  view: ConversationView;
  /** the alias, the other's name, the group's title, or "Note to self" */
  name: string;
  avatar: string | null;
  /** the other in a direct conversation (oneself in a note to self), else null */
  peer: UserView | null;
  /** null: nobody's to show (a group, oneself), or offline, where one cannot tell */
  presence: Presence | null;
  last: Entry | null;
  lastPending: OutboxItem | null;
  unread: number;
  /** is this person mentioned in what is unread? */
  mentioned: boolean;
  /** as unread, by oneself */
  marked: boolean;
  typing: string[];
  draft: string;
  /** what calls one here; nothing does while it is muted */
  level: Level;
  /** for a while, or because nothing calls one here */
  muted: boolean;
  pinned: boolean;
  archived: boolean;
  blocked: boolean;
  request: boolean;
  /** ms, what the list is ordered by (pinned first) */
  activity: number;
  standing: Standing;
}

export interface ThreadWindow {
  conversation: string;
  items: ThreadItem[];
  /** the window's first and last number (0 where empty); it is contiguous */
  low: number;
  high: number;
  head: number;
  /** is there something before / after the window? */
  more_before: boolean;
  more_after: boolean;
  /** what is older than this (ms) is no longer kept, where that is what the window begins behind; absent or null: it is not */
  expired_at?: number | null;
  /** numbers known to be missing right now, marked in the thread until fetched: [after, before] */
  gap: { after: number; before: number } | null;
  loading: boolean;
  /** edits, deletions and reactions among the entries, which are no items */
  revisions: Entry[];
  /** what is pinned, with what is on its way, the oldest first */
  pins: readonly Pin[];
}

export type Topic =
  | "conversations"
  | "thread"
  | "contacts"
  | "connection"
  | "presence"
  | "me"
  | "signed_out"
  | "missing"
  | "notify"
  | "refused"
  | "wrote"
  | "notifications"
  | "privacy"
  | "notices"
  | "announcements";

/**
 * What the views use and nothing else: `static/js/state/chat.js` implements it over log, outbox, store, unread and net.
 * Every getter answers at once from memory; every change is announced by `on`.
 */
export interface ChatApi {
  readonly me: UserView;
  start(): Promise<void>;
  stop(): void;
  on(topic: "thread" | "missing", listener: (conversation: string) => void): () => void;
  on(topic: "notify", listener: (note: { conversation: string; title: string; body: string }) => void): () => void;
  on(topic: "refused", listener: (refused: { kind: MarkKind; message: string }) => void): () => void;
  on(topic: Topic, listener: (...args: unknown[]) => void): () => void;

  conversations(): ConversationSummary[];
  conversation(id: string): ConversationSummary | null;
  contacts(): ContactView[];
  connection(): { state: "connecting" | "online" | "offline"; since: number };
  /** what the person wants to be told of, on all their devices */
  notifications(): NotificationsView;
  /** do they want to hear of nothing now? */
  quiet(): boolean;
  totalUnread(): number;
  /** the name one gave them or their own; `unknown` (else "Someone") for somebody who was never seen */
  userName(user: string, unknown?: string): string;

  /** the window of entries around the tail, or around where `jump` went */
  thread(conversation: string): ThreadWindow;
  /** make this the open conversation (null: none); syncs it first */
  open(conversation: string | null): void;
  loadOlder(conversation: string): Promise<void>;
  loadNewer(conversation: string): Promise<void>;
  jumpToSeq(conversation: string, seq: number): Promise<void>;
  jumpToDate(conversation: string, day: Date): Promise<number | null>;
  jumpToTail(conversation: string): Promise<void>;

  /** stored before it returns; the thread shows it at once */
  post(conversation: string, body: string, replyTo?: number | null): OutboxItem;
  /** the thread that is open, if it is one of this conversation's */
  replies(conversation: string): RepliesWindow | null;
  /** make the thread that begins with the message `root` the open one (null: none) */
  openReplies(conversation: string, root: number | null): void;
  loadEarlierReplies(): Promise<void>;
  /** what one began to write in a thread, in this browser */
  setReplyDraft(conversation: string, root: number, text: string): void;
  replyDraft(conversation: string, root: number): string;
  /** each of the messages to each of these chats, as new ones of this person's, marked as forwarded; at most 100 to 10 */
  forward(conversations: readonly string[], messages: readonly Present[]): void;
  /** these are stored first and shown at once, too; they are taken back where they are refused */
  edit(conversation: string, target: number, body: string): void;
  remove(conversation: string, target: number): void;
  react(conversation: string, target: number, emoji: string, active: boolean): void;
  /** deletes messages for oneself alone, on all one's devices; all of them or none, at most 100; "refused" tells of it */
  hide(conversation: string, ...seqs: number[]): void;
  pin(conversation: string, target: number, active: boolean): void;
  /** a message by its number; where it is not at hand it is fetched, and the thread told */
  quoted(conversation: string, seq: number): Quote;
  /** keep messages for later on all one's devices, or let go of them; the same */
  save(conversation: string, seqs: readonly number[], active: boolean): void;
  /** a page of what this person saved, the last that was saved first; `before` is the `next` of the page before */
  saved(before: string | null): Promise<{ saved: SavedMessage[]; next: string | null }>;
  /** what these texts are now, in the log's order, without those that were deleted since, for all or for oneself */
  present(conversation: string, entries: readonly Entry[]): Present[];
  /** what a text said at first and after each edit, oldest first */
  versions(conversation: string, seq: number): Promise<{ body: string; created_at: number }[]>;
  retry(client_id: string): void;
  discard(client_id: string): void;

  /** up to this number was on the screen of a visible, focused tab */
  markRead(conversation: string, seq: number): void;
  setDraft(conversation: string, text: string): void;
  draft(conversation: string): string;
  setTyping(conversation: string, active: boolean): void;
  /** until when (ms) slow mode keeps this person from writing; 0 where it does not */
  slowUntil(conversation: string): number;
  setVisible(visible: boolean): void;

  /** opens *the* direct conversation with a person, creating it if needed; answers its id */
  openDirect(user: string): Promise<string>;
  createGroup(title: string, users: string[]): Promise<string>;
  /** what changes a group is done once, however often it is asked for after an unclear answer */
  addMembers(conversation: string, users: string[]): Promise<void>;
  removeMember(conversation: string, user: string): Promise<void>;
  /** `owner` hands the group over */
  appoint(conversation: string, user: string, role: MemberView["role"]): Promise<void>;
  renameGroup(conversation: string, title: string): Promise<void>;
  leaveGroup(conversation: string): Promise<void>;
  describeGroup(conversation: string, description: string): Promise<void>;
  /** null: no photo */
  pictureGroup(conversation: string, file: Blob | null): Promise<void>;
  previewRetention(conversation: string, days: number): Promise<RetentionPreview>;
  changeGroupSettings(conversation: string, change: Partial<GroupSettings>): Promise<void>;
  /** `title`: what it is called, typed as proof */
  deleteGroup(conversation: string, title: string): Promise<void>;
  groupLinks(conversation: string): Promise<GroupLinkView[]>;
  makeGroupLink(
    conversation: string,
    limits: { life_seconds: number | null; most_uses: number | null },
  ): Promise<GroupLinkView>;
  revokeGroupLink(conversation: string, link: string): Promise<void>;
  addContact(by: { phone?: string; handle?: string; invite?: string; user?: string }): Promise<ContactView>;
  changeContact(user: string, change: { alias?: string | null; blocked?: boolean }): Promise<void>;
  removeContact(user: string): Promise<void>;
  searchPeople(query: string): Promise<UserView[]>;
  changeConversation(
    id: string,
    change: { notify?: Level; muted_until?: number | null; pinned?: boolean; archived?: boolean; unread?: boolean },
  ): Promise<void>;
  changeNotifications(change: Partial<NotificationsView>): Promise<void>;
  /** let whoever began it write */
  acceptRequest(id: string): Promise<void>;
  /** have it gone */
  declineRequest(id: string): Promise<void>;
  /** what one is told by whoever runs this Chatter, the oldest first */
  notices(): readonly NoticeView[];
  closeNotice(id: string): Promise<void>;
  /** what everybody is told now and this person has not closed, the oldest first */
  announcements(): readonly AnnouncementView[];
  closeAnnouncement(id: string): Promise<void>;
  /** tell whoever runs this Chatter; once more changes what one said */
  report(what: Reported, complaint: Complaint): Promise<void>;
  /** says goodbye to the server, wipes storage, caches and the other tabs */
  signOut(): Promise<void>;
}
