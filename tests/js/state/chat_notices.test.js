import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { browser, server } from "./each_test.js";
import { until } from "./entries.js";

const WARNING = { id: "w", kind: "warning", text: "Please stop.", about: null, outcome: null, created_at: 1 };
const OUTCOME = { id: "o", kind: "report", text: "", about: "message", outcome: "acted", created_at: 2 };

/** @type {{ method: string, path: string, body: any }[]} */
let asked;

beforeEach(() => {
  server.addConversation("c", 3);
  asked = [];
  server.rest = (method, path, body) => {
    if (!/notices|report/u.test(path)) return undefined;
    asked.push({ method, path, body });
    return path.endsWith("closing") ? new Response(null, { status: 204 }) : Response.json({}, { status: 201 });
  };
});

async function tab() {
  const chat = await browser.tab(server);
  await until(() => chat.connection().state === "online", "online");
  return chat;
}

test("what one was told while away is there when one comes", async () => {
  server.notices = [WARNING, OUTCOME];
  const chat = await tab();
  await until(() => chat.notices().length === 2, "told");
  assert.deepEqual(
    chat.notices().map(({ id }) => id),
    ["w", "o"],
  );
});

test("it is told at once to who is here, and gone where another device closed it", async () => {
  const chat = await tab();
  let told = 0;
  chat.on("notices", () => (told += 1));
  server.push("notices_changed", { notices: [WARNING] });
  await until(() => chat.notices().length === 1 && told > 0, "told");
  server.push("notices_changed", { notices: [] });
  await until(() => chat.notices().length === 0, "closed elsewhere");
});

test("it goes once the server knows that it was read, and not before", async () => {
  server.notices = [WARNING];
  const chat = await tab();
  await until(() => chat.notices().length === 1, "told");
  server.reachable = false;
  await assert.rejects(chat.closeNotice("w"), { code: "offline" });
  assert.equal(chat.notices().length, 1);
  server.reachable = true;
  await chat.closeNotice("w");
  assert.deepEqual([chat.notices(), asked.at(-1)?.path], [[], "/me/notices/w/closing"]);
});

test("a message is reported by its number, and a person without messages", async () => {
  const chat = await tab();
  await chat.report({ conversation: "c", seq: 2 }, { reason: "spam", note: "often", around: true });
  await chat.report({ user: "maya" }, { reason: "hate", note: "" });
  assert.deepEqual(asked, [
    {
      method: "POST",
      path: "/conversations/c/entries/2/report",
      body: { reason: "spam", note: "often", around: true },
    },
    { method: "POST", path: "/people/maya/report", body: { reason: "hate", note: "" } },
  ]);
});

test("an older server tells nothing, and nothing is shown", async () => {
  const chat = await tab();
  assert.deepEqual(chat.notices(), []);
});
