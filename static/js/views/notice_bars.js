/** What whoever runs this Chatter tells everybody and this person, over every page: bars to close, and warnings that are to be read first. */
/** @import { ChatApi, NoticeView } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { openDialog } from "./dialogs.js";
import { paintOn } from "./frame.js";
import { reconcile } from "./keyed.js";
import { clone, part, setText } from "./markup.js";
import { attempt, reason } from "./toasts.js";

/** What came of a report, in words. @param {NoticeView} notice */
export function outcomeWords({ about, outcome }) {
  const what = about === "person" ? t("You reported somebody.") : t("You reported a message.");
  if (outcome === "removed") return `${what} ${t("It was looked at, and the message was removed. Thank you.")}`;
  if (outcome === "acted") return `${what} ${t("It was looked at, and something was done about it. Thank you.")}`;
  return `${what} ${t("It was looked at, and nothing was done: no rule here was broken.")}`;
}

/** What stands before what is more than information. @type {Record<string, string>} */
const LEADS = { important: `${t("Important:")} `, urgent: `${t("Urgent:")} ` };

export class NoticeBars {
  #root;
  #chat;
  /** @type {{ id: string, dialog: HTMLDialogElement } | null} the warning that is shown */
  #warning = null;
  #end = () => {};

  /** @param {HTMLElement} root @param {ChatApi} chat */
  constructor(root, chat) {
    this.#root = root;
    this.#chat = chat;
  }

  start() {
    this.#end = paintOn(this.#chat, ["notices", "announcements"], () => this.#render());
    this.#render();
  }

  stop() {
    this.#end();
  }

  #render() {
    const notices = this.#chat.notices();
    reconcile(
      part(this.#root, "notices"),
      notices.filter(({ kind }) => kind === "report"),
      {
        key: ({ id }) => id,
        create: ({ id }) => this.#create(() => this.#chat.closeNotice(id)),
        update: (element, notice) => setText(part(element, "text"), outcomeWords(notice)),
      },
    );
    reconcile(part(this.#root, "announcements"), this.#chat.announcements(), {
      key: ({ id }) => id,
      create: ({ id, level }) => this.#create(() => this.#chat.closeAnnouncement(id), level),
      update: (element, { text, level }) => {
        setText(part(element, "lead"), LEADS[level] ?? "");
        setText(part(element, "text"), text);
      },
    });
    const warning = notices.find(({ kind }) => kind === "warning") ?? null;
    if (this.#warning && this.#warning.id !== warning?.id) this.#dismiss();
    if (warning && !this.#warning) this.#warn(warning);
  }

  /** @param {() => Promise<void>} close @param {string} [level] */
  #create(close, level = "info") {
    const element = clone("bar");
    element.dataset.level = level;
    part(element, "close").addEventListener("click", () => void this.#close(close));
    return element;
  }

  /** @param {() => Promise<void>} close */
  async #close(close) {
    if ((await attempt(close().then(() => true))) === null) return;
    document.getElementById("main")?.focus({ preventScroll: true }); // the button is gone
  }

  /** It stands until its person says that they read it, here or on another device. @param {NoticeView} warning */
  #warn({ id, text }) {
    const dialog = /** @type {HTMLDialogElement} */ (clone("warning"));
    setText(part(dialog, "text"), text);
    part(dialog, "read").addEventListener("click", () => void this.#read(id, part(dialog, "error")));
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.preventDefault());
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => this.#warning?.dialog === dialog && openDialog(dialog));
    this.#warning = { id, dialog };
    document.body.append(dialog);
    openDialog(dialog);
    part(dialog, "read").focus();
  }

  /** @param {string} id @param {HTMLElement} error */
  async #read(id, error) {
    setText(error, "");
    try {
      await this.#chat.closeNotice(id);
    } catch (problem) {
      setText(error, reason(problem));
    }
  }

  /** It was read. */
  #dismiss() {
    const dialog = this.#warning?.dialog;
    this.#warning = null;
    dialog?.close();
    dialog?.remove();
  }
}
