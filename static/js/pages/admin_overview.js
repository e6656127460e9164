/** The dashboard's first page: asks for the figures every few seconds while somebody looks, and draws them. */
import { bytesWords, linePath, momentWords, mostOf, numberWords } from "../domain/figures.js";
import { part, setText } from "../views/markup.js";
import { counted } from "../views/text.js";

/** @typedef {{ at: number, per_second: number | null, waited_ms: number | null, slow: number, errors: number | null, online: number | null }} Sample */
/** @typedef {"per_second" | "waited_ms" | "online" | "errors"} Measure */
/** @typedef {{ process: string, role: string, server: string, sockets?: number, shards?: number[] }} Told */
/** @typedef {{ ok: boolean, milliseconds: number, problem?: string }} Health */

const LIVE_EVERY_MS = 5_000;
const SERIES_EVERY_MS = 60_000;
const WIDTH = 600;
const HEIGHT = 116;
const SVG = "http://www.w3.org/2000/svg";
const MEASURES = /** @type {const} */ (["per_second", "waited_ms", "online", "errors"]);

const root = /** @type {HTMLElement} */ (document.querySelector('[data-page="overview"]'));
let seriesDueAt = 0;

class Refused extends Error {}

/** @param {string} path */
async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (answer.ok) return answer.json();
  const { code, message } = await answer.json().catch(() => ({ code: "", message: "The figures could not be read." }));
  throw new Refused(code === "confirm_first" ? "Reload the page, and confirm that it is you." : message);
}

/** @param {any} live */
function showLive(live) {
  for (const name of ["people", "online", "sockets", "conversations", "entries", "backlog"])
    setText(part(root, name), numberWords(live[name]));
  const { minute } = live;
  setText(part(root, "per_second"), numberWords(minute.entries / 60));
  setText(part(root, "waited"), minute.batches ? `${numberWords(minute.waited_ms / minute.batches)} ms` : "–");
  setText(part(root, "errors"), numberWords(minute.errors));
  setText(part(root, "mongodb"), bytesWords(live.storage.mongodb));
  setText(part(root, "redis"), bytesWords(live.storage.redis));
  const versions = Object.entries(/** @type {Record<string, string>} */ (live.versions));
  setText(part(root, "versions"), versions.map(([name, version]) => `${name} ${version}`).join(" · "));
  const parts = Object.entries(/** @type {Record<string, Health>} */ (live.parts));
  part(root, "parts").replaceChildren(
    ...parts.map(([name, { ok, milliseconds, problem }]) =>
      row(name, problem ?? `${numberWords(milliseconds)} ms`, ok ? "works" : "does not work", !ok),
    ),
  );
  part(root, "processes").replaceChildren(.../** @type {Told[]} */ (live.processes).map(processRow));
}

/** @param {Told} told */
function processRow({ process, role, server, sockets, shards }) {
  const held = shards && shards.length > 0 ? `commits shards ${shards.join(", ")}` : "commits nothing";
  return row(
    `${server} (${role})`,
    `${process} · ${held}`,
    role === "web" ? counted(sockets ?? 0, "socket") : "worker",
    false,
  );
}

/** @param {string} name @param {string} detail @param {string} state @param {boolean} bad */
function row(name, detail, state, bad) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("t-part"));
  const line = /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
  setText(part(line, "name"), name);
  setText(part(line, "detail"), detail);
  const tag = part(line, "state");
  setText(tag, state);
  tag.classList.toggle("tag-bad", bad);
  return line;
}

/** @param {Sample[]} samples */
function showSeries(samples) {
  for (const measure of MEASURES) {
    const points = samples.map((sample) => ({ at: sample.at, value: sample[measure] }));
    const panel = /** @type {HTMLElement} */ (root.querySelector(`[data-plot="${measure}"]`));
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", linePath(points, WIDTH, HEIGHT));
    line.setAttribute("transform", "translate(0 2)");
    part(panel, "picture").replaceChildren(line);
    setText(part(panel, "from"), momentWords(points[0].at));
    setText(part(panel, "most"), `at most ${numberWords(mostOf(points))}`);
    setText(part(panel, "to"), momentWords(points[points.length - 1].at));
    part(panel, "rows").replaceChildren(...points.toReversed().map(tableRow));
  }
}

/** @param {{ at: number, value: number | null }} point */
function tableRow({ at, value }) {
  const line = document.createElement("tr");
  const when = document.createElement("th");
  when.scope = "row";
  when.textContent = momentWords(at);
  const what = document.createElement("td");
  what.textContent = numberWords(value);
  line.append(when, what);
  return line;
}

async function look() {
  if (document.visibilityState === "hidden") return;
  const span = /** @type {HTMLInputElement} */ (root.querySelector('[name="span"]:checked')).value;
  try {
    showLive(await ask("/admin/figures"));
    if (Date.now() >= seriesDueAt) {
      showSeries((await ask(`/admin/series?span=${span}`)).points);
      seriesDueAt = Date.now() + SERIES_EVERY_MS;
    }
    setText(part(root, "status"), "Brought up to date every few seconds. Times are in UTC.");
  } catch (error) {
    setText(
      part(root, "status"),
      error instanceof Refused ? error.message : "The server does not answer. Trying again.",
    );
  }
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, LIVE_EVERY_MS);
}

for (const choice of root.querySelectorAll('[name="span"]'))
  choice.addEventListener("change", () => {
    seriesDueAt = 0;
    void look();
  });
document.addEventListener("visibilitychange", () => void look());
void keepLooking();
