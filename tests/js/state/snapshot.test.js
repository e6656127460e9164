import assert from "node:assert/strict";
import { test } from "node:test";
import { Snapshot } from "../../../static/js/state/snapshot.js";
import { MemoryValues } from "../../../static/js/state/store.js";
import { conversation, entries, group, user } from "./entries.js";

/** @param {object} [more] */
const data = (more = {}) => ({
  me: user("me"),
  conversations: [conversation("a")],
  contacts: [],
  interval_minutes: 5,
  open: null,
  ...more,
});

test("what was written is read, and presence is not shown from memory", () => {
  const snapshot = new Snapshot(new MemoryValues());
  const view = conversation("a");
  view.members[1].presence = { state: "online", last_seen: 7 };
  snapshot.write(data({ conversations: [view] }));
  const read = snapshot.read("me");
  assert.equal(read?.conversations[0].id, "a");
  assert.deepEqual(read?.conversations[0].members[1].presence, { state: "offline", last_seen: 7 });
});

test("it stays below half a million characters, the most recent first", () => {
  const values = new MemoryValues();
  const snapshot = new Snapshot(values);
  const many = Array.from({ length: 3_000 }, (_, index) => conversation(`conversation ${index}`));
  snapshot.write(data({ conversations: many }));
  assert.ok((values.getItem("chatter:snapshot:me") ?? "").length <= 500_000);
  const read = snapshot.read("me")?.conversations ?? [];
  assert.ok(read.length > 300);
  assert.equal(read[0].id, "conversation 0");
});

test("of a large group some members are kept, me among them, and how many there are", () => {
  const snapshot = new Snapshot(new MemoryValues());
  const roles = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [n === 900 ? "me" : `m${n}`, "member"]));
  const crowd = group("g", /** @type {Record<string, "member">} */ (roles));
  snapshot.write(data({ conversations: [crowd, conversation("a")] }));
  const [read, small] = snapshot.read("me")?.conversations ?? [];
  assert.equal(read.members.length, 61);
  assert.ok(read.members.some((member) => member.user.id === "me"));
  assert.equal(read.members.length + (read.members_left_out ?? 0), 1_000);
  assert.equal(small.members_left_out, undefined);
  assert.equal(crowd.members.length, 1_000);
});

test("of the open conversation the last 30 entries are kept", () => {
  const snapshot = new Snapshot(new MemoryValues());
  snapshot.write(data({ open: { conversation: "a", entries: entries(1, 100) } }));
  assert.deepEqual(
    snapshot
      .read("me")
      ?.open?.entries.map(({ seq }) => seq)
      .slice(0, 2),
    [71, 72],
  );
});

test("another person's, another version's and a broken snapshot are none", () => {
  const values = new MemoryValues();
  const snapshot = new Snapshot(values);
  snapshot.write(data());
  assert.equal(snapshot.read("you"), null);
  values.setItem("chatter:snapshot:me", "{");
  assert.equal(snapshot.read("me"), null);
  values.setItem("chatter:snapshot:me", JSON.stringify({ version: 0, ...data() }));
  assert.equal(snapshot.read("me"), null);
});

test("it is trusted only while nobody was seen to sign out", () => {
  const snapshot = new Snapshot(new MemoryValues());
  assert.equal(snapshot.trusted, false);
  snapshot.confirm("me");
  assert.equal(snapshot.trusted, true);
  snapshot.distrust();
  assert.equal(snapshot.trusted, false);
  snapshot.confirm("me");
  assert.equal(snapshot.trusted, true);
});

test("no room: the snapshot gives way instead of failing", () => {
  const values = new MemoryValues();
  const snapshot = new Snapshot(values);
  snapshot.write(data());
  values.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  snapshot.write(data());
  assert.equal(values.length, 0);
});

test("wiping leaves what is not Chatter's, and how things look", () => {
  const values = new MemoryValues();
  for (const key of ["chatter:user", "chatter:draft:me:c", "chatter:appearance", "other"]) values.setItem(key, "1");
  new Snapshot(values).wipe();
  assert.deepEqual([values.key(0), values.key(1), values.length], ["chatter:appearance", "other", 2]);
});
