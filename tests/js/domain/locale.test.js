import assert from "node:assert/strict";
import { test } from "node:test";

const FORMS = { one: "{count} Nachricht", other: "{count} Nachrichten" };
const page = /** @type {any} */ (globalThis);
page.chatterCatalogue = {
  "Remove {name}?": "{name} entfernen?",
  "{count} message": FORMS,
  "The name {reason}.": "Der Name {reason}.",
  "has at most {limit} characters": "darf höchstens {limit} Zeichen haben",
  "A chat has at most {most_pins} pinned messages.": "Höchstens {most_pins} sind angeheftet.",
  "That is taken.": "Das ist vergeben.",
};
page.document = { documentElement: { lang: "de" } };
const { list, LOCALE, n, number, refusalText, regional, t } = await import("../../../static/js/domain/locale.js");

test("a text is said in the page's language, with its values; one that is in no catalogue in English", () => {
  assert.equal(t("Remove {name}?", { name: "Ada" }), "Ada entfernen?");
  assert.equal(t("Nobody translated {this}", { this: "it" }), "Nobody translated it");
  assert.equal(t("{unknown}", { name: "Ada" }), "{unknown}");
  assert.equal(
    t("Remove {name}?", { name: "{name} $& $1" }),
    "{name} $& $1 entfernen?",
    "what people write is no pattern",
  );
});

test("the number chooses the form, and is written as the language does", () => {
  const said = (/** @type {number} */ count) => n("{count} message", "{count} messages", count);
  assert.deepEqual([0, 1, 2, 1_204].map(said), ["0 Nachrichten", "1 Nachricht", "2 Nachrichten", "1.204 Nachrichten"]);
  assert.equal(n("{count} cat", "{count} cats", 2), "2 cats");
});

test("numbers and lists are the language's", () => {
  assert.equal(number(1_204.5), "1.204,5");
  assert.equal(list(["Ada", "Ben", "Cy"]), "Ada, Ben und Cy");
  assert.equal(LOCALE, regional("de", globalThis.navigator?.languages ?? []));
});

test("dates are those of the region that the browser names, where it speaks the language", () => {
  assert.equal(regional("de", ["en-US", "de-AT"]), "de-AT");
  assert.equal(regional("de", ["en-US"]), "de");
  assert.equal(regional("en", ["de-DE"]), "en-GB");
  assert.equal(regional("en", ["en-US", "en-GB"]), "en-US");
});

test("a refusal is found by its words, and one with numbers in it by its shape", () => {
  assert.equal(refusalText("That is taken."), "Das ist vergeben.");
  assert.equal(refusalText("A chat has at most 50 pinned messages."), "Höchstens 50 sind angeheftet.");
  assert.equal(refusalText("The name has at most 80 characters."), "Der Name darf höchstens 80 Zeichen haben.");
  assert.equal(refusalText("Nobody knows this."), "Nobody knows this.");
  assert.equal(refusalText(""), "");
});
