/** Builds the parts of one person's chat and introduces them to each other. */
/** @import { UserView } from "../types.d.ts" */
/** @import { Api } from "../net/api.js" */
/** @import { ChatSocket, SocketEvents } from "../net/socket.js" */
/** @import { Store } from "./store.js" */
/** @import { Note, TabPorts } from "./tabs.js" */

import { isMark } from "../domain/marks.js";
import { ApiRefusal } from "../net/api.js";
import * as protocol from "../net/protocol.js";
import { Announcements } from "./announcements.js";
import { Choices } from "./choices.js";
import { commandOf } from "./commands.js";
import { Connection } from "./connection.js";
import { Cursors } from "./cursors.js";
import { Directory } from "./directory.js";
import { DraftSync } from "./draft_sync.js";
import { Drafts, REPLY_DRAFT_PREFIX } from "./drafts.js";
import { Following } from "./following.js";
import { Intake } from "./intake.js";
import { Keeper } from "./keeper.js";
import { Model } from "./model.js";
import { Notices } from "./notices.js";
import { Notifier } from "./notifier.js";
import { Outbox } from "./outbox.js";
import { OutboxStorage } from "./outbox_storage.js";
import { Pause } from "./pause.js";
import { People } from "./people.js";
import { Pins } from "./pins.js";
import { Ranges } from "./ranges.js";
import { RefusedMarks } from "./refused_marks.js";
import { Replies } from "./replies.js";
import { SlowMode } from "./slow_mode.js";
import { Sync } from "./sync.js";
import { Tabs } from "./tabs.js";
import { Topics } from "./topics.js";
import { Typing } from "./typing.js";
import { Unanswered } from "./unanswered.js";

/**
 * @typedef {object} Ports what the outside gives
 * @property {Api} api
 * @property {(events: SocketEvents) => ChatSocket} socket
 * @property {Store} store
 * @property {TabPorts} tabs
 * @property {(path: string) => void} goTo leaves the page
 * @property {() => Promise<void>} [leave] the person is here no more: nothing is to come to this browser
 */

/**
 * @typedef {object} Hooks what only the lifecycle can do
 * @property {SocketEvents} socket
 * @property {(note: Note) => void} note
 * @property {() => boolean} visible
 * @property {() => void} idle nothing is being caught up with any more
 * @property {() => void} eased the server says that it can store again
 */

/** @typedef {ReturnType<typeof assemble>} Parts */

/** @param {Ports} ports @param {UserView} me @param {Hooks} hooks */
export function assemble(ports, me, hooks) {
  const { store, api } = ports;
  const topics = new Topics();
  const directory = new Directory(me);
  const history = store.history(me.id);
  const ranges = new Ranges(history, api);
  const socket = ports.socket(hooks.socket);
  const drafts = new Drafts(store.values, me.id);
  const draftSync = new DraftSync({
    values: store.values,
    user: me.id,
    drafts,
    put: (conversation, body, base) => api.put(`/conversations/${conversation}/draft`, { body, base }),
    changed: (conversation) => model.touch(conversation),
  });
  const slow = new SlowMode(Date.now);
  const choices = new Choices({
    changed: () => topics.tell("notifications"),
    passed: () => model.mutesPassed(),
    now: Date.now,
  });
  const notices = new Notices({
    changed: () => topics.tell("notices"),
    close: (id) => api.post(`/me/notices/${id}/closing`),
  });
  const announcements = new Announcements({
    changed: () => topics.tell("announcements"),
    close: (id) => api.post(`/announcements/${id}/closing`),
    now: Date.now,
    later: (run, ms) => setTimeout(run, ms),
    cancel: (timer) => clearTimeout(timer),
  });
  const connection = new Connection(() => {
    topics.tell("connection");
    model.touchAll();
  });
  const typing = new Typing(
    (conversation, active) => void socket.request("typing", protocol.typing(conversation, active)),
    (conversation) => model.touch(conversation),
  );
  const outbox = new Outbox({
    storage: new OutboxStorage(store.values, me.id),
    post: async (item) => {
      if (isMark(item)) return /** @type {any} */ (people.mark(item));
      const askedAt = Date.now();
      const ack = await socket.request(...commandOf(item));
      pause.posted(item.conversation, ack, askedAt);
      if (!ack.ok && ack.code === "slow_mode") slow.told(item.conversation, ack.retry_after ?? 0);
      return ack;
    },
    settled: (item, receipt) => {
      if (isMark(item)) return tabs.tell({ kind: "changed", conversation: item.conversation });
      const entry = intake.accepted(item, receipt);
      tabs.tell({ kind: "settled", conversation: item.conversation, entry });
    },
    changed: ({ conversation }) => {
      if (outbox.of(conversation).length === 0) pause.free(conversation);
      model.touchThread(conversation);
      refusedMarks.look();
    },
    makeRoom: () => store.snapshot.drop(me.id),
    now: Date.now,
    random: Math.random,
    later: (run, ms) => setTimeout(run, ms),
    cancel: (timer) => clearTimeout(timer),
  });
  const pause = new Pause({
    changed: (conversation) => {
      if (conversation) {
        model.touch(conversation);
        // Only the tab that leads posts, and the others show the same queue.
        if (tabs.leading) tabs.tell({ kind: "paused", conversation, paused: pause.of(conversation) });
      } else model.touchAll();
    },
    eased: hooks.eased,
    doubt: () => void socket.beat(),
    now: Date.now,
    later: (run, ms) => setTimeout(run, ms),
    cancel: (timer) => clearTimeout(timer),
  });
  const refusedMarks = new RefusedMarks({
    items: () => [...outbox.conversations()].flatMap((id) => outbox.of(id)),
    discard: (clientId) => outbox.discard(clientId),
    seen: () => hooks.visible() && topics.isHeard("refused"),
    tell: (refused) => topics.tell("refused", refused),
  });
  const pins = new Pins();
  const replyDrafts = new Drafts(store.values, me.id, REPLY_DRAFT_PREFIX);
  const replies = new Replies({
    ranges,
    atHand: (id) => {
      const thread = model.thread(id);
      return thread ? [...thread.tail.entries(), ...thread.tail.early(), ...thread.shown.entries()] : [];
    },
    changed: (id) => model.touchThread(id),
  });
  const model = new Model({ directory, outbox, pins, drafts, typing, connection, pause, ranges, replies, topics });
  const cursors = new Cursors(
    (conversation, moved) => socket.request("read", protocol.read(conversation, moved)),
    (told) => {
      if (directory.moveCursors(told.conversation, me.id, told, told.read_ordinal)) model.touch(told.conversation);
    },
  );
  const sync = new Sync({
    request: async (payload) => {
      const ack = await socket.request("sync", payload);
      pause.synced(ack);
      return /** @type {import("../types.d.ts").Ack<import("./sync.js").SyncAck>} */ (ack);
    },
    thread: (id) => model.thread(id),
    isOpen: (id) => model.openId === id,
    received: (id, ack, ask) => intake.synced(id, ack, ask),
    lost: (id) => intake.removed(id),
    idle: hooks.idle,
  });
  const tabs = new Tabs(ports.tabs, me.id, {
    leads: (leads) => {
      outbox.lead(leads);
      if (leads) hooks.idle();
    },
    note: hooks.note,
    sees: () => ({ conversation: model.openId, visible: hooks.visible() }),
  });
  const notifier = new Notifier({
    tabs,
    me: me.id,
    summary: (id) => model.summary(id),
    summaries: () => model.summaries(),
    userName: (user) => directory.userName(user),
    isMine: async (id, seq) => {
      const known = model.knownThread(id)?.tail.at(seq);
      return (known ?? (await ranges.one(id, seq).catch(() => null)))?.sender === me.id;
    },
    choices,
    raise: (notice) => topics.tell("notify", notice),
  });
  const fetching = new Set();
  const fetchConversation = async (/** @type {string} */ id) => {
    if (fetching.has(id)) return;
    fetching.add(id);
    // Whatever else goes wrong, the next heads ask again.
    await people.fetchConversation(id).catch((error) => {
      if (error instanceof ApiRefusal && error.code === "not_found") topics.tell("missing", id);
    });
    fetching.delete(id);
  };
  const unanswered = new Unanswered();
  const intake = new Intake({
    directory,
    model,
    following: new Following({ directory, model, typing, cursors, fetchConversation }),
    outbox,
    unanswered,
    slow,
    pins,
    cursors,
    typing,
    sync,
    ranges,
    replies,
    notifier,
    topics,
    draftSync,
    choices,
    notices,
    announcements,
    fetchConversation,
    leads: () => tabs.leading,
  });
  const people = new People(api, intake, unanswered);
  const keeper = new Keeper({ store, directory, model, choices });
  const state = {
    topics,
    choices,
    directory,
    model,
    drafts,
    replyDrafts,
    draftSync,
    replies,
    refusedMarks,
    connection,
    keeper,
    history,
    ranges,
  };
  const told = { notices, announcements };
  const workers = { socket, outbox, pause, cursors, sync, tabs, notifier, intake, people, typing, slow };
  return { ...state, ...told, ...workers, fetchConversation };
}
