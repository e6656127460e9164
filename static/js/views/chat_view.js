/**
 * The chat page: list, thread and details, and which conversation is open.
 *
 * `page.js` makes it: `startPage(chat, api)`. `start()` listens and opens what the address names; `chat.start()` may
 * come before or after.
 */
/** @import { ChatApi } from "../types.d.ts" */
/** @import { Invites } from "./invite.js" */
import { t } from "../domain/locale.js";
import { ConversationList } from "./conversation_list.js";
import { DateDialog } from "./date_dialog.js";
import { Details } from "./details.js";
import { forward } from "./forwarding.js";
import { onceAFrame } from "./frame.js";
import { GroupActions } from "./group_actions.js";
import { GroupLinksDialog } from "./group_links.js";
import { GroupSettingsDialog } from "./group_settings.js";
import { Invite } from "./invite.js";
import { part } from "./markup.js";
import { NewChat } from "./new_chat.js";
import { PeopleDialog } from "./people_dialog.js";
import { QuickSwitcher } from "./quick_switcher.js";
import { RepliesPanel } from "./replies_panel.js";
import { SeenByDialog } from "./seen_by.js";
import { Thread } from "./thread.js";
import { toast } from "./toasts.js";
import { VersionsDialog } from "./versions_dialog.js";

/** @param {string} path */
function conversationIn(path) {
  return /^\/c\/([0-9A-Za-z]{22})$/u.exec(path)?.[1] ?? null;
}

/**
 * @template {HTMLElement} T
 * @param {string} name
 * @returns {T}
 */
function view(name) {
  const found = document.querySelector(`[data-view="${name}"]`);
  if (!found) throw new Error(`the page has no view ${name}`);
  return /** @type {T} */ (found);
}

export class ChatView {
  #root;
  #chat;
  #list;
  #thread;
  #details;
  #replies;
  #switcher;
  #newChat;
  /** @type {string | null} */
  #open = null;
  /** is the open conversation known, or still awaited? */
  #shown = false;
  /** @type {(() => void)[]} */
  #ends = [];

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   * @param {Invites} invites
   */
  constructor(root, chat, invites) {
    this.#root = root;
    this.#chat = chat;
    const open = (/** @type {string} */ id) => this.open(id);
    const threadRoot = view("thread");
    this.#newChat = new NewChat(view("new-chat"), chat, open);
    const find = () => this.#newChat.open();
    const note = () => void this.#newChat.noteToSelf();
    this.#switcher = new QuickSwitcher(view("switcher"), chat, open, { "new-chat": find, note });
    const dialogs = {
      people: new PeopleDialog(view("people")),
      links: new GroupLinksDialog(view("group-links"), chat),
      settings: new GroupSettingsDialog(view("group-settings"), chat),
    };
    const groups = new GroupActions(chat, dialogs, open);
    this.#list = new ConversationList(view("list"), chat, groups, {
      open,
      find,
      note,
      newChat: find,
      search: () => this.#switcher.open(),
      invite: (into) => new Invite(into, invites),
    });
    const dates = new DateDialog(view("date"), (day) => this.#thread.goToDate(day));
    const versions = new VersionsDialog(view("versions"), chat);
    const seenBy = new SeenByDialog(view("seen-by"), chat);
    /** @type {Pick<import("./message_menu.js").Doing, "forward" | "versions" | "seenBy">} */
    const about = {
      forward: (conversation, messages, done) => forward(dialogs.people, chat, conversation, messages, done),
      versions: (conversation, seq) => void versions.open(conversation, seq),
      seenBy: (conversation, seq) => seenBy.open(conversation, seq),
    };
    this.#thread = new Thread(threadRoot, chat, view("announcer"), (day) => dates.open(day), {
      ...about,
      thread: (conversation, first) => this.#replies.open(conversation, first),
    });
    this.#replies = new RepliesPanel(view("replies"), root, threadRoot, chat, about, {
      jump: (seq) => this.#fromReplies(seq),
      writes: () => this.#thread.writes,
      changed: () => this.#repliesChanged(),
      left: () => this.#thread.focusComposer(),
    });
    const toggle = part(threadRoot, "details");
    this.#details = new Details(view("details"), root, toggle, chat, groups, open, () => this.#replies.close());
    new Invite(part(threadRoot, "invite"), invites);
    part(threadRoot, "find").addEventListener("click", find);
    part(threadRoot, "note").addEventListener("click", note);
    part(threadRoot, "back").addEventListener("click", () => this.#back());
  }

  start() {
    this.#thread.start();
    this.#replies.start();
    this.#switcher.start();
    window.addEventListener("popstate", this.#fromAddress);
    document.addEventListener("keydown", this.#keydown);
    document.addEventListener("visibilitychange", this.#visible);
    const list = onceAFrame(() => this.#list.render());
    const thread = onceAFrame(() => this.#renderThread());
    const all = () => {
      list();
      thread();
    };
    this.#ends.push(
      this.#chat.on("conversations", all),
      this.#chat.on("presence", all),
      this.#chat.on("contacts", all),
      this.#chat.on("connection", all),
      this.#chat.on("me", all),
      this.#chat.on("thread", (conversation) => {
        if (conversation === this.#open) thread();
      }),
      this.#chat.on("missing", (conversation) => this.#leaveMissing(conversation)),
    );
    this.#visible();
    this.#fromAddress();
  }

  stop() {
    for (const end of this.#ends.splice(0)) end();
    this.#thread.stop();
    this.#replies.stop();
    this.#switcher.stop();
    window.removeEventListener("popstate", this.#fromAddress);
    document.removeEventListener("keydown", this.#keydown);
    document.removeEventListener("visibilitychange", this.#visible);
  }

  /** @param {string} conversation */
  open(conversation) {
    if (conversation !== conversationIn(location.pathname)) {
      history.pushState({ within: true }, "", `/c/${conversation}`);
    }
    this.#show(conversation);
  }

  #fromAddress = () => {
    this.#show(conversationIn(location.pathname));
    this.#toNamed();
  };

  /** The address may name a message, once: `/c/{conversation}#m17`. */
  #toNamed() {
    const seq = Number(/^#m(\d{1,10})$/u.exec(location.hash)?.[1] ?? 0);
    if (!seq || !this.#shown) return;
    history.replaceState(history.state, "", location.pathname);
    void this.#thread.goTo(seq);
  }

  /** @param {string | null} conversation */
  #show(conversation) {
    const summary = conversation ? this.#chat.conversation(conversation) : null;
    if (conversation && conversation === this.#open && this.#shown) {
      this.#thread.focusComposer();
      return;
    }
    this.#open = conversation;
    this.#shown = summary !== null;
    this.#root.dataset.pane = conversation ? "thread" : "list";
    this.#chat.open(conversation);
    this.#list.show(conversation);
    this.#replies.show(conversation);
    this.#thread.show(conversation);
    this.#details.show(conversation);
  }

  /** To a message that the thread names and does not hold; on a small screen it would lie under it. @param {number} seq */
  #fromReplies(seq) {
    if (view("thread").inert) this.#replies.close();
    void this.#thread.goTo(seq);
  }

  #repliesChanged() {
    this.#details.render();
    if (!this.#replies.isOpen) this.#thread.uncovered();
  }

  /** The server says that it is not there, or not ours. @param {string} conversation */
  #leaveMissing(conversation) {
    if (conversation !== this.#open || this.#shown) return;
    history.replaceState(null, "", "/");
    this.#fromAddress();
    toast(t("There is nothing here, or it is not for you."));
  }

  /** On a phone: from the thread to the list, by the way one came where there is one. */
  #back() {
    if (history.state?.within) history.back();
    else {
      history.pushState(null, "", "/");
      this.#fromAddress();
    }
  }

  #renderThread() {
    if (this.#open && !this.#shown && this.#chat.conversation(this.#open)) {
      // It was opened by its address before it was known.
      this.#shown = true;
      this.#thread.show(this.#open);
      this.#details.show(this.#open);
      this.#toNamed();
    } else if (this.#open && this.#shown && !this.#chat.conversation(this.#open)) {
      // It was open and is gone: a request that was declined, here or in another tab.
      history.replaceState(null, "", "/");
      this.#fromAddress();
    } else this.#thread.render();
    this.#replies.render();
    this.#details.render();
  }

  /** Esc from anywhere on the page, where it closes nothing, lets go of what is selected or leads back to where one writes. */
  #keydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (this.#open) this.#thread.escape();
  };

  #visible = () => this.#chat.setVisible(document.visibilityState === "visible");
}
