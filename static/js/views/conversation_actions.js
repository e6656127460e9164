/** What can be done with a conversation, for its row's menu and for its details. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
/** @import { MenuItem } from "./menu.js" */
import { t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { ask, confirm } from "./dialogs.js";
import { openLevelDialog } from "./level_dialog.js";
import { openReport } from "./report_dialog.js";
import { attempt, toast } from "./toasts.js";

/**
 * @param {ConversationSummary} summary
 * @param {ChatApi} chat
 * @returns {MenuItem[]}
 */
export function conversationActions(summary, chat) {
  const change = (/** @type {Parameters<ChatApi["changeConversation"]>[1]} */ what) =>
    void attempt(chat.changeConversation(summary.id, what));
  const { pinned, archived, marked } = summary;
  const notifications = {
    text: t("Notifications"),
    icon: "bell",
    run: () => openLevelDialog(summary, chat),
  };
  const unread = {
    text: marked ? t("Mark as read") : t("Mark as unread"),
    icon: marked ? "check-check" : "message-circle",
    run: () => change({ unread: !marked }),
  };
  return [
    {
      text: pinned ? t("Unpin") : t("Pin to the top"),
      icon: pinned ? "pin-off" : "pin",
      run: () => change({ pinned: !pinned }),
    },
    ...(isOut(summary.view) ? [] : [notifications]),
    ...(marks(summary) ? [unread] : []),
    {
      text: archived ? t("Move out of the archive") : t("Archive"),
      icon: archived ? "archive-restore" : "archive",
      run: () => change({ archived: !archived }),
    },
  ];
}

/** Is there a mark to take away, or one to be made? @param {ConversationSummary} summary */
function marks({ marked, unread, view, blocked, request }) {
  return marked || (unread === 0 && view.head > 0 && !isOut(view) && !blocked && !request);
}

/**
 * What can be done with the other person of a direct conversation, or with a contact.
 * @param {{ id: string, name: string, alias: string | null, blocked: boolean, contact: boolean }} person
 * @param {ChatApi} chat
 * @returns {MenuItem[]}
 */
export function personActions(person, chat) {
  /** @type {MenuItem[]} */
  const items = [];
  if (person.contact) {
    items.push({
      text: person.alias ? t("Change the name I gave") : t("Give a name of my own"),
      icon: "pencil",
      run: () => void rename(person, chat),
    });
  } else {
    items.push({ text: t("Add to contacts"), icon: "user-plus", run: () => void add(person, chat) });
  }
  items.push({ text: t("Report"), icon: "flag", run: () => openReport({ user: person.id }, person.name, chat) });
  if (person.blocked) items.push({ text: t("Unblock"), icon: "ban", run: () => void block(person, chat, false) });
  else items.push({ text: t("Block"), icon: "ban", danger: true, run: () => void block(person, chat, true) });
  return items;
}

/**
 * @param {{ id: string, name: string }} person
 * @param {ChatApi} chat
 */
async function add(person, chat) {
  if (await attempt(chat.addContact({ user: person.id }))) toast(t("{name} is a contact now.", { name: person.name }));
}

/**
 * @param {{ id: string, name: string, alias: string | null }} person
 * @param {ChatApi} chat
 */
async function rename(person, chat) {
  const alias = await ask({
    title: t("A name of your own"),
    text: t("Only you see it. Leave it empty to use {name}'s own.", { name: person.name }),
    yes: t("Save"),
    field: { label: t("Name"), value: person.alias ?? "" },
  });
  if (alias !== null) await attempt(chat.changeContact(person.id, { alias: alias || null }));
}

/**
 * @param {{ id: string, name: string }} person
 * @param {ChatApi} chat
 * @param {boolean} blocked
 */
async function block(person, chat, blocked) {
  const sure =
    !blocked ||
    (await confirm({
      title: t("Block {name}?", { name: person.name }),
      text: t("Their messages will not reach you, and they cannot tell. You can unblock them at any time."),
      yes: t("Block"),
      danger: true,
    }));
  if (sure) await attempt(chat.changeContact(person.id, { blocked }));
}
