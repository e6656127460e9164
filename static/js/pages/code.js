/** The code page: six digits send themselves, a paste is cleaned, and another code can be asked for after a while. */
import { t } from "../domain/locale.js";

const CODE_DIGITS = 6;

const form = /** @type {HTMLFormElement} */ (document.querySelector('[data-page="code"]'));
const input = /** @type {HTMLInputElement} */ (document.getElementById("code"));
let sent = false;

// A paste may be "123 456" or "Your code: 123456": the digits are what counts.
function clean() {
  const digits = input.value.replace(/\D/gu, "").slice(0, CODE_DIGITS);
  if (digits !== input.value) input.value = digits;
  if (digits.length < CODE_DIGITS || sent) return;
  sent = true;
  form.requestSubmit();
}
input.addEventListener("input", clean);
// Typed or filled in before this script was there. What a reload or the history brings back was tried already.
const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
if (visit?.type === "navigate") clean();

// Back in the page by the browser's history: another try must be possible.
window.addEventListener("pageshow", () => {
  sent = false;
});

const resend = /** @type {HTMLButtonElement} */ (document.querySelector('[data-part="resend"]'));
const until = Date.now() + Number(resend.dataset.seconds) * 1_000;
const label = resend.textContent ?? "";

function countDown() {
  const left = Math.ceil((until - Date.now()) / 1_000);
  resend.disabled = left > 0;
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  resend.textContent = left > 0 ? t("{label} in {time}", { label, time: clock }) : label;
  if (left > 0) setTimeout(countDown, 500);
}
countDown();
