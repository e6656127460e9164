/**
 * The sign-in page: a number that begins with its country's code chooses the country.
 *
 * Who sees this page is signed out, by whichever way: what the browser remembers of somebody may be theirs who signs in
 * now or somebody else's, so it is not shown before the server said who that is.
 */
import { Snapshot } from "../state/snapshot.js";

try {
  new Snapshot(localStorage).distrust();
} catch {
  // The browser refuses localStorage: then it remembers nobody.
}

const region = /** @type {HTMLSelectElement} */ (document.getElementById("region"));
const number = /** @type {HTMLInputElement} */ (document.getElementById("number"));

/** Several countries share a code (+1); the one that is chosen stays where it has that code. */
function chooseCountry() {
  const digits = /^\s*(?:\+|00)([\d\s]+)/u.exec(number.value)?.[1].replace(/\s/gu, "");
  if (!digits) return;
  const fits = [...region.options].filter(({ dataset }) => dataset.code && digits.startsWith(dataset.code));
  const longest = Math.max(...fits.map(({ dataset }) => dataset.code?.length ?? 0));
  const best = fits.filter(({ dataset }) => dataset.code?.length === longest);
  if (best.length === 0 || best.includes(region.options[region.selectedIndex])) return;
  region.value = (best.find(({ dataset }) => "leads" in dataset) ?? best[0]).value;
}
number.addEventListener("input", chooseCountry);
chooseCountry(); // who types fast has begun before this is here

const form = /** @type {HTMLFormElement} */ (document.querySelector('[data-page="sign-in"]'));
const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrf_token"));
let sending = false;

/**
 * Tabs that were signed out together began a session each, and the last one's stands: this page's token may be another
 * session's, so it is asked for once more.
 */
async function renewToken() {
  const answer = await fetch("/api/v1/session/csrf", { cache: "no-store" });
  if (answer.ok) token.value = (await answer.json()).csrf_token;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (sending) return;
  sending = true;
  // Without an answer the token is tried as it is.
  void renewToken()
    .catch(() => undefined)
    .then(() => form.submit());
});
window.addEventListener("pageshow", () => {
  sending = false;
});
