import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Announcements } from "../../../static/js/state/announcements.js";
import { browser, server } from "./each_test.js";
import { until } from "./entries.js";

/** @import { AnnouncementView } from "../../../static/js/types.d.ts" */

const HOUR = 3_600_000;

/** @param {string} id @param {Partial<AnnouncementView>} [more] @returns {AnnouncementView} */
const said = (id, more = {}) => ({
  id,
  level: "info",
  text: id,
  begins_at: Date.now() - HOUR,
  ends_at: Date.now() + HOUR,
  ...more,
});

beforeEach(() => {
  server.addConversation("c", 1);
});

async function tab() {
  const chat = await browser.tab(server);
  await until(() => chat.connection().state === "online", "online");
  return chat;
}

/** @param {{ announcements(): readonly AnnouncementView[] }} chat */
const shown = (chat) => chat.announcements().map(({ id }) => id);

test("who comes later sees what runs, and not what they have closed, is over or is to begin", async () => {
  server.announcements = [
    said("runs"),
    said("closed"),
    said("over", { ends_at: Date.now() - 1 }),
    said("later", { begins_at: Date.now() + HOUR }),
  ];
  server.announcements_closed = ["closed"];
  const chat = await tab();
  await until(() => chat.announcements().length > 0, "told");
  assert.deepEqual(shown(chat), ["runs"]);
});

test("every open page is told at once, of what is withdrawn, too", async () => {
  const chat = await tab();
  let told = 0;
  chat.on("announcements", () => (told += 1));
  server.push("announcements_changed", { announcements: [said("a"), said("b")], server_time: Date.now() });
  await until(() => shown(chat).length === 2 && told > 0, "told");
  server.push("announcements_changed", { announcements: [said("b")], server_time: Date.now() });
  await until(() => shown(chat).join() === "b", "withdrawn");
});

test("closed once it is closed on all devices, and what is told anew does not bring it back", async () => {
  /** @type {string[]} */
  const asked = [];
  server.rest = (_, path) => {
    if (!path.startsWith("/announcements")) return undefined;
    asked.push(path);
    return new Response(null, { status: 204 });
  };
  server.announcements = [said("a"), said("b")];
  const chat = await tab();
  await until(() => shown(chat).length === 2, "told");
  await chat.closeAnnouncement("a");
  assert.deepEqual([shown(chat), asked], [["b"], ["/announcements/a/closing"]]);
  server.push("announcement_closed", { announcement: "b" });
  await until(() => shown(chat).length === 0, "closed elsewhere");
  server.push("announcements_changed", { announcements: [said("a"), said("b"), said("c")], server_time: Date.now() });
  await until(() => shown(chat).join() === "c", "told anew");
});

test("what could not be closed stays", async () => {
  server.announcements = [said("a")];
  const chat = await tab();
  await until(() => shown(chat).length === 1, "told");
  server.reachable = false;
  await assert.rejects(chat.closeAnnouncement("a"), { code: "offline" });
  assert.deepEqual(shown(chat), ["a"]);
});

test("it begins and ends by itself, by the server's clock however wrong one's own is", () => {
  let now = 1_000_000;
  /** @type {{ run: () => void, at: number } | null} */
  let waiting = null;
  let changes = 0;
  const announcements = new Announcements({
    changed: () => (changes += 1),
    close: async () => undefined,
    now: () => now,
    later: (run, ms) => (waiting = { run, at: now + ms }),
    cancel: () => (waiting = null),
  });
  const ahead = 10 * HOUR;
  const one = said("a", { begins_at: now + ahead + 5_000, ends_at: now + ahead + 9_000 });
  announcements.set([one], now + ahead);
  assert.deepEqual(shown({ announcements: () => announcements.current }), []);
  const turn = () => {
    const { run, at } = /** @type {{ run: () => void, at: number }} */ (waiting);
    now = at;
    run();
  };
  turn();
  assert.deepEqual([now, announcements.current.length, changes], [1_005_000, 1, 2]);
  turn();
  assert.deepEqual([now, announcements.current.length, waiting], [1_009_000, 0, null]);
});
