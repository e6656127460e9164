// `npm run vendor`: copies what the browser loads from node_modules into the repository, so that running Chatter
// needs neither Node nor another host. `--into DIR` writes elsewhere, for `make check-vendor` to compare.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGES = join(ROOT, "node_modules");
const into = process.argv[2] === "--into" ? process.argv[3] : join(ROOT, "static");

/** Vendored file -> where it comes from. */
const SCRIPTS = {
  "idb.js": "idb/build/index.js",
  "markdown-it.js": "markdown-it/dist/browser/markdown-it.umd.min.js",
  "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
  "hljs-core.js": "@highlightjs/cdn-assets/es/core.min.js",
  ...Object.fromEntries(
    "bash c cpp css diff go java javascript json python rust sql typescript xml yaml"
      .split(" ")
      .map((name) => [`hljs-${name}.js`, `@highlightjs/cdn-assets/es/languages/${name}.min.js`]),
  ),
};

/** Those that put themselves into the page as a global: here they are modules that export it. */
const GLOBALS = { "markdown-it.js": "markdownit" };

/** The maps are not vendored, and a browser's developer tools complain about each that is missing. */
function withoutSourceMap(source) {
  return source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
}

function vendorScripts() {
  mkdirSync(join(into, "vendor"), { recursive: true });
  const sums = Object.entries(SCRIPTS).map(([name, origin]) => {
    const script = withoutSourceMap(readFileSync(join(PACKAGES, origin), "utf8"));
    const source = GLOBALS[name] ? `${script.trimEnd()}\nexport default globalThis.${GLOBALS[name]};\n` : script;
    writeFileSync(join(into, "vendor", name), source);
    return `${createHash("sha256").update(source).digest("hex")}  ${name}\n`;
  });
  // In the form that `sha256sum --check SHA256SUMS` reads.
  writeFileSync(join(into, "vendor", "SHA256SUMS"), sums.join(""));
}

function symbolOf(name) {
  const svg = readFileSync(join(PACKAGES, "lucide-static", "icons", `${name}.svg`), "utf8");
  const [, attributes, shapes] = /<svg([^>]*)>([\s\S]*)<\/svg>/.exec(svg);
  const [viewBox] = /viewBox="[^"]*"/.exec(attributes);
  return `<symbol id="${name}" ${viewBox}>${shapes.replace(/\s+/g, " ").replace(/> </g, "><").trim()}</symbol>\n`;
}

/** One sprite of the icons named in static/icons.txt, used as <use href="…/icons.svg#name">. */
function buildIcons() {
  const names = readFileSync(join(ROOT, "static", "icons.txt"), "utf8")
    .split(/\s+/)
    .filter(Boolean);
  const symbols = [...new Set(names)].sort().map(symbolOf);
  writeFileSync(join(into, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("")}</svg>\n`);
}

vendorScripts();
buildIcons();
