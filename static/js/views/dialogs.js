/** Dialogs: opened over the page, closed by Esc, by the backdrop or by an answer; the focus goes back where it was. */
import { clone, part, setText } from "./markup.js";

/**
 * Opens a dialog that is in the page. The browser itself traps the focus and gives it back.
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(dialog) {
  if (dialog.open) return;
  const before = document.activeElement;
  const onBackdrop = (/** @type {MouseEvent} */ event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!inside) dialog.close("");
  };
  dialog.addEventListener("click", onBackdrop);
  dialog.addEventListener(
    "close",
    () => {
      dialog.removeEventListener("click", onBackdrop);
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    { once: true },
  );
  dialog.returnValue = "";
  dialog.showModal();
}

/**
 * @typedef {{ title: string, text?: string, yes: string, danger?: boolean, field?: { label: string, value: string, most?: number, proof?: string } }} Question
 * `proof`: what has to be typed before there is a yes.
 */

/**
 * Asks, and answers null where it was dismissed, else what stands in the field ("" without one).
 * @param {Question} question
 * @returns {Promise<string | null>}
 */
export function ask(question) {
  const dialog = /** @type {HTMLDialogElement} */ (clone("confirm"));
  setText(part(dialog, "title"), question.title);
  setText(part(dialog, "text"), question.text ?? "");
  part(dialog, "text").hidden = !question.text;
  const yes = part(dialog, "yes");
  setText(yes, question.yes);
  if (question.danger) yes.classList.replace("button-primary", "button-danger");
  const input = /** @type {HTMLInputElement} */ (part(dialog, "input"));
  if (question.field) {
    part(dialog, "field").hidden = false;
    setText(part(dialog, "label"), question.field.label);
    if (question.field.most) input.maxLength = question.field.most;
    input.value = question.field.value;
    const { proof } = question.field;
    if (proof !== undefined) prove(input, /** @type {HTMLButtonElement} */ (yes), proof);
    // Enter in a field presses the first submit button, which would be Cancel.
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (!(/** @type {HTMLButtonElement} */ (yes).disabled)) dialog.close("yes");
    });
  }
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? input.value.trim() : null);
    });
    openDialog(dialog);
    if (question.field) input.select();
    else part(dialog, question.danger ? "cancel" : "yes").focus();
  });
}

/** @param {HTMLInputElement} input @param {HTMLButtonElement} yes @param {string} proof */
function prove(input, yes, proof) {
  const plain = (/** @type {string} */ text) => text.trim().replace(/\s+/gu, " ").toLocaleLowerCase();
  const look = () => {
    yes.disabled = plain(input.value) !== plain(proof);
  };
  input.addEventListener("input", look);
  look();
}

/**
 * @param {Question} question
 * @returns {Promise<boolean>}
 */
export async function confirm(question) {
  return (await ask(question)) !== null;
}
