import assert from "node:assert/strict";
import { test } from "node:test";
import { unreadOf } from "../../../static/js/state/unread.js";

const me = /** @type {any} */ ({ read_ordinal: 2, until_seq: null });

test("a stranger's request makes no badge count until it is accepted", () => {
  const view = { head_ordinal: 5, me, blocked: false };
  assert.equal(unreadOf({ ...view, request: true }, 0), 0);
  assert.equal(unreadOf({ ...view, request: false }, 0), 3);
  assert.equal(unreadOf(view, 0), 3, "a view that an older version kept says nothing of requests");
});
