/** Every page of the dashboard: how many reports wait stands beside their name, in the title and on the icon. */
import { WaitingReports } from "../state/waiting_reports.js";
import { part, setText } from "../views/markup.js";
import { counted } from "../views/text.js";
import { paintBadge } from "../views/title_badge.js";

const root = /** @type {HTMLElement} */ (document.querySelector('[data-page="dashboard"]'));
const TIMEOUT_MS = 15_000;
const ENDED = "New reports are no longer shown here. Reload the page.";

async function ask() {
  const answer = await fetch("/admin/reports/waiting", {
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: answer.status, waiting: answer.ok ? (await answer.json()).waiting : 0 };
}

/** @param {number} waiting */
function show(waiting) {
  part(root, "waiting").hidden = waiting === 0;
  setText(part(root, "number"), String(waiting));
  paintBadge(waiting);
}

/** @param {number} waiting */
function tell(waiting) {
  const more = waiting > Number(part(root, "number").textContent);
  show(waiting);
  // Who reads the page by ear hears of a new one, and of none that was taken.
  setText(part(root, "told"), more ? `${counted(waiting, "report")} waiting` : "");
}

function end() {
  show(0);
  for (const name of ["ended", "told"]) setText(part(root, name), ENDED);
}

const reports = new WaitingReports({
  ask,
  tell,
  end,
  seen: () => document.visibilityState === "visible",
  now: () => Date.now(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
});
show(Number(part(root, "number").textContent));
reports.start();
document.addEventListener("visibilitychange", () => reports.lookedAt());
