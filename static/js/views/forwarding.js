/** Forwarding messages: the chats they go to are chosen in a dialog, and they go out as new messages of one's own. */
/** @import { ChatApi, ConversationSummary, Present } from "../types.d.ts" */
/** @import { PeopleDialog } from "./people_dialog.js" */
import { n, t } from "../domain/locale.js";
import { mayWrite } from "../domain/membership.js";
import { conversationAvatar } from "./avatar.js";
import { toast } from "./toasts.js";

export const MOST_CHATS = 10;

/** May one write there now? @param {ConversationSummary} summary */
const takes = ({ view, blocked, request, peer }) => mayWrite(view) && !blocked && !request && peer?.deleted !== true;

/**
 * @param {PeopleDialog} dialog
 * @param {ChatApi} chat
 * @param {string} conversation where they were said
 * @param {readonly Present[]} messages
 * @param {() => void} [done] they are on their way
 */
export function forward(dialog, chat, conversation, messages, done = () => undefined) {
  const candidates = chat
    .conversations()
    .filter(takes)
    .map((summary) => ({
      id: summary.id,
      name: summary.name,
      shown: summary.name,
      handle: null,
      avatar: null,
      about: "",
      face: conversationAvatar(summary, chat.me.id),
    }));
  dialog.open({
    title: n("Forward the message", "Forward {count} messages", messages.length),
    people: candidates,
    several: true,
    sought: t("Search your chats"),
    none: t("There is no chat that you may write in."),
    unmatched: t("No chat has that name."),
    missing: t("Choose a chat."),
    yes: (count) => (count > 1 ? n("Send to {count} chat", "Send to {count} chats", count) : t("Send")),
    done: async (chosen) => {
      if (chosen.length > MOST_CHATS)
        throw Object.assign(new Error(`Choose at most ${MOST_CHATS} chats.`), { code: "invalid" });
      send(chat, conversation, messages, chosen);
      // Once the dialog is closed: before, nothing behind it takes the focus.
      setTimeout(done);
    },
  });
}

/**
 * @param {ChatApi} chat
 * @param {string} conversation
 * @param {readonly Present[]} messages
 * @param {readonly string[]} chosen
 */
function send(chat, conversation, messages, chosen) {
  // What was deleted while one chose is not passed on, and what was edited goes as it is now.
  const left = chat.present(
    conversation,
    messages.map(({ entry }) => entry),
  );
  if (left.length === 0) return toast(t("There is nothing left to forward."));
  chat.forward(chosen, left);
  const [first] = chosen;
  toast(
    n("Forwarded to {name}.", "Forwarded to {count} chats.", chosen.length, { name: chat.conversation(first)?.name }),
  );
}
