import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { may } from "../../../static/js/domain/permissions.js";

/** The same file as tests/domain/test_permissions.py reads. */
const golden = JSON.parse(readFileSync(new URL("../../wire/permissions.json", import.meta.url), "utf-8"));

test("the browser offers just what the server allows", () => {
  assert.ok(golden.permissions.length > 50);
  for (const { role, action, other, may: allowed } of golden.permissions) {
    assert.equal(may(role, action, other), allowed, `${role} ${action} ${other}`);
  }
});
