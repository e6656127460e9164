/** Settings, devices: where one is signed in, and signing out from afar. */
/** @import { Api } from "../net/api.js" */
import { t } from "../domain/locale.js";
import { confirm } from "./dialogs.js";
import { reconcile } from "./keyed.js";
import { clone, iconHref, part, setAttribute, setText } from "./markup.js";
import { listTime } from "./time.js";
import { attempt, reason, toast } from "./toasts.js";

/** @typedef {{ id: string, name: string, kind: "browser" | "api", last_seen: number, created_at: number, current: boolean }} DeviceView */

export class DevicesView {
  #root;
  #api;
  /** @type {DeviceView[]} */
  #devices = [];

  /**
   * @param {HTMLElement} root
   * @param {Api} api
   */
  constructor(root, api) {
    this.#root = root;
    this.#api = api;
    part(root, "others").addEventListener("click", () => void this.#signOutOthers());
  }

  start() {
    void this.#load();
  }

  stop() {}

  async #load() {
    try {
      this.#devices = (await this.#api.get("/devices")).devices;
      setText(part(this.#root, "status"), "");
      this.#render();
    } catch (error) {
      setText(part(this.#root, "status"), reason(error));
    }
  }

  #render() {
    const sorted = [...this.#devices].sort(
      (a, b) => Number(b.current) - Number(a.current) || b.last_seen - a.last_seen,
    );
    reconcile(part(this.#root, "rows"), sorted, {
      key: ({ id }) => id,
      create: (device) => {
        const element = clone("device");
        part(element, "out").addEventListener("click", () => void this.#signOut(device));
        return element;
      },
      update: (element, device) => {
        setAttribute(part(element, "icon"), "href", iconHref(iconOf(device)));
        setText(part(element, "name"), device.name || t("Unnamed"));
        const now = Date.now();
        const seen = device.current
          ? t("active now")
          : t("last active {time}", { time: listTime(device.last_seen, now) });
        setText(
          part(element, "detail"),
          `${seen} · ${t("signed in {time}", { time: listTime(device.created_at, now) })}`,
        );
        part(element, "current").hidden = !device.current;
        part(element, "out").hidden = device.current;
      },
    });
    part(this.#root, "others").hidden = this.#devices.length < 2;
  }

  /** @param {DeviceView} device */
  async #signOut(device) {
    const sure = await confirm({
      title: t("Sign out {name}?", { name: device.name }),
      yes: t("Sign out"),
      danger: true,
    });
    if (!sure) return;
    await attempt(this.#api.delete(`/devices/${device.id}`));
    await this.#load();
  }

  async #signOutOthers() {
    const sure = await confirm({
      title: t("Sign out all other devices?"),
      text: t("Only this browser stays signed in."),
      yes: t("Sign out the others"),
      danger: true,
    });
    if (!sure) return;
    if ((await attempt(this.#api.post("/devices/sign-out-others").then(() => true))) === true) {
      toast(t("All other devices are signed out."));
    }
    await this.#load();
  }
}

/** @param {DeviceView} device */
function iconOf(device) {
  if (device.kind === "api") return "key-round";
  return /Android|iPhone|iPad|iOS/u.test(device.name) ? "smartphone" : "monitor";
}
