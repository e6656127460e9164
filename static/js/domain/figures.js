/** The dashboard's figures as words and as shapes. Pure. */

/**
 * A moment of a plot; null where nothing is known of it.
 * @typedef {{ at: number, value: number | null }} Point
 */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** "1.2 GB"; a dash where it is not known. @param {number | null | undefined} bytes */
export function bytesWords(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit > 0 && size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

/** "1,204", "0.25"; a dash where it is not known. @param {number | null | undefined} number */
export function numberWords(number) {
  if (number === null || number === undefined) return "–";
  return new Intl.NumberFormat("en-GB", { maximumFractionDigits: number < 10 ? 2 : 0 }).format(number);
}

/** "28 Nov, 13:05", in UTC as all of the dashboard. @param {number} at ms */
export function momentWords(at) {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  }).format(at);
}

/** The greatest value, 0 where there is none. @param {readonly Point[]} points */
export function mostOf(points) {
  return points.reduce((most, { value }) => Math.max(most, value ?? 0), 0);
}

/**
 * The path of an SVG that draws the points as a line, broken where nothing is known; a point between two gaps is a dash.
 * @param {readonly Point[]} points
 * @param {number} width
 * @param {number} height
 */
export function linePath(points, width, height) {
  const most = mostOf(points) || 1;
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  const pieces = [];
  let open = false;
  for (const [n, { value }] of points.entries()) {
    if (value === null) {
      open = false;
      continue;
    }
    const at = `${round(n * step)} ${round(height - (value / most) * height)}`;
    const alone = !open && (points[n + 1]?.value ?? null) === null;
    pieces.push(`${open ? "L" : "M"}${at}`);
    if (alone) pieces.push(`h${round(Math.max(1, step / 2))}`);
    open = true;
  }
  return pieces.join("");
}

/** @param {number} number */
const round = (number) => Math.round(number * 10) / 10;
