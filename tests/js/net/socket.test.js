import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { ChatSocket, socketOptions } from "../../../static/js/net/socket.js";

/** A transport that answers as it is told. */
class Transport {
  connected = false;
  active = true;
  connects = 0;
  /** @type {{ event: string, payload: unknown, ms: number }[]} */
  emitted = [];
  /** @type {() => Promise<unknown>} */
  answer = async () => ({ ok: true, heads: {} });
  /** @type {Map<string, (payload?: any) => void>} */
  #listeners = new Map();

  on(/** @type {string} */ event, /** @type {(payload?: any) => void} */ listener) {
    this.#listeners.set(event, listener);
  }
  hear(/** @type {string} */ event, /** @type {any} */ payload = undefined) {
    this.#listeners.get(event)?.(payload);
  }
  connect() {
    this.connects += 1;
  }
  stand() {
    this.connected = true;
    this.active = true;
    this.hear("connect");
  }
  disconnect() {
    this.active = false;
    if (!this.connected) return;
    this.connected = false;
    this.hear("disconnect", "io client disconnect");
  }
  timeout(/** @type {number} */ ms) {
    return {
      emitWithAck: (/** @type {string} */ event, /** @type {unknown} */ payload) => {
        this.emitted.push({ event, payload, ms });
        return this.answer();
      },
    };
  }
}

/** @type {Transport} */
let transport;
/** @type {string[]} */
let told;
/** @type {ChatSocket} */
let socket;
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  transport = new Transport();
  told = [];
  socket = new ChatSocket(transport, {
    connected: () => told.push("connected"),
    disconnected: (degraded) => told.push(degraded ? "disconnected, degraded" : "disconnected"),
    degraded: () => told.push("degraded"),
    fact: (name) => told.push(`fact ${name}`),
    heads: () => told.push("heads"),
    signedOut: () => told.push("signed out"),
  });
  socket.start();
});

afterEach(() => socket.stop());

test("reconnecting is jittered and bounded, and nothing connects before it is told to", () => {
  const options = socketOptions(["websocket"]);
  assert.deepEqual(
    [options.randomizationFactor, options.reconnectionDelay, options.reconnectionDelayMax, options.autoConnect],
    [0.5, 500, 10_000, false],
  );
});

test("unconnected, a request is answered at once and nothing is kept to be sent later", async () => {
  const ack = await socket.request("post", {});
  assert.deepEqual([ack.ok, !ack.ok && ack.code], [false, "offline"]);
  transport.stand();
  assert.deepEqual(transport.emitted, []);
});

test("no answer is a refusal called timeout, never an exception", async () => {
  transport.stand();
  transport.answer = () => Promise.reject(new Error("operation has timed out"));
  const ack = await socket.request("post", {});
  assert.equal(!ack.ok && ack.code, "timeout");
  assert.equal(transport.emitted[0].ms, 10_000);
});

test("an answer that is not the wire's is no answer", async () => {
  const { error } = console;
  console.error = () => undefined;
  transport.stand();
  transport.answer = async () => ({ ok: true, seq: "7" });
  const ack = await socket.request("post", {});
  console.error = error;
  assert.equal(!ack.ok && ack.code, "timeout");
});

test("the heart beats every 15 seconds, says whether the tab is looked at, and hands on the heads", async () => {
  transport.stand();
  mock.timers.tick(14_999);
  assert.deepEqual(transport.emitted, []);
  mock.timers.tick(1);
  await settled();
  assert.deepEqual(transport.emitted, [{ event: "heads", payload: { visible: true }, ms: 5_000 }]);
  assert.ok(told.includes("heads"));
  socket.setVisible(false);
  await settled();
  assert.ok(transport.emitted.some(({ payload }) => JSON.stringify(payload) === '{"visible":false}'));
});

test("a heartbeat without an answer drops the connection and takes a new one, with jitter", async () => {
  transport.stand();
  transport.answer = () => Promise.reject(new Error("operation has timed out"));
  const before = transport.connects;
  mock.timers.tick(15_000);
  await settled();
  assert.equal(transport.connected, false);
  assert.ok(told.includes("disconnected"));
  assert.equal(transport.connects, before, "not in the same moment");
  mock.timers.tick(1_000);
  assert.equal(transport.connects, before + 1);
});

test("a refused heartbeat is an answer: the connection stands", async () => {
  transport.stand();
  transport.answer = async () => ({ ok: false, code: "rate_limited", message: "Wait." });
  mock.timers.tick(15_000);
  await settled();
  assert.equal(transport.connected, true);
});

test("a heartbeat answered by saying that the server cannot is told, and the connection stands", async () => {
  transport.stand();
  transport.answer = async () => ({ ok: false, code: "degraded", message: "Paused.", retry_after: 2 });
  mock.timers.tick(15_000);
  await settled();
  assert.equal(transport.connected, true);
  assert.deepEqual(told, ["connected", "degraded"]);
});

test("the server does not know this browser: said once, and not tried again", () => {
  transport.active = false;
  transport.hear("connect_error", Object.assign(new Error("no"), { data: { code: "not_signed_in" } }));
  mock.timers.tick(60_000);
  assert.deepEqual(told, ["signed out"]);
  assert.equal(transport.connects, 1);
});

test("refused for now: tried again after the time the server asked for", () => {
  transport.active = false;
  transport.hear("connect_error", Object.assign(new Error("no"), { data: { code: "degraded", retry_after: 4 } }));
  assert.deepEqual(told, ["disconnected, degraded"]);
  mock.timers.tick(1_900);
  assert.equal(transport.connects, 1);
  mock.timers.tick(4_200);
  assert.equal(transport.connects, 2);
});

test("closed by the server, the connection is made anew", () => {
  transport.stand();
  transport.active = false;
  transport.connected = false;
  transport.hear("disconnect", "io server disconnect");
  mock.timers.tick(1_000);
  assert.equal(transport.connects, 2);
});

test("the network is back: a waiting reconnect happens now", () => {
  transport.active = false;
  transport.hear("connect_error", Object.assign(new Error("no"), { data: { code: "degraded", retry_after: 60 } }));
  void socket.beat();
  assert.equal(transport.connects, 2);
});

test("a fact that breaks the contract goes nowhere", () => {
  const { error } = console;
  console.error = () => undefined;
  transport.hear("entries", { conversation: "c", entries: [{ seq: -1 }] });
  console.error = error;
  transport.hear("conversation_removed", { conversation: "c" });
  assert.deepEqual(told, ["fact conversation_removed"]);
});

test("stopped, it stays closed and silent", async () => {
  transport.stand();
  socket.stop();
  mock.timers.tick(60_000);
  await settled();
  assert.equal(transport.connects, 1);
  assert.deepEqual(transport.emitted, []);
});
