/** Several messages as plain text, each with who wrote it and when. Pure. */
/** @import { ChatApi, Present } from "../types.d.ts" */
import { messageText } from "./plain_text.js";
import { stamp } from "./time.js";

/**
 * @param {readonly Present[]} messages
 * @param {Pick<ChatApi, "me" | "userName">} chat
 * @param {string} [locale]
 */
export function copiedText(messages, chat, locale) {
  const lines = messages.map(({ entry, message }) => {
    const name = entry.sender === chat.me.id ? chat.me.name : chat.userName(entry.sender);
    return `[${stamp(entry.created_at, locale)}] ${name}: ${messageText(message.body, chat)}`;
  });
  return lines.join("\n");
}
