/** Who has read a message of one's own in a group, who has got it, and who has not yet. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { paintAvatar } from "./avatar.js";
import { openDialog } from "./dialogs.js";
import { clone, part, setText } from "./markup.js";
import { receipts } from "./receipts.js";

/** In a larger group reading is told to one's own devices alone (docs/decisions/0014). */
const RECEIPTS_MEMBERS = 256;

export class SeenByDialog {
  #dialog;
  #chat;

  /** @param {HTMLDialogElement} dialog @param {ChatApi} chat */
  constructor(dialog, chat) {
    this.#dialog = dialog;
    this.#chat = chat;
    part(dialog, "close").addEventListener("click", () => dialog.close());
  }

  /** @param {string} conversation @param {number} seq */
  open(conversation, seq) {
    const summary = this.#chat.conversation(conversation);
    if (!summary) return;
    const lists = receipts(summary, seq, this.#chat);
    for (const name of /** @type {const} */ (["read", "delivered", "sent"])) {
      const users = lists[name];
      part(this.#dialog, name).hidden = users.length === 0;
      setText(part(this.#dialog, `${name}-count`), String(users.length));
      part(this.#dialog, `${name}-list`).replaceChildren(...users.map((user) => this.#person(summary, user)));
    }
    setText(part(this.#dialog, "hint"), hintOf(summary));
    openDialog(this.#dialog);
  }

  /** @param {ConversationSummary} summary @param {string} user */
  #person(summary, user) {
    const element = clone("seen-by");
    const name = this.#chat.userName(user);
    const avatar = summary.view.members.find((member) => member.user.id === user)?.user.avatar ?? null;
    setText(part(element, "name"), name);
    paintAvatar(part(element, "avatar"), { id: user, name, avatar });
    return element;
  }
}

/** @param {ConversationSummary} summary */
function hintOf({ view }) {
  if (view.members.length > RECEIPTS_MEMBERS) return t("In a group as large as this, who read what is not told.");
  return t(
    "Whoever hides what they have read stands among those who got it; where you hide it yourself, everybody does.",
  );
}
