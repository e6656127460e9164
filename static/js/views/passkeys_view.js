/** Settings, account: the passkeys one signs in with. */
/** @import { Api } from "../net/api.js" */
import { t } from "../domain/locale.js";
import { knowsPasskeys, makePasskey } from "../net/webauthn.js";
import { ask, confirm } from "./dialogs.js";
import { reconcile } from "./keyed.js";
import { clone, part, setText } from "./markup.js";
import { listTime } from "./time.js";
import { reason, toast } from "./toasts.js";

const CONFIRM = "/settings/confirm?next=/settings/account";
const NAME_CHARACTERS = 80;

/** @typedef {{ id: string, name: string, created_at: number, last_used: number | null }} PasskeyView */

export class PasskeysView {
  #root;
  #api;
  /** @type {PasskeyView[]} */
  #passkeys = [];

  /**
   * @param {HTMLElement} root
   * @param {Api} api
   */
  constructor(root, api) {
    this.#root = root;
    this.#api = api;
  }

  start() {
    part(this.#root, "add").addEventListener("click", this.#add);
    void this.#load();
  }

  stop() {
    part(this.#root, "add").removeEventListener("click", this.#add);
  }

  async #load() {
    try {
      this.#passkeys = (await this.#api.get("/passkeys")).passkeys;
      const none = this.#passkeys.length === 0;
      const words = none ? t("Sign in with your fingerprint, face or screen lock instead of a code.") : "";
      setText(part(this.#root, "status"), knowsPasskeys() ? words : t("This browser knows no passkeys."));
      part(this.#root, "add").hidden = !knowsPasskeys();
      this.#render();
    } catch (error) {
      setText(part(this.#root, "status"), reason(error));
    }
  }

  #render() {
    reconcile(part(this.#root, "rows"), this.#passkeys, {
      key: ({ id }) => id,
      create: ({ id }) => {
        const element = clone("passkey");
        part(element, "rename").addEventListener("click", () => void this.#rename(id));
        part(element, "remove").addEventListener("click", () => void this.#remove(id));
        return element;
      },
      update: (element, { name, created_at, last_used }) => {
        const now = Date.now();
        const used = last_used === null ? t("not used yet") : t("last used {time}", { time: listTime(last_used, now) });
        setText(part(element, "name"), name);
        setText(part(element, "detail"), `${t("added {time}", { time: listTime(created_at, now) })} · ${used}`);
        part(element, "rename").setAttribute("aria-label", t("Rename {name}", { name }));
        part(element, "remove").setAttribute("aria-label", t("Remove {name}", { name }));
      },
    });
  }

  #add = () =>
    this.#attempt(async () => {
      const { public_key } = await this.#api.post("/passkeys/options");
      await this.#api.post("/passkeys", { credential: await makePasskey(public_key) });
      toast(t("The passkey is added."));
    });

  /** @param {string} id */
  async #rename(id) {
    const known = this.#passkeys.find((passkey) => passkey.id === id);
    const field = { label: t("Name"), value: known?.name ?? "", most: NAME_CHARACTERS };
    const name = await ask({ title: t("Rename this passkey"), yes: t("Rename"), field });
    if (name) await this.#attempt(() => this.#api.patch(`/passkeys/${id}`, { name }));
  }

  /** @param {string} id */
  async #remove(id) {
    const known = this.#passkeys.find((passkey) => passkey.id === id);
    const sure = await confirm({
      title: t("Remove {name}?", { name: known?.name ?? t("this passkey") }),
      text: t("It does not sign you in any more. Your device may still show it: delete it there, too."),
      yes: t("Remove"),
      danger: true,
    });
    if (sure) await this.#attempt(() => this.#api.delete(`/passkeys/${id}`));
  }

  /** @param {() => Promise<unknown>} work */
  async #attempt(work) {
    try {
      await work();
    } catch (error) {
      if (error && typeof error === "object" && "code" in error && error.code === "confirm_first") {
        location.assign(CONFIRM);
        return;
      }
      toast(wordsFor(error));
    }
    await this.#load();
  }
}

/** @param {unknown} error */
function wordsFor(error) {
  if (!(error instanceof DOMException)) return reason(error);
  if (error.name === "InvalidStateError") return t("This device has a passkey for your account already.");
  if (error.name === "SecurityError") return t("Passkeys do not work at this address.");
  return t("No passkey was made.");
}
