import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { browser, opened, server } from "./each_test.js";
import { until } from "./entries.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

beforeEach(() => {
  for (const id of ["c", "d", "e"]) server.addConversation(id, 2);
});

/** @param {Chat} chat @param {number[]} seqs */
function said(chat, ...seqs) {
  const entries = chat.thread("c").items.flatMap(({ entry }) => (entry && seqs.includes(entry.seq) ? [entry] : []));
  return chat.present("c", entries);
}

/** What arrived behind the first two. @param {string} id */
const sent = (id) =>
  (server.logs.get(id) ?? []).slice(2).map(({ sender, body, forwarded }) => [sender, body, forwarded]);

test("each message goes to each chat, in order, marked and as one's own", async () => {
  const chat = await opened();
  chat.forward(["d", "e"], said(chat, 1, 2));
  const expected = [
    ["me", "message 1", true],
    ["me", "message 2", true],
  ];
  await until(() => sent("d").length === 2 && sent("e").length === 2, "sent");
  assert.deepEqual([sent("d"), sent("e"), sent("c")], [expected, expected, []]);
  chat.open("d");
  await until(() => chat.thread("d").items.at(-1)?.entry?.seq === 4, "shown");
  assert.equal(chat.thread("d").items.at(-1)?.entry?.forwarded, true);
});

test("what is forwarded offline waits, shows, survives a reload and is sent once", async () => {
  const before = await opened();
  server.cut();
  await until(() => before.conversation("c")?.standing.kind === "offline", "offline");
  before.forward(["c"], said(before, 1, 2));
  assert.deepEqual(
    before.thread("c").items.map(({ pending }) => pending?.forwarded),
    [undefined, undefined, true, true],
  );
  before.stop();
  const after = await browser.tab(server);
  after.open("c");
  server.restore();
  await until(() => sent("c").length === 2, "sent");
  await until(() => after.thread("c").items.every(({ entry }) => entry), "acknowledged");
  assert.deepEqual(
    sent("c").map(([, body]) => body),
    ["message 1", "message 2"],
  );
});

test("what was deleted for all or for oneself is not there to be forwarded", async () => {
  const chat = await opened();
  const before = said(chat, 1, 2).map(({ entry }) => entry);
  server.say("c", { kind: "deleted", target: 1, body: "", sender: "maya" });
  await until(() => chat.thread("c").head === 3, "heard");
  assert.deepEqual(
    chat.present("c", before).map(({ entry }) => entry.seq),
    [2],
  );
});
