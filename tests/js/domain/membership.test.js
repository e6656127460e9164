import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, changeOf, isOut, mayWrite } from "../../../static/js/domain/membership.js";
import { entry, group, user } from "../state/entries.js";

/** @import { Entry } from "../../../static/js/types.d.ts" */

const people = ["me", "ada", "ben", "cleo", "dan"];
const known = (/** @type {string} */ id) => (people.includes(id) ? user(id) : null);
const roles = (/** @type {ReturnType<typeof group>} */ view) =>
  Object.fromEntries(view.members.map((member) => [member.user.id, member.role]));

/** @param {Entry["kind"]} kind @param {string} sender @param {string} body @param {number} [seq] */
const said = (kind, sender, body, seq = 5) => entry(seq, { kind, sender, body });

/** Ada's group of Ben and me, after one entry. @param {Entry["kind"]} kind @param {string} sender @param {string} body */
const after = (kind, sender, body) =>
  changed(group("g", { ada: "owner", ben: "admin", me: "member" }), said(kind, sender, body), "me", known);

test("who is removed or leaves was a member before, and keeps their name", () => {
  for (const view of [after("removed", "ada", "ben"), after("left", "ben", "")]) {
    assert.deepEqual(roles(view), { ada: "owner", me: "member" });
    assert.deepEqual(
      view.former.map(({ id }) => id),
      ["ben"],
    );
    assert.equal(isOut(view), false);
  }
});

test("where it is me, the group stays as it was then, to read and no more", () => {
  for (const view of [after("removed", "ada", "me"), after("left", "me", "")]) {
    assert.equal(view.me.until_seq, 5);
    assert.equal(isOut(view), true);
    assert.deepEqual(roles(view), { ada: "owner", ben: "admin", me: "member" });
    assert.deepEqual(view.former, []);
  }
});

test("a role is told, and mine too", () => {
  assert.deepEqual(roles(after("role", "ada", "ben member")), { ada: "owner", ben: "member", me: "member" });
  const promoted = after("role", "ada", "me admin");
  assert.deepEqual([roles(promoted).me, promoted.me.role], ["admin", "admin"]);
});

test("a new owner makes the old one an admin", () => {
  const handed = after("role", "ada", "me owner");
  assert.deepEqual(roles(handed), { ada: "admin", ben: "admin", me: "owner" });
  assert.equal(handed.me.role, "owner");
  const mine = changed(group("g", { me: "owner", ben: "member" }), said("role", "me", "ben owner"), "me", known);
  assert.deepEqual([roles(mine), mine.me.role], [{ me: "admin", ben: "owner" }, "admin"]);
});

test("a title is told", () => {
  assert.equal(after("titled", "ada", "Two words").title, "Two words");
});

test("a description and a photo are told, and that there is none any more", () => {
  assert.equal(after("described", "ada", "We row.").description, "We row.");
  assert.equal(after("pictured", "ada", "p".repeat(22)).avatar, `/photos/${"p".repeat(22)}`);
  assert.equal(after("pictured", "ada", "").avatar, null);
});

test("of the settings only what is told changes, also where an older view had none", () => {
  const { settings } = after("settings", "ada", '{"posts":"admins"}');
  assert.deepEqual(settings, { posts: "admins", adds: "admins", slow_seconds: 0 });
  const older = group("g", { ada: "owner", me: "member" });
  Reflect.deleteProperty(older, "settings");
  const now = changed(older, said("settings", "ada", '{"slow_seconds":30}'), "me", known);
  assert.deepEqual(now.settings, { posts: "everyone", adds: "admins", slow_seconds: 30 });
});

test("who joins by a link is a member from there on, and where it is me, I am back", () => {
  assert.equal(roles(after("joined", "cleo", "ada")).cleo, "member");
  const back = changed(after("left", "me", ""), { ...said("joined", "me", "ada", 9), ordinal: 7 }, "me", known);
  assert.deepEqual([back.me.until_seq, back.me.from_seq], [null, 9]);
});

test("when the group is deleted everybody is out of it and keeps what came before", () => {
  const view = after("closed", "ada", "");
  assert.deepEqual([view.closed_by, view.me.until_seq, isOut(view)], ["ada", 5, true]);
  assert.deepEqual(roles(view), { ada: "owner", ben: "admin", me: "member" });
  const former = changed(after("left", "me", ""), said("closed", "ada", "", 9), "me", known);
  assert.deepEqual([former.closed_by, former.me.until_seq], [null, 5], "who left before is not told");
});

test("where an administrator deleted the group, it was not its owner", () => {
  assert.equal(after("closed", "ada", "administrator").closed_by, "administrator");
});

test("nobody writes in a frozen conversation, and one of an older memory is not frozen", () => {
  const view = group("g", { ada: "owner", me: "owner" });
  assert.deepEqual(
    [mayWrite(view), mayWrite({ ...view, frozen: true }), mayWrite({ ...view, frozen: false })],
    [true, false, true],
  );
  assert.equal(mayWrite({ ...view, kind: "direct", frozen: true }), false);
});

test("who is added is a member from there on, who was one stays one, and whose name is not known is left out", () => {
  const view = after("added", "ada", "cleo ben stranger");
  assert.deepEqual(roles(view), { ada: "owner", ben: "admin", me: "member", cleo: "member" });
  const cleo = view.members.find((member) => member.user.id === "cleo");
  assert.deepEqual([cleo?.delivered, cleo?.read], [4, 4]);
});

test("who comes back is not a former member any more", () => {
  const view = changed(after("removed", "ada", "ben"), said("added", "ada", "ben", 6), "me", known);
  assert.deepEqual([roles(view).ben, view.former], ["member", []]);
});

test("where I come back, I see what is said from there on", () => {
  const view = changed(after("removed", "ada", "me"), { ...said("added", "ada", "me", 9), ordinal: 7 }, "me", known);
  const { until_seq, from_seq, role, read, read_ordinal } = view.me;
  assert.deepEqual([until_seq, from_seq, role, read, read_ordinal], [null, 9, "member", 8, 7]);
});

test("nothing else changes a group", () => {
  const before = group("g", { ada: "owner", me: "member" });
  for (const kind of /** @type {const} */ (["text", "created", "withheld"])) {
    assert.equal(changed(before, said(kind, "ada", "me"), "me", known), before);
    assert.deepEqual(changeOf(said(kind, "ada", "me")), {
      joined: [],
      gone: null,
      roles: [],
      look: {},
      closed: false,
    });
  }
});
