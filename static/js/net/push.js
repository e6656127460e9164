/** Being told while no page is open: the browser's subscription at its push service, and the server's knowing of it. */
/** @import { Api } from "./api.js" */

/** A push service that does not answer keeps nobody from leaving. */
const FORGET_MS = 2_000;

/** @typedef {"none" | "off" | "on"} PushState "none": this browser cannot */

export class PushLink {
  #api;
  #container;

  /** @param {Api} api @param {ServiceWorkerContainer | undefined} [container] */
  constructor(api, container = globalThis.navigator?.serviceWorker) {
    this.#api = api;
    this.#container = container;
  }

  /** Is this device told, in the browser's and in the server's mind? @returns {Promise<PushState>} @throws {import("./api.js").ApiRefusal} */
  async state() {
    const manager = await this.#manager();
    if (!manager) return "none";
    const subscription = await manager.getSubscription();
    if (!subscription) return "off";
    const { endpoint } = await this.#api.get("/me/push");
    return endpoint === subscription.endpoint ? "on" : "off";
  }

  /** Subscribe; the person has allowed notifications. @throws {import("./api.js").ApiRefusal | DOMException} */
  async turnOn() {
    const manager = await this.#manager();
    if (!manager) return;
    const { public_key } = await this.#api.get("/me/push");
    await this.#subscribe(manager, bytesOf(public_key));
  }

  /** @throws {import("./api.js").ApiRefusal} */
  async turnOff() {
    await this.#api.delete("/me/push");
    await this.forget();
  }

  /** The page begins: what the browser has and the server does not (another address, another person) is told again. */
  async refresh() {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    const manager = await this.#manager();
    const subscription = await manager?.getSubscription();
    if (!manager || !subscription) return;
    const { public_key, endpoint } = await this.#api.get("/me/push");
    const key = bytesOf(public_key);
    if (endpoint !== subscription.endpoint || !isOf(subscription, key)) await this.#subscribe(manager, key);
  }

  /** Somebody leaves this browser: nothing comes to it any more, whatever the server thinks. Waits not for long. */
  async forget() {
    const late = new Promise((resolve) => setTimeout(resolve, FORGET_MS));
    await Promise.race([late, this.#unsubscribe()]);
  }

  async #unsubscribe() {
    try {
      const registration = await this.#container?.getRegistration("/");
      await (await registration?.pushManager?.getSubscription())?.unsubscribe();
    } catch (error) {
      console.warn("the push subscription stays", error);
    }
  }

  /** @param {PushManager} manager @param {Uint8Array<ArrayBuffer>} key */
  async #subscribe(manager, key) {
    const former = await manager.getSubscription();
    if (former && !isOf(former, key)) await former.unsubscribe();
    const subscription = await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    await this.#api.post("/me/push", subscription.toJSON());
  }

  /** @returns {Promise<PushManager | null>} null: there is none */
  async #manager() {
    if (!this.#container || !("PushManager" in globalThis) || !("Notification" in globalThis)) return null;
    const registration = await this.#container.ready;
    return registration.pushManager ?? null;
  }
}

/** @param {string} base64url */
function bytesOf(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Was it made for this key? @param {PushSubscription} subscription @param {Uint8Array} key */
function isOf(subscription, key) {
  const used = subscription.options?.applicationServerKey;
  if (!used) return true; // some browsers do not tell
  const bytes = new Uint8Array(used);
  return bytes.length === key.length && bytes.every((byte, index) => byte === key[index]);
}
