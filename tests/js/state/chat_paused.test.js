import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { opened, server } from "./each_test.js";
import { until } from "./entries.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

beforeEach(() => {
  server.addConversation("c", 2);
});

const DEGRADED = { ok: false, code: "degraded", message: "Paused.", retry_after: 0.01 };
const standing = (/** @type {Chat} */ chat, id = "c") => chat.conversation(id)?.standing;
const said = (id = "c") => server.logs.get(id)?.map(({ body }) => body);
const refuse = (/** @type {string[]} */ ...events) => {
  server.interfere = (event) => (events.includes(event) ? DEGRADED : undefined);
};

test("a heartbeat that says so pauses; sending waits, and goes out once and in order when one says better", async () => {
  const chat = await opened();
  refuse("heads", "post", "sync");
  chat.checkConnection();
  await until(() => standing(chat)?.kind === "paused", "paused");
  for (const body of ["one", "two"]) chat.post("c", body);
  assert.deepEqual(standing(chat), { kind: "paused", queued: 2 });
  assert.equal(chat.thread("c").items.length, 4, "what is here can be read");
  // The wait has grown; the heartbeat that says better ends it.
  await until(() => server.asked.filter(({ event }) => event === "post").length >= 3, "asked again", 5_000);
  server.interfere = () => undefined;
  chat.checkConnection();
  await until(() => standing(chat)?.kind === "up_to_date", "all is sent", 400);
  assert.deepEqual(said(), ["message 1", "message 2", "one", "two"]);
});

test("a request that happens to work does not end it", async () => {
  const chat = await opened();
  refuse("heads");
  chat.checkConnection();
  await until(() => standing(chat)?.kind === "paused", "paused");
  server.say("c");
  await chat.jumpToTail("c");
  await until(() => chat.thread("c").high === 3, "pushed");
  assert.equal(standing(chat)?.kind, "paused");
});

test("a backlog that is full pauses its conversation alone, whatever the heartbeat says", async () => {
  server.addConversation("d", 1);
  const chat = await opened();
  server.interfere = (event, { conversation }) => (event === "post" && conversation === "c" ? DEGRADED : undefined);
  chat.post("c", "one");
  await until(() => standing(chat)?.kind === "paused", "paused");
  assert.notEqual(standing(chat, "d")?.kind, "paused");
  chat.checkConnection();
  await until(
    () => server.asked.at(-1)?.event === "heads" || server.asked.some(({ event }) => event === "heads"),
    "beat",
  );
  assert.equal(standing(chat)?.kind, "paused");
  server.interfere = () => undefined;
  await until(() => standing(chat)?.kind === "up_to_date", "sent", 5_000);
  assert.deepEqual(said(), ["message 1", "message 2", "one"]);
});

test("the last message that waited is deleted: nothing is paused any more", async () => {
  const chat = await opened();
  refuse("post");
  const { client_id } = chat.post("c", "one");
  await until(
    () => standing(chat)?.kind === "paused" && chat.thread("c").items.at(-1)?.pending?.state === "waiting",
    "paused",
  );
  chat.discard(client_id);
  assert.equal(standing(chat)?.kind, "up_to_date");
});

test("the message is seen in the log before its answer: the next one goes out at once", async () => {
  const chat = await opened();
  refuse("post");
  const { client_id } = chat.post("c", "one");
  chat.post("c", "two");
  await until(() => server.asked.filter(({ event }) => event === "post").length >= 4, "asked again", 8_000);
  server.interfere = () => undefined;
  server.say("c", { sender: "me", client_id, body: "one" });
  await until(() => standing(chat)?.kind === "up_to_date", "the other is sent too", 400);
  assert.deepEqual(said(), ["message 1", "message 2", "one", "two"]);
});

test("a handshake that is refused because the server cannot is not offline, and not connecting for ever", async () => {
  const chat = await opened();
  server.degraded = true;
  server.cut();
  await until(() => standing(chat)?.kind === "offline", "offline");
  server.restore();
  await until(() => standing(chat)?.kind === "paused", "paused");
  chat.post("c", "one");
  assert.deepEqual(standing(chat), { kind: "paused", queued: 1 });
  server.degraded = false;
  await until(() => standing(chat)?.kind === "up_to_date", "back", 5_000);
  assert.deepEqual(said(), ["message 1", "message 2", "one"]);
});

test("a lost network is offline, whatever the server said before", async () => {
  const chat = await opened();
  refuse("heads");
  chat.checkConnection();
  await until(() => standing(chat)?.kind === "paused", "paused");
  server.cut();
  await until(() => standing(chat)?.kind === "offline", "offline");
});

test("a tab that does not lead hears of it from the one that does", async () => {
  const chat = await opened();
  const other = await opened();
  refuse("post");
  other.post("c", "one");
  await until(() => standing(other)?.kind === "paused", "paused in the other");
  server.interfere = () => undefined;
  await until(() => [chat, other].every((tab) => standing(tab)?.kind === "up_to_date"), "sent", 5_000);
});
