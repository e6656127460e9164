/** The head of a thread: who it is with, who is there, who is typing. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */

import { isOut } from "../domain/membership.js";
import { conversationAvatar, paintAvatar, paintPresence } from "./avatar.js";
import { part, setText } from "./markup.js";
import { counted } from "./text.js";
import { presenceWords } from "./time.js";

/**
 * "Ada is typing…", "Ada and Ben are typing…", "3 people are typing…"
 * @param {readonly string[]} names
 */
export function typingWords(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing…`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing…`;
  return `${names.length} people are typing…`;
}

export const OUT_WORDS = "You are no longer in this group";
export const CLOSED_WORDS = "This group was deleted";

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
    return `${counted(count, "member")}, ${online} online`;
  }
  if (summary.peer?.id === me) return "Only you see what you write here";
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
