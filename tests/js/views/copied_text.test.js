import assert from "node:assert/strict";
import { test } from "node:test";
import { copiedText } from "../../../static/js/views/copied_text.js";
import { entry, user } from "../state/entries.js";

const AT = new Date("2026-11-24T14:32:00").getTime();
const me = user("me");
const chat = { me, userName: (/** @type {string} */ id, unknown = "Someone") => (id === "maya" ? "Maya" : unknown) };

/** @param {string} body @param {string} sender */
function said(body, sender) {
  const quiet = { edited_at: null, deleted_at: null, deleted_by: null, reactions: [] };
  return { entry: entry(1, { sender, body: "as it was", created_at: AT }), message: { body, ...quiet } };
}

test("several messages are copied with who wrote them and when, as they are now", () => {
  const text = copiedText([said("**on** time", "maya"), said("two\nlines", "me")], chat, "en-GB");
  assert.equal(text, "[24 Nov 2026, 14:32] Maya: **on** time\n[24 Nov 2026, 14:32] Me: two\nlines");
});
