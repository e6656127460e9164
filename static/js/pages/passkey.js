/** The sign-in page's passkeys: offered in the field for the number where the browser can, and by a button. */
import { refusalText, t } from "../domain/locale.js";
import { knowsPasskeys, offersInFields, usePasskey } from "../net/webauthn.js";

/** A challenge lives for five minutes; what is offered in the field is asked for anew before that. */
const ANEW_MS = 240_000;

const panel = /** @type {HTMLElement} */ (document.querySelector('[data-part="passkey"]'));
const button = /** @type {HTMLButtonElement} */ (panel.querySelector("button"));
const problem = /** @type {HTMLElement} */ (panel.querySelector('[role="alert"]'));
/** @type {AbortController | null} */
let asking = null;

/** @param {string} path @param {RequestInit} [how] */
async function ask(path, how = {}) {
  const response = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store", ...how });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

/** What the person chose, in place of what was offered before. @param {CredentialMediationRequirement} mediation */
async function choice(mediation) {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  const options = await ask("/sign-in/passkey/options");
  mine.signal.throwIfAborted();
  return usePasskey(options, mine.signal, mediation);
}

/** @param {object} credential */
async function signIn(credential) {
  const { csrf_token } = await ask("/api/v1/session/csrf");
  const { next } = await ask("/sign-in/passkey", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf_token },
    body: JSON.stringify({ credential, next: panel.dataset.next ?? "" }),
  });
  location.assign(next);
}

/** @param {unknown} error */
function say(error) {
  problem.textContent = wordsFor(error);
}

/** @param {unknown} error */
function wordsFor(error) {
  // The person closed the browser's dialog, or something newer was asked for: nothing to say.
  if (error instanceof DOMException)
    return error.name === "SecurityError" ? t("Passkeys do not work at this address.") : "";
  return error instanceof Error && !(error instanceof TypeError)
    ? refusalText(error.message)
    : t("That did not work. Are you online?");
}

/** Offers passkeys in the field. Where that does not work, nobody asked for it: the button says why. */
async function offer() {
  if (!(await offersInFields())) return;
  const anew = setTimeout(() => void offer(), ANEW_MS);
  const chosen = await choice("conditional").catch(() => null);
  clearTimeout(anew);
  if (chosen) await signIn(chosen).catch(say);
}

if (knowsPasskeys()) {
  panel.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    problem.textContent = "";
    try {
      await signIn(await choice("optional"));
    } catch (error) {
      say(error);
      void offer();
    } finally {
      button.disabled = false;
    }
  });
  void offer();
}
