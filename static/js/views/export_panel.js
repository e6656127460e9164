/** Settings, account: a copy of one's own data, made by the server while one goes on. */
/** @import { Api } from "../net/api.js" */
import { number, t } from "../domain/locale.js";
import { confirm } from "./dialogs.js";
import { part, setText } from "./markup.js";
import { fullTime } from "./time.js";
import { attempt, reason } from "./toasts.js";

const ASK_EVERY_MS = 1_500;

/** @typedef {{ state: "none" | "waiting" | "running" | "done" | "failed", progress: number, bytes: number | null, expires_at: number | null }} ExportView */

/**
 * @param {number} bytes
 * @returns {string}
 */
export function sizeWords(bytes) {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1_000))} KB`;
  return `${number(bytes / 1_000_000, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;
}

/**
 * @param {ExportView} view
 * @returns {string}
 */
export function exportWords({ state, progress, bytes, expires_at }) {
  if (state === "waiting") return t("Waiting to begin…");
  if (state === "running") return t("Collecting your data: {progress} %. You can leave this page.", { progress });
  if (state === "failed") return t("That did not work. Try again.");
  if (state === "done")
    return t("Ready: {size}, here until {time}.", { size: sizeWords(bytes ?? 0), time: fullTime(expires_at ?? 0) });
  return t("Your profile, contacts, devices and chats in one file.");
}

export class ExportPanel {
  #root;
  #api;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stopped = false;

  /**
   * @param {HTMLElement} root
   * @param {Api} api
   */
  constructor(root, api) {
    this.#root = root;
    this.#api = api;
  }

  start() {
    part(this.#root, "make").addEventListener("click", this.#make);
    part(this.#root, "discard").addEventListener("click", this.#discard);
    void this.#look();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #look = async () => {
    try {
      this.#show(await this.#api.get("/me/export"));
    } catch (error) {
      setText(part(this.#root, "status"), reason(error));
      this.#again(ASK_EVERY_MS * 4);
    }
  };

  #make = async () => {
    const asked = await attempt(this.#api.post("/me/export"));
    if (asked) this.#show(asked);
    else await this.#look();
  };

  #discard = async () => {
    if (!(await confirm({ title: t("Delete this copy?"), text: t("You can have a new one made."), yes: t("Delete") })))
      return;
    await attempt(this.#api.delete("/me/export"));
    await this.#look();
  };

  /** @param {ExportView} view */
  #show(view) {
    const busy = view.state === "waiting" || view.state === "running";
    const done = view.state === "done";
    setText(part(this.#root, "status"), exportWords(view));
    const bar = /** @type {HTMLProgressElement} */ (part(this.#root, "progress"));
    bar.hidden = !busy;
    bar.value = view.progress;
    part(this.#root, "make").hidden = busy || done;
    part(this.#root, "fetch").hidden = !done;
    part(this.#root, "discard").hidden = !done;
    if (busy) this.#again(ASK_EVERY_MS);
  }

  /** @param {number} ms */
  #again(ms) {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(this.#look, ms);
  }
}
