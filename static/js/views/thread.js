/** The open conversation: head, standing, messages, composer. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */

import { t } from "../domain/locale.js";
import { ADMINISTRATOR, isOut, mayWrite } from "../domain/membership.js";
import { Announcer } from "./announcer.js";
import { Composer } from "./composer.js";
import { part, setText } from "./markup.js";
import { Messages } from "./messages.js";
import { PinBar } from "./pin_bar.js";
import { RequestBar } from "./request_bar.js";
import { SelectionBar } from "./selection_bar.js";
import { SlowLine } from "./slow_line.js";
import { StateLine } from "./state_line.js";
import { ThreadHeader } from "./thread_header.js";
import { attempt } from "./toasts.js";

/** Is there a keyboard and a mouse? Where there is not, opening a chat must not raise the on-screen keyboard. */
const hasKeyboard = () => matchMedia("(hover: hover) and (pointer: fine)").matches;
const FROZEN_WORDS = t("This conversation is frozen. Nobody can write here.");

export class Thread {
  #root;
  #chat;
  #header;
  #standing;
  #messages;
  #pins;
  #composer;
  #selection;
  #slow;
  #announcer;
  #request;
  /** @type {string | null} */
  #conversation = null;
  #caughtUp = false;
  #wasHidden = false;

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   * @param {HTMLElement} region the page's live region
   * @param {(day: number | null) => void} pickDate ask for a date to go to
   * @param {Pick<import("./message_actions.js").Doing, "thread" | "forward" | "versions" | "seenBy">} dialogs
   */
  constructor(root, chat, region, pickDate, dialogs) {
    this.#root = root;
    this.#chat = chat;
    this.#header = new ThreadHeader(root, chat);
    this.#standing = new StateLine(part(root, "standing"));
    this.#messages = new Messages(root, chat, pickDate, {
      reply: (item) => this.#composer.begin("reply", item),
      edit: (item) => this.#composer.begin("edit", item),
      select: (item) => this.#selection.begin(item),
      ...dialogs,
    });
    this.#pins = new PinBar(root, chat, (seq) => void this.#messages.toSeq(seq));
    this.#composer = new Composer(root, chat, () => void this.#messages.toTail());
    this.#selection = new SelectionBar(root, chat, dialogs.forward, () => hasKeyboard() && this.focusComposer());
    this.#slow = new SlowLine(root, chat);
    this.#announcer = new Announcer(region);
    this.#request = new RequestBar(part(root, "request"), chat);
    part(root, "date").addEventListener("click", () => pickDate(null));
    part(root, "unblock").addEventListener("click", () => {
      const peer = this.#summary()?.peer;
      if (peer) void attempt(chat.changeContact(peer.id, { blocked: false }));
    });
  }

  start() {
    this.#messages.start();
    document.addEventListener("visibilitychange", this.#shown);
  }

  stop() {
    this.#messages.stop();
    document.removeEventListener("visibilitychange", this.#shown);
  }

  /** @param {string | null} conversation */
  show(conversation) {
    this.#conversation = conversation;
    this.#caughtUp = false;
    this.#standing.reset();
    const summary = this.#summary();
    const known = summary ? conversation : null;
    // First of all: what is not shown has no height, and the messages are laid out by heights.
    part(this.#root, "open").hidden = summary === null;
    this.#messages.show(known);
    this.#composer.show(known, summary?.name ?? "");
    this.#selection.show(known);
    if (known) this.#announcer.open(this.#chat.thread(known));
    this.render();
    if (known && hasKeyboard()) this.focusComposer();
  }

  /** Where one writes; where one cannot, what one reads. */
  focusComposer() {
    if (part(this.#root, "composer").hidden) part(this.#root, "scroll").focus({ preventScroll: true });
    else this.#composer.focus();
  }

  /** May one write here now? */
  get writes() {
    return !part(this.#root, "composer").hidden;
  }

  /** What lay under something else is on the screen again. */
  uncovered() {
    this.#messages.uncovered();
  }

  /** @param {number} seq */
  goTo(seq) {
    return this.#messages.toSeq(seq);
  }

  /** Esc: to let go of what is selected, or else where one writes. */
  escape() {
    if (!this.#selection.leave()) this.focusComposer();
  }

  /** @param {Date} day */
  goToDate(day) {
    return this.#messages.toDate(day);
  }

  /** The summary changed: names, presence, standing, draft. */
  render() {
    const summary = this.#summary();
    part(this.#root, "open").hidden = summary === null;
    part(this.#root, "welcome").hidden = this.#conversation !== null;
    if (!summary) return;
    this.#header.show(summary);
    this.#standing.show(summary.standing, Math.max(summary.view.head, this.#chat.thread(summary.id).head));
    this.#paintFoot(summary);
    this.#composer.refresh(summary.name);
    this.renderMessages();
  }

  /** Where one writes, or why one cannot. @param {ConversationSummary} summary */
  #paintFoot(summary) {
    const { blocked, view, standing } = summary;
    const out = isOut(view);
    const reads = !out && !mayWrite(view);
    const composer = part(this.#root, "composer");
    const wrote = composer.contains(document.activeElement);
    const gone = summary.peer?.deleted === true;
    const asked = summary.request && !blocked && !gone;
    composer.hidden = blocked || out || reads || asked || gone;
    this.#request.show(asked ? summary : null);
    part(this.#root, "gone").hidden = !gone;
    part(this.#root, "closed").hidden = !blocked || gone;
    part(this.#root, "out").hidden = !out;
    setText(part(this.#root, "out"), this.#outWords(view));
    part(this.#root, "readonly").hidden = !reads;
    setText(part(this.#root, "readonly"), view.frozen ? FROZEN_WORDS : t("Only admins write here."));
    this.#slow.show(composer.hidden ? null : summary);
    part(this.#root, "typing").hidden = out;
    // Nothing is sent any more, and nothing comes.
    part(this.#root, "standing").hidden = out && standing.kind === "up_to_date";
    if (wrote && composer.hidden) this.focusComposer();
  }

  /** @param {ConversationSummary["view"]} view */
  #outWords({ closed_by }) {
    if (!closed_by) return t("You are no longer in this group. What was said before stays here.");
    if (closed_by === ADMINISTRATOR)
      return t("This group was deleted by an administrator. What was said before stays here.");
    if (closed_by === this.#chat.me.id) return t("This group was deleted by you. What was said before stays here.");
    const by = this.#chat.userName(closed_by);
    return t("This group was deleted by {by}. What was said before stays here.", { by });
  }

  renderMessages() {
    const summary = this.#summary();
    if (!summary) return;
    const thread = this.#chat.thread(summary.id);
    this.#pins.show(summary);
    this.#messages.render();
    this.#selection.render();
    // Until it has caught up once, what arrives was missed, not said just now.
    if (!this.#caughtUp) {
      this.#announcer.open(thread);
      this.#caughtUp = summary.standing.kind === "up_to_date" || summary.standing.kind === "sending";
    } else this.#announcer.hear(thread, this.#chat);
  }

  #summary() {
    return this.#conversation ? this.#chat.conversation(this.#conversation) : null;
  }

  #shown = () => {
    const hidden = document.visibilityState === "hidden";
    if (this.#wasHidden && !hidden && this.#conversation) {
      this.#messages.renewDivider();
      this.#messages.render();
    }
    this.#wasHidden = hidden;
  };
}
