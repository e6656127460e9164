/** What the menu of a message offers, and what comes of it. */
/** @import { ChatApi, ConversationView, Entry, Present, ThreadItem } from "../types.d.ts" */
/** @import { MenuItem } from "./menu.js" */
import { n, t } from "../domain/locale.js";
import { isOut, mayWrite } from "../domain/membership.js";
import { may } from "../domain/permissions.js";
import { mayPin } from "../domain/pins.js";
import { rootOf } from "../domain/threads.js";
import { confirm } from "./dialogs.js";
import { messageText, plainLine } from "./plain_text.js";
import { openReport } from "./report_dialog.js";
import { attempt, toast } from "./toasts.js";

/**
 * @typedef {object} Doing
 * @property {(item: ThreadItem) => void} reply
 * @property {(item: ThreadItem) => void} edit
 * @property {(item: ThreadItem) => void} [select]
 * @property {(conversation: string, root: number) => void} [thread] open the thread that begins with this message
 * @property {(conversation: string, messages: readonly Present[], done?: () => void) => void} forward
 * @property {(conversation: string, seq: number) => void} versions
 * @property {(conversation: string, seq: number) => void} seenBy
 */

/**
 * @param {ChatApi} chat
 * @param {string} conversation
 * @param {ThreadItem} item
 * @param {Doing & { pick: () => void }} doing `pick`: choose an emoji for it
 * @returns {MenuItem[]}
 */
export function messageMenu(chat, conversation, item, doing) {
  const { message, entry, mine } = item;
  const seq = entry?.seq ?? 0;
  const summary = chat.conversation(conversation);
  if (!summary || !entry || !message) return [];
  const { view } = summary;
  const able = !isOut(view) && !summary.blocked && !view.frozen;
  const writes = able && mayWrite(view);
  /** @type {(MenuItem | false | undefined)[]} */
  const items = [
    able && { text: t("React"), icon: "smile-plus", run: doing.pick },
    writes && { text: t("Reply"), icon: "reply", run: () => doing.reply(item) },
    threading(view, item, doing, writes),
    { text: t("Forward"), icon: "forward", run: () => doing.forward(conversation, [{ entry, message }]) },
    { text: t("Copy text"), icon: "copy", run: () => void copy(messageText(message.body, chat), t("Copied.")) },
    doing.select && { text: t("Select"), icon: "list-checks", run: () => doing.select?.(item) },
    saving(chat, conversation, [seq]),
    able && mayPin(view) && pinning(chat, conversation, seq),
    writes && mine && { text: t("Edit"), icon: "pencil", run: () => doing.edit(item) },
    mine &&
      view.kind === "group" && { text: t("Seen by"), icon: "check-check", run: () => doing.seenBy(conversation, seq) },
    message.edited_at !== null && {
      text: t("Earlier versions"),
      icon: "history",
      run: () => doing.versions(conversation, seq),
    },
    !mine && {
      text: t("Report"),
      icon: "flag",
      run: () => openReport({ conversation, seq }, chat.userName(entry.sender), chat),
    },
    ...deletions(chat, conversation, () => [{ entry, message }]),
  ];
  return items.filter((one) => one !== false && one !== undefined);
}

/**
 * To the thread that the message begins, or belongs to: where that begins before one came, there is nothing to see.
 * @param {ConversationView} view
 * @param {ThreadItem} item
 * @param {Doing} doing
 * @param {boolean} writes
 * @returns {MenuItem | false}
 */
function threading(view, { entry, replies }, doing, writes) {
  const root = entry ? rootOf(entry) : 0;
  const begun = root !== entry?.seq || replies > 0;
  if (!entry || !doing.thread || root < view.me.from_seq || !(begun || writes)) return false;
  const run = () => doing.thread?.(view.id, root);
  return { text: t("Open thread"), icon: "messages-square", run };
}

/** Are all of these saved for later? @param {ChatApi} chat @param {string} conversation @param {readonly number[]} seqs */
export function areSaved(chat, conversation, seqs) {
  const saved = new Set(chat.conversation(conversation)?.view.me.saved);
  return seqs.every((seq) => saved.has(seq));
}

/**
 * Save these messages, or let go of them where all are saved.
 * @param {ChatApi} chat
 * @param {string} conversation
 * @param {readonly number[]} seqs
 * @param {() => void} [done]
 * @returns {MenuItem}
 */
export function saving(chat, conversation, seqs, done = () => undefined) {
  const saved = areSaved(chat, conversation, seqs);
  const run = () => {
    chat.save(conversation, seqs, !saved);
    toast(saved ? t("Not saved any more.") : t("Saved."));
    done();
  };
  return { text: saved ? t("Unsave") : t("Save"), icon: saved ? "bookmark-minus" : "bookmark", run };
}

/** @param {ChatApi} chat @param {string} conversation @param {number} seq @returns {MenuItem} */
function pinning(chat, conversation, seq) {
  const pinned = chat.thread(conversation).pins.some((pin) => pin.seq === seq);
  const run = () => chat.pin(conversation, seq, !pinned);
  return { text: pinned ? t("Unpin") : t("Pin"), icon: pinned ? "pin-off" : "pin", run };
}

/**
 * The ways in which these messages may be deleted.
 * @param {ChatApi} chat
 * @param {string} conversation
 * @param {() => readonly Present[]} chosen
 * @param {() => void} [done]
 * @returns {MenuItem[]}
 */
export function deletions(chat, conversation, chosen, done = () => undefined) {
  const summary = chat.conversation(conversation);
  if (!summary) return [];
  const ask = async (/** @type {boolean} */ all) => {
    const asked = chosen();
    if (asked.length === 0 || !(await confirm(question(asked, chat, all)))) return;
    // What was deleted meanwhile needs none.
    const left = chat.present(
      conversation,
      asked.map(({ entry }) => entry),
    );
    const seqs = left.map(({ entry }) => entry.seq);
    if (all) for (const seq of seqs) chat.remove(conversation, seq);
    else if (seqs.length > 0) chat.hide(conversation, ...seqs);
    done();
  };
  const able = !isOut(summary.view) && !summary.blocked && !summary.view.frozen;
  const forAll = able && chosen().every(({ entry }) => mayDelete(summary.view, entry, chat.me.id));
  const forMe = { text: t("Delete for me"), icon: "trash-2", run: () => void ask(false) };
  const forEveryone = { text: t("Delete for everyone"), icon: "trash-2", danger: true, run: () => void ask(true) };
  return forAll ? [forMe, forEveryone] : [forMe];
}

/** @param {readonly Present[]} chosen @param {ChatApi} chat @param {boolean} all */
function question(chosen, chat, all) {
  const count = chosen.length;
  const message = plainLine(chosen[0].message.body, chat).slice(0, 80);
  const title = all
    ? n("Delete this message for everyone?", "Delete {count} messages for everyone?", count)
    : n("Delete this message for you?", "Delete {count} messages for you?", count);
  const text = all
    ? n(
        "“{message}” will be gone for everybody here, and cannot be brought back.",
        "They will be gone for everybody here, and cannot be brought back.",
        count,
        { message },
      )
    : n(
        "“{message}” will be gone on all your devices. Everybody else keeps it.",
        "They will be gone on all your devices. Everybody else keeps them.",
        count,
        { message },
      );
  return { title, text, yes: t("Delete"), danger: true };
}

/** May this person delete the message for everybody? @param {ConversationView} view @param {Entry} entry @param {string} me */
function mayDelete(view, { sender }, me) {
  if (sender === me) return true;
  if (view.kind !== "group") return false;
  const author = view.members.find(({ user }) => user.id === sender);
  return may(view.me.role, "delete", author?.role ?? null);
}

/** @param {string} text @param {string} said when it is done @returns {Promise<boolean>} */
export async function copy(text, said) {
  const done = await attempt(navigator.clipboard.writeText(text).then(() => true));
  if (done) toast(said);
  return done === true;
}
