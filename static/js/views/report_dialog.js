/** Reporting a message or a person to whoever runs this Chatter: why, and what else there is to say. */
/** @import { ChatApi, Reported, ReportReason } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { openDialog } from "./dialogs.js";
import { clone, part, setText } from "./markup.js";
import { toast, reason as words } from "./toasts.js";

/**
 * @param {Reported} what
 * @param {string} name whom it is about
 * @param {ChatApi} chat
 */
export function openReport(what, name, chat) {
  const dialog = /** @type {HTMLDialogElement} */ (clone("report"));
  const message = "seq" in what;
  setText(part(dialog, "title"), message ? t("Report this message") : t("Report {name}", { name }));
  setText(
    part(dialog, "text"),
    message
      ? t("Whoever runs this Chatter will see the message and that it was you who reported it. {name} is not told.", {
          name,
        })
      : t(
          "Whoever runs this Chatter will see their name and profile and that it was you who reported it. {name} is not told.",
          { name },
        ),
  );
  part(dialog, "around-field").hidden = !message;
  part(dialog, "close").addEventListener("click", () => dialog.close());
  part(dialog, "cancel").addEventListener("click", () => dialog.close());
  let busy = false;
  part(dialog, "form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    setText(part(dialog, "error"), "");
    try {
      await chat.report(what, complaintIn(dialog));
      dialog.close();
      toast(t("Thank you. Whoever runs this Chatter will look at it."));
    } catch (problem) {
      setText(part(dialog, "error"), words(problem));
    } finally {
      busy = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  openDialog(dialog);
}

/** @param {HTMLElement} dialog */
function complaintIn(dialog) {
  const { value } = /** @type {HTMLSelectElement} */ (part(dialog, "reason"));
  const note = /** @type {HTMLTextAreaElement} */ (part(dialog, "note")).value.trim();
  const around = /** @type {HTMLInputElement} */ (part(dialog, "around")).checked;
  return { reason: /** @type {ReportReason} */ (value), note, around };
}
