import assert from "node:assert/strict";
import { test } from "node:test";
import { SlowMode } from "../../../static/js/state/slow_mode.js";
import { conversation, group } from "./entries.js";

const slowed = (/** @type {"owner" | "admin" | "member"} */ me, slow_seconds = 30) => {
  const settings = /** @type {const} */ ({ posts: "everyone", adds: "admins", slow_seconds });
  return group("g", { ada: "owner", me }, { settings });
};

test("after a message a member waits, an admin does not, and nobody where it is off", () => {
  let now = 1_000_000;
  const slow = new SlowMode(() => now);
  assert.equal(slow.until(slowed("member")), 0);
  slow.wrote("g", now - 5_000);
  assert.equal(slow.until(slowed("member")), now + 25_000);
  assert.equal(slow.until(slowed("admin")), 0);
  assert.equal(slow.until(slowed("member", 0)), 0);
  assert.equal(slow.until(conversation("g")), 0);
  now += 25_000;
  assert.equal(slow.until(slowed("member")), 0);
});

test("history coming in later moves nothing back, and a server whose clock goes ahead makes nobody wait longer", () => {
  const now = 1_000_000;
  const slow = new SlowMode(() => now);
  slow.wrote("g", now + 600_000);
  slow.wrote("g", now - 600_000);
  assert.equal(slow.until(slowed("member")), now + 30_000);
});

test("what the server says holds, and so does what it says next", () => {
  const slow = new SlowMode(() => 1_000);
  slow.told("g", 12);
  assert.equal(slow.until(slowed("member")), 13_000);
  slow.told("g", 2);
  assert.equal(slow.until(slowed("member")), 3_000);
});
