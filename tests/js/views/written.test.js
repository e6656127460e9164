import assert from "node:assert/strict";
import { test } from "node:test";
import { Written } from "../../../static/js/views/written.js";

const ANN = "AnnAnnAnnAnnAnnAnnAnnA";
const ANNA = "AnnaAnnaAnnaAnnaAnnaAn";
const OTHER = "OtherOtherOtherOtherOt";

test("a mention is a name in the field and an id in the message", () => {
  const written = new Written();
  const label = written.label(ANN, "Ann (QA) *");
  assert.equal(written.source(`hi @${label}, and @Ben`), `hi @[${ANN}], and @Ben`);
  assert.equal(
    written.shown(`hi @[${ANN}], and @Ben`, () => "Ann (QA) *"),
    `hi @${label}, and @Ben`,
  );
});

test("a name is not found in a longer one", () => {
  const written = new Written();
  written.label(ANN, "Ann");
  written.label(ANNA, "Anna");
  assert.equal(written.source("@Anna @Ann @Annalena @Ann_"), `@[${ANNA}] @[${ANN}] @Annalena @Ann_`);
});

test("two of the same name are told apart", () => {
  const written = new Written();
  const labels = [written.label(ANN, "Ann"), written.label(OTHER, "Ann"), written.label(ANN, "Ann")];
  assert.equal(labels[0], labels[2]);
  assert.notEqual(labels[0], labels[1]);
  assert.equal(written.source(`@${labels[0]} @${labels[1]}`), `@[${ANN}] @[${OTHER}]`);
});

test("what was mentioned in another conversation is forgotten", () => {
  const written = new Written();
  written.label(ANN, "Ann");
  written.reset();
  assert.equal(written.source("@Ann"), "@Ann");
});
