/** The head of a thread: who it is with, who is there, who is typing. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */

import { list, n, number, t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { conversationAvatar, paintAvatar, paintPresence } from "./avatar.js";
import { part, setText } from "./markup.js";
import { presenceWords } from "./time.js";

/**
 * "Ada is typing…", "Ada and Ben are typing…", "3 people are typing…"
 * @param {readonly string[]} names
 */
export function typingWords(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return t("{name} is typing…", { name: names[0] });
  if (names.length === 2) return t("{names} are typing…", { names: list(names) });
  return n("{count} person is typing…", "{count} people are typing…", names.length);
}

export const OUT_WORDS = t("You are no longer in this group");
export const CLOSED_WORDS = t("This group was deleted");

/**
 * "6 members, 3 online", "online", "last seen at 14:02", "@handle"
 * @param {ConversationSummary} summary
 * @param {string} me
 * @param {number} now ms
 */
export function aboutWords(summary, me, now) {
  if (isOut(summary.view)) return summary.view.closed_by ? CLOSED_WORDS : OUT_WORDS;
  if (summary.view.kind === "group") {
    const members = summary.view.members;
    const online = members.filter(({ user, presence }) => user.id === me || presence.state === "online").length;
    const count = members.length + (summary.view.members_left_out ?? 0);
    return `${n("{count} member", "{count} members", count)}, ${t("{count} online", { count: number(online) })}`;
  }
  if (summary.peer?.id === me) return t("Only you see what you write here");
  return presenceWords(summary.presence, now) || (summary.peer?.handle ? `@${summary.peer.handle}` : "");
}

/**
 * @param {ChatApi} chat
 * @param {string} user
 */
function firstName(chat, user) {
  return chat.userName(user).split(" ")[0];
}

export class ThreadHeader {
  #root;
  #chat;

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   */
  constructor(root, chat) {
    this.#root = root;
    this.#chat = chat;
  }

  /** @param {ConversationSummary} summary */
  show(summary) {
    const avatar = part(this.#root, "avatar");
    paintAvatar(avatar, conversationAvatar(summary, this.#chat.me.id));
    paintPresence(avatar, this.#isSomebody(summary) ? (summary.presence?.state ?? null) : null);
    setText(part(this.#root, "name"), summary.name);
    setText(part(this.#root, "about"), aboutWords(summary, this.#chat.me.id, Date.now()));
    setText(part(this.#root, "typing"), typingWords(summary.typing.map((user) => firstName(this.#chat, user))));
  }

  /** @param {ConversationSummary} summary */
  #isSomebody(summary) {
    return summary.peer !== null && summary.peer.id !== this.#chat.me.id;
  }
}
