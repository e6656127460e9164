/** Settings, notifications: do not disturb, and what notifications hold; saved as it is chosen, for all devices. */
/** @import { ChatApi, NotificationsView } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { part, setText } from "./markup.js";
import { clockTime, dayKey, fullDay } from "./time.js";
import { reason } from "./toasts.js";

const HOUR_MS = 3_600_000;

export class QuietForm {
  #form;
  #chat;
  /** @type {Promise<unknown>} one after the other, or an older choice could be stored last */
  #saving = Promise.resolve();
  #unsaved = 0;
  #off = () => {};

  /**
   * @param {HTMLElement} form
   * @param {ChatApi} chat
   */
  constructor(form, chat) {
    this.#form = /** @type {HTMLFormElement} */ (form);
    this.#chat = chat;
  }

  start() {
    for (const button of this.#form.querySelectorAll("[data-hours]")) {
      const hours = Number(button.getAttribute("data-hours"));
      button.addEventListener("click", () => this.#save({ quiet_until: Date.now() + hours * HOUR_MS }));
    }
    part(this.#form, "end").addEventListener("click", () => {
      this.#save({ quiet_until: null });
      part(this.#form, "set").focus(); // the button goes
    });
    part(this.#form, "set").addEventListener("click", () => this.#until());
    this.#form.addEventListener("change", this.#change);
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    setText(part(this.#form, "zone"), t("Times are those of {zone}.", { zone: zoneHere() }));
    this.#off = this.#chat.on("notifications", () => {
      if (this.#unsaved === 0) this.#show();
    });
    this.#show();
  }

  stop() {
    this.#form.removeEventListener("change", this.#change);
    this.#off();
  }

  #change = (/** @type {Event} */ event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement)) return;
    if (input.name === "show_text") this.#save({ show_text: input.value === "true" });
    else if (input !== this.#input("until")) this.#daily();
  };

  #until() {
    const until = new Date(this.#input("until").value).getTime();
    if (!(until > Date.now())) return setText(this.#status, t("Choose a time that is still to come."));
    this.#save({ quiet_until: until });
  }

  #daily() {
    const [begins, ends] = [this.#input("begins").value, this.#input("ends").value];
    if (!this.#input("daily").checked) {
      if (this.#chat.notifications().quiet_daily) this.#save({ quiet_daily: null });
    } else if (!begins || !ends || begins === ends) setText(this.#status, t("Choose two different times."));
    else this.#save({ quiet_daily: { begins, ends, zone: zoneHere() } });
  }

  /** @param {Partial<NotificationsView>} change */
  #save(change) {
    this.#unsaved += 1;
    setText(this.#status, t("Saving…"));
    this.#saving = this.#saving.then(async () => {
      const words = await this.#chat.changeNotifications(change).then(
        () => t("Saved."),
        (error) => t("Not saved. {reason}", { reason: reason(error) }),
      );
      this.#unsaved -= 1;
      if (this.#unsaved > 0) return;
      setText(this.#status, words);
      this.#show();
    });
  }

  /** What the server has now, from here or from another page. */
  #show() {
    const { show_text, quiet_daily } = this.#chat.notifications();
    for (const input of this.#form.querySelectorAll("input"))
      if (input.name === "show_text") input.checked = input.value === String(show_text);
    this.#input("daily").checked = quiet_daily !== null;
    if (quiet_daily) {
      this.#input("begins").value = quiet_daily.begins;
      this.#input("ends").value = quiet_daily.ends;
    }
    setText(part(this.#form, "now"), quietWords(this.#chat.notifications(), this.#chat.quiet(), Date.now()));
    part(this.#form, "end").hidden = (this.#chat.notifications().quiet_until ?? 0) <= Date.now();
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (part(this.#form, name));
  }

  get #status() {
    return part(this.#form, "status");
  }
}

/** This browser's time zone. */
function zoneHere() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * @param {Pick<NotificationsView, "quiet_until" | "quiet_daily">} choices
 * @param {boolean} quiet is it now?
 * @param {number} now ms
 */
export function quietWords({ quiet_until, quiet_daily }, quiet, now) {
  if (quiet_until !== null && quiet_until > now) {
    const day = dayKey(quiet_until) === dayKey(now) ? "" : `${fullDay(quiet_until)}, `;
    return t("On until {time}.", { time: `${day}${clockTime(quiet_until)}` });
  }
  if (quiet && quiet_daily) return t("On until {time}, as every day.", { time: quiet_daily.ends });
  return quiet_daily
    ? t("Off now, on every day from {begins} to {ends}.", { begins: quiet_daily.begins, ends: quiet_daily.ends })
    : t("Off.");
}
