import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DEFAULT_SETTINGS, may } from "../../../static/js/domain/permissions.js";

/** The same file as tests/domain/test_permissions.py reads. */
const golden = JSON.parse(readFileSync(new URL("../../wire/permissions.json", import.meta.url), "utf-8"));

test("the browser offers just what the server allows", () => {
  assert.ok(golden.permissions.length > 50);
  for (const { role, action, other, settings, may: allowed } of golden.permissions) {
    const found = may(role, action, other, { ...DEFAULT_SETTINGS, ...settings });
    assert.equal(found, allowed, `${role} ${action} ${other} ${JSON.stringify(settings)}`);
  }
});
