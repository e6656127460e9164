/** What one saved for later, the last that was saved first: from which chat, who wrote it and when; each leads back there. */
/** @import { ChatApi, SavedMessage } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { messageOf } from "../domain/revisions.js";
import { conversationAvatar, paintAvatar } from "./avatar.js";
import { paintOn } from "./frame.js";
import { reconcile } from "./keyed.js";
import { clone, part, setAttribute, setText } from "./markup.js";
import { deletedWords } from "./message_parts.js";
import { messageText } from "./plain_text.js";
import { stamp } from "./time.js";

/** @param {SavedMessage} saved */
const keyOf = ({ conversation, entry }) => `${conversation}:${entry.seq}`;

export class SavedView {
  #root;
  #chat;
  /** @type {SavedMessage[]} */
  #saved = [];
  /** @type {string | null} where the next page begins */
  #next = null;
  /** @type {"loading" | "here" | "failed"} */
  #state = "loading";
  /** an answer that comes after the next question is for nobody */
  #turn = 0;
  /** what the marks were when the list was asked for */
  #marks = "";
  #end = () => {};

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   */
  constructor(root, chat) {
    this.#root = root;
    this.#chat = chat;
    part(root, "more").addEventListener("click", () => void this.#load(this.#saved.length + 1));
    part(root, "again").addEventListener("click", () => void this.#load(this.#saved.length));
  }

  start() {
    this.#end = paintOn(this.#chat, ["conversations", "contacts"], () => this.#changed());
    this.#render();
    void this.#load(0);
  }

  stop() {
    this.#turn += 1;
    this.#end();
  }

  /** Names, or what is saved: here, in another tab or on another device. */
  #changed() {
    if (this.#marksNow() !== this.#marks) void this.#load(this.#saved.length);
    this.#render();
  }

  #marksNow() {
    const marked = this.#chat.conversations().filter(({ view }) => view.me.saved_rev);
    return marked
      .map(({ id, view }) => `${id}:${view.me.saved_rev}:${view.me.hidden?.length ?? 0}`)
      .sort()
      .join();
  }

  /** The list anew from its beginning, as far as it was shown. @param {number} least how many, where there are as many */
  async #load(least) {
    const turn = ++this.#turn;
    this.#marks = this.#marksNow();
    /** @type {SavedMessage[]} */
    const found = [];
    /** @type {string | null} */
    let next = null;
    try {
      do {
        const page = await this.#chat.saved(next);
        if (turn !== this.#turn) return;
        found.push(...page.saved);
        next = page.next;
      } while (next && found.length < Math.max(1, least));
    } catch {
      if (turn !== this.#turn) return;
      this.#state = "failed";
      return this.#render();
    }
    this.#saved = found;
    this.#next = next;
    this.#state = "here";
    this.#render();
  }

  #render() {
    // What was let go of a moment ago goes at once; the new list follows.
    const shown = this.#saved.filter(({ conversation, entry }) => {
      const me = this.#chat.conversation(conversation)?.view.me;
      return !me || (me.saved?.includes(entry.seq) && !me.hidden?.includes(entry.seq));
    });
    reconcile(part(this.#root, "rows"), shown, {
      key: keyOf,
      create: (saved) => this.#create(saved),
      update: (element, saved) => this.#update(element, saved),
    });
    const failed = this.#state === "failed";
    part(this.#root, "more").hidden = failed || this.#next === null;
    part(this.#root, "again").hidden = !failed;
    const none = shown.length === 0 && this.#next === null;
    const empty = t("Nothing yet. Choose Save in the menu of a message.");
    const words = {
      loading: t("Fetching…"),
      failed: t("What you saved could not be fetched. Are you online?"),
      here: empty,
    };
    setText(part(this.#root, "state"), failed || none ? words[this.#state] : "");
  }

  /** @param {SavedMessage} saved */
  #create({ conversation, entry }) {
    const element = clone("saved-message");
    element.dataset.saved = `${conversation}:${entry.seq}`;
    part(element, "unsave").addEventListener("click", () => this.#unsave(element, conversation, entry.seq));
    return element;
  }

  /** @param {HTMLElement} element @param {SavedMessage} saved */
  #update(element, { conversation, entry }) {
    const { me } = this.#chat;
    const summary = this.#chat.conversation(conversation);
    const message = messageOf(entry);
    const gone = message.deleted_at !== null;
    const face = summary ? conversationAvatar(summary, me.id) : { id: conversation, name: t("Chat"), avatar: null };
    paintAvatar(part(element, "avatar"), face);
    setText(part(element, "chat"), face.name);
    setText(part(element, "sender"), entry.sender === me.id ? t("You") : this.#chat.userName(entry.sender));
    const time = part(element, "time");
    setText(time, stamp(entry.created_at));
    setAttribute(time, "datetime", new Date(entry.created_at).toISOString());
    const text = part(element, "text");
    setText(text, gone ? deletedWords(message, me.id) : messageText(message.body, this.#chat));
    setAttribute(text, "data-deleted", gone ? "" : null);
    setAttribute(part(element, "link"), "href", `/c/${conversation}#m${entry.seq}`);
  }

  /** @param {HTMLElement} row @param {string} conversation @param {number} seq */
  #unsave(row, conversation, seq) {
    const beside = /** @type {HTMLElement | null} */ (row.nextElementSibling ?? row.previousElementSibling);
    this.#chat.save(conversation, [seq], false);
    this.#render();
    // The button that had the focus is gone with its row.
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    if (beside?.isConnected) part(beside, "unsave").focus();
    else this.#root.focus();
  }
}
