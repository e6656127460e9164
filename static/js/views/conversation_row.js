/** One row of the list: who, when, what was last, and what waits. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */

import { n, t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { messageOf } from "../domain/revisions.js";
import { conversationAvatar, paintAvatar, paintPresence } from "./avatar.js";
import { paintTick } from "./bubble.js";
import { isNote, shortNoteWords } from "./entry_words.js";
import { clone, part, setAttribute, setText } from "./markup.js";
import { plainLine } from "./plain_text.js";
import { oneLine } from "./text.js";
import { typingWords } from "./thread_header.js";
import { fullTime, listTime } from "./time.js";

/**
 * The second line: `lead` stands out ("Draft:"), `tick` belongs to one's own last message.
 * @param {ConversationSummary} summary
 * @param {ChatApi} chat
 * @param {boolean} open
 * @returns {{ tone: string, lead: string, text: string, tick: string | null }}
 */
export function preview(summary, chat, open) {
  const group = summary.view.kind === "group";
  const first = (/** @type {string} */ user) => chat.userName(user).split(" ")[0];
  if (summary.typing.length > 0) {
    return {
      tone: "typing",
      lead: "",
      text: group ? typingWords(summary.typing.map(first)) : t("typing…"),
      tick: null,
    };
  }
  if (summary.draft.trim() !== "" && !open && !isOut(summary.view)) {
    return { tone: "draft", lead: `${t("Draft:")} `, text: plainLine(summary.draft, chat), tick: null };
  }
  const { lastPending, last } = summary;
  if (lastPending) {
    const refused = lastPending.state === "refused";
    return {
      tone: refused ? "refused" : "",
      lead: refused ? `${t("Not sent:")} ` : "",
      text: plainLine(lastPending.body, chat),
      tick: refused ? "refused" : "sending",
    };
  }
  if (!last || last.kind === "withheld") return { tone: "", lead: "", text: "", tick: null };
  if (isNote(last)) return { tone: "", lead: "", text: oneLine(shortNoteWords(last, chat)), tick: null };
  const message = messageOf(last);
  if (summary.view.me.hidden?.includes(last.seq))
    return { tone: "", lead: "", text: t("You deleted this message"), tick: null };
  const gone = last.expired ? t("This message is no longer kept.") : t("Message deleted");
  if (message.deleted_at !== null) return { tone: "", lead: "", text: gone, tick: null };
  const mine = last.sender === chat.me.id;
  const note = summary.peer?.id === chat.me.id;
  const who = mine ? (group ? `${t("You:")} ` : "") : group ? `${first(last.sender)}: ` : "";
  return {
    tone: "",
    lead: "",
    text: who + plainLine(message.body, chat),
    tick: mine && !note ? lastTick(summary, chat) : null,
  };
}

/**
 * @param {ConversationSummary} summary
 * @param {ChatApi} chat
 */
function lastTick(summary, chat) {
  const others = summary.view.members.filter(({ user }) => user.id !== chat.me.id);
  const seq = summary.last?.seq ?? 0;
  if (others.length > 0 && others.every(({ read }) => read >= seq)) return "read";
  if (others.length > 0 && others.every(({ delivered }) => delivered >= seq)) return "delivered";
  return "sent";
}

/** @param {ConversationSummary} summary */
export function createConversationRow(summary) {
  const element = clone("conversation");
  element.dataset.id = summary.id;
  const link = /** @type {HTMLAnchorElement} */ (part(element, "link"));
  link.href = `/c/${summary.id}`;
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {ConversationSummary} summary
 * @param {ChatApi} chat
 * @param {{ now: number, open: boolean }} at
 */
export function updateConversationRow(element, summary, chat, { now, open }) {
  setAttribute(part(element, "link"), "aria-current", open ? "true" : null);
  const avatar = part(element, "avatar");
  paintAvatar(avatar, conversationAvatar(summary, chat.me.id));
  const somebody = summary.peer !== null && summary.peer.id !== chat.me.id;
  paintPresence(avatar, somebody ? (summary.presence?.state ?? null) : null);
  setText(part(element, "name"), summary.name);
  const time = part(element, "time");
  const at = summary.lastPending?.created_at ?? summary.last?.created_at ?? null;
  setText(time, at === null ? "" : listTime(at, now));
  setAttribute(time, "title", at === null ? null : fullTime(at));
  const { tone, lead, text, tick } = preview(summary, chat, open);
  const line = /** @type {HTMLElement} */ (element.querySelector(".chat-preview"));
  setAttribute(line, "data-tone", tone || null);
  setText(part(element, "lead"), lead);
  setText(part(element, "preview"), text);
  paintTick(part(element, "tick"), tick);
  part(element, "muted").hidden = !summary.muted;
  part(element, "pinned").hidden = !summary.pinned;
  part(element, "mentioned").hidden = !summary.mentioned;
  const unread = part(element, "unread");
  unread.hidden = summary.unread === 0 && !summary.marked;
  unread.classList.toggle("muted-badge", summary.muted);
  const marked = summary.marked && summary.unread === 0;
  setText(unread, marked ? "•" : summary.unread > 999 ? "999+" : String(summary.unread));
  setAttribute(
    unread,
    "aria-label",
    marked ? t("Marked as unread") : n("{count} unread", "{count} unread", summary.unread),
  );
}
