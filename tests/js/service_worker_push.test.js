import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../static/service-worker.js", import.meta.url), "utf-8");
const CHAT = "0kV8Zr3sT1uYb2cXd4eWf5";

/** @type {Map<string, (event: any) => void>} */
let listeners;
/** @type {{ title: string, options: any }[]} */
let shown;
/** @type {any[]} what the worker did with tabs, in order */
let did;
/** @type {any[]} */
let tabs;

beforeEach(() => {
  listeners = new Map();
  [shown, did, tabs] = [[], [], []];
  const self = {
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => listeners.set(name, listener),
    location: { origin: "https://chat.example" },
    registration: {
      showNotification: async (/** @type {string} */ title, /** @type {any} */ options) =>
        shown.push({ title, options }),
    },
    clients: {
      matchAll: async () => tabs,
      openWindow: async (/** @type {string} */ path) => did.push(["opened", path]),
    },
  };
  vm.runInNewContext(SOURCE, {
    self,
    URL,
    Map,
    Set,
    Date,
    Promise,
    caches: {},
    fetch: () => assert.fail("no network"),
  });
});

/** @param {string} name @param {object} event */
async function happens(name, event) {
  /** @type {Promise<unknown>[]} */
  const work = [];
  listeners.get(name)?.({ ...event, waitUntil: (/** @type {Promise<unknown>} */ one) => work.push(one) });
  assert.equal(work.length, 1, `${name} is waited for`);
  await work[0];
}

/** @param {string} text */
const pushed = (text) => happens("push", { data: { json: () => JSON.parse(text) } });

/** @param {string} visibilityState */
function tab(visibilityState) {
  return {
    visibilityState,
    focus: async () => did.push(["focused"]),
    postMessage: (/** @type {any} */ message) => did.push(["told", { ...message }]),
  };
}

test("a push is shown, and the next one of the same chat takes its place", async () => {
  await pushed(JSON.stringify({ conversation: CHAT, title: "Maya", body: "hello", count: 1 }));
  await pushed(JSON.stringify({ conversation: CHAT, title: "Maya", body: "hello again", count: 2 }));
  assert.deepEqual(
    shown.map(({ title, options }) => [title, options.body, options.tag, options.data.conversation]),
    [
      ["Maya", "hello", CHAT, CHAT],
      ["Maya", "hello again", CHAT, CHAT],
    ],
  );
});

test("while a page is looked at, it is left to the page", async () => {
  tabs = [tab("hidden"), tab("visible")];
  await pushed(JSON.stringify({ conversation: CHAT, title: "Maya", body: "hello" }));
  assert.deepEqual(shown, []);
  tabs = [tab("hidden")];
  await pushed(JSON.stringify({ conversation: CHAT, title: "Maya", body: "hello" }));
  assert.equal(shown.length, 1);
});

test("what cannot be understood is shown as something, and leads nowhere else", async () => {
  for (const text of ["", "null", "[]", '{"conversation": "../settings", "title": "x"}', '{"title": "x"}'])
    await pushed(text);
  await happens("push", { data: null });
  assert.equal(shown.length, 6);
  assert.deepEqual(new Set(shown.map(({ title, options }) => `${title} ${options.tag}`)), new Set(["Chatter chatter"]));
});

/** @param {unknown} conversation */
const clicked = (conversation) =>
  happens("notificationclick", {
    notification: { data: conversation === undefined ? null : { conversation }, close: () => did.push(["closed"]) },
  });

test("a click leads to the chat in a tab that is open", async () => {
  tabs = [tab("hidden"), tab("hidden")];
  await clicked(CHAT);
  assert.deepEqual(did, [["closed"], ["focused"], ["told", { kind: "open", conversation: CHAT }]]);
});

test("a click without a tab opens one, and never anywhere but at a chat", async () => {
  await clicked(CHAT);
  await clicked("//elsewhere.example");
  await clicked(undefined);
  const opened = did.filter(([what]) => what === "opened").map(([, path]) => path);
  assert.deepEqual(opened, [`/c/${CHAT}`, "/", "/"]);
});
