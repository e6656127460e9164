import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { PushLink } from "../../../static/js/net/push.js";

const KEY = "BAEC"; // three bytes stand for 65
const OTHER_KEY = "BAED";

/** @type {any} what the server knows */
let server;
/** @type {string[]} */
let asked;
/** @type {any} */
let subscription;
let made = 0;

/** @param {ArrayBuffer} applicationServerKey */
function subscriptionFor(applicationServerKey) {
  const endpoint = `https://push.example/${++made}`;
  return {
    endpoint,
    options: { applicationServerKey },
    toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: "p", auth: "a" } }),
    unsubscribe: async () => {
      asked.push("unsubscribed");
      subscription = null;
    },
  };
}

const manager = {
  getSubscription: async () => subscription,
  subscribe: async (/** @type {any} */ { userVisibleOnly, applicationServerKey }) => {
    assert.equal(userVisibleOnly, true);
    if (!subscription) subscription = subscriptionFor(applicationServerKey.buffer);
    return subscription;
  },
};
const registration = { pushManager: manager };
const container = /** @type {any} */ ({
  ready: Promise.resolve(registration),
  getRegistration: async () => registration,
});
const api = /** @type {any} */ ({
  get: async () => ({ ...server }),
  post: async (/** @type {string} */ path, /** @type {any} */ body) => {
    asked.push(`POST ${path}`);
    server.endpoint = body.endpoint;
  },
  delete: async (/** @type {string} */ path) => {
    asked.push(`DELETE ${path}`);
    server.endpoint = null;
  },
});

beforeEach(() => {
  server = { public_key: KEY, endpoint: null };
  asked = [];
  subscription = null;
  Object.assign(globalThis, { PushManager: class {}, Notification: { permission: "granted" } });
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, "PushManager");
  Reflect.deleteProperty(globalThis, "Notification");
});

test("turned on, the browser has a subscription for the server's key and the server its address", async () => {
  const link = new PushLink(api, container);
  assert.equal(await link.state(), "off");
  await link.turnOn();
  assert.equal(server.endpoint, subscription.endpoint);
  assert.deepEqual([...new Uint8Array(subscription.options.applicationServerKey)], [4, 1, 2]);
  assert.equal(await link.state(), "on");
  await link.turnOff();
  assert.deepEqual([subscription, server.endpoint, await link.state()], [null, null, "off"]);
});

test("a subscription that the server does not know is told again when a page begins, and one it knows is not", async () => {
  const link = new PushLink(api, container);
  await link.refresh();
  assert.deepEqual(asked, [], "nothing is turned on that nobody turned on");
  await link.turnOn();
  asked = [];
  await link.refresh();
  assert.deepEqual(asked, []);
  server.endpoint = null;
  await link.refresh();
  assert.deepEqual(asked, ["POST /me/push"]);
  assert.equal(server.endpoint, subscription.endpoint);
});

test("where the server has another key the browser subscribes anew", async () => {
  const link = new PushLink(api, container);
  await link.turnOn();
  const former = subscription.endpoint;
  server.public_key = OTHER_KEY;
  asked = [];
  await link.refresh();
  assert.deepEqual(asked, ["unsubscribed", "POST /me/push"]);
  assert.notEqual(subscription.endpoint, former);
});

test("without permission nothing is asked, and a browser that cannot says so", async () => {
  const link = new PushLink(api, container);
  await link.turnOn();
  server.endpoint = null;
  asked = [];
  Object.assign(globalThis, { Notification: { permission: "denied" } });
  await link.refresh();
  assert.deepEqual(asked, []);
  Reflect.deleteProperty(globalThis, "PushManager");
  assert.equal(await link.state(), "none");
  assert.equal(await new PushLink(api, undefined).state(), "none");
});

test("whoever leaves takes the subscription along, and does not wait for a push service that is silent", async () => {
  const link = new PushLink(api, container);
  await link.turnOn();
  await link.forget();
  assert.equal(subscription, null);
  await link.forget();
  const silent = /** @type {any} */ ({ getRegistration: () => new Promise(() => undefined) });
  await new PushLink(api, silent).forget();
});
