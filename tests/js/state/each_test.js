/** What the tests of a chat begin with: a file that imports this has a server and a browser of its own for each test. */
import { afterEach, beforeEach } from "node:test";
import { Browser } from "./browser.js";
import { until } from "./entries.js";
import { FakeServer } from "./fake_server.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

/** @type {FakeServer} */
export let server;
/** @type {Browser} */
export let browser;

beforeEach(() => {
  server = new FakeServer();
  browser = new Browser();
});
afterEach(() => browser.close());

/** The texts of the open conversation, those that wait to be sent among them. */
export const bodies = (/** @type {Chat} */ chat, id = "c") =>
  chat.thread(id).items.map(({ entry, pending }) => entry?.body ?? pending?.body);

export const standing = (/** @type {Chat} */ chat, id = "c") => chat.conversation(id)?.standing.kind;

/** A new tab with the conversation open, once all of it is there. */
export async function opened(id = "c") {
  const chat = await browser.tab(server);
  chat.open(id);
  await until(() => standing(chat, id) === "up_to_date" && chat.thread(id).head === chat.thread(id).high, "caught up");
  return chat;
}
