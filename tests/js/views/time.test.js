import assert from "node:assert/strict";
import { test } from "node:test";
import { dayKey, dayLabel, listTime, presenceWords } from "../../../static/js/views/time.js";

const at = (/** @type {string} */ text) => new Date(text).getTime();
const now = at("2026-11-24T15:00:00");

test("a day is the local calendar's", () => {
  assert.equal(dayKey(at("2026-11-24T00:00:00")), "2026-11-24");
  assert.equal(dayKey(at("2026-11-24T23:59:59")), "2026-11-24");
  assert.notEqual(dayKey(at("2026-11-23T23:59:59")), "2026-11-24");
});

test("a day has a name that one would say", () => {
  const cases = [
    ["2026-11-24T00:01:00", "Today"],
    ["2026-11-25T00:01:00", "Today"],
    ["2026-11-23T23:59:00", "Yesterday"],
    ["2026-11-18T12:00:00", "Wednesday"],
    ["2026-11-17T12:00:00", "Tuesday 17 November"],
    ["2025-11-24T12:00:00", "Monday 24 November 2025"],
  ];
  for (const [text, label] of cases) assert.equal(dayLabel(at(text), now, "en-GB").replace(",", ""), label);
});

test("the list says the time today, then ever less", () => {
  const cases = [
    ["2026-11-24T09:05:00", "09:05"],
    ["2026-11-23T09:05:00", "Yesterday"],
    ["2026-11-20T09:05:00", "Fri"],
    ["2026-11-03T09:05:00", "3 Nov"],
    ["2025-11-03T09:05:00", "3 Nov 2025"],
  ];
  for (const [text, label] of cases) assert.equal(listTime(at(text), now, "en-GB"), label);
});

test("presence is said in words, and not at all where it is not known", () => {
  const seen = (/** @type {number | null} */ last_seen) => presenceWords({ state: "offline", last_seen }, now, "en-GB");
  assert.equal(presenceWords(null, now), "");
  assert.equal(presenceWords({ state: "online", last_seen: null }, now), "online");
  assert.equal(seen(null), "");
  assert.equal(seen(now - 20_000), "last seen just now");
  assert.equal(seen(now - 60_000), "last seen 1 minute ago");
  assert.equal(seen(at("2026-11-24T08:00:00")), "last seen at 08:00");
  assert.equal(seen(at("2026-11-23T08:00:00")), "last seen yesterday at 08:00");
});
