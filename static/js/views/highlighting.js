/** Colours in code whose language is named. The library and each language are fetched when one is first wanted. */

/** What people write behind the three marks -> the grammar's file. */
const LANGUAGES = new Map(
  Object.entries({
    bash: "bash sh shell zsh console",
    c: "c h",
    cpp: "cpp c++ cc hpp",
    css: "css",
    diff: "diff patch",
    go: "go golang",
    java: "java",
    javascript: "javascript js mjs jsx",
    json: "json",
    python: "python py",
    rust: "rust rs",
    sql: "sql",
    typescript: "typescript ts tsx",
    xml: "xml html svg",
    yaml: "yaml yml",
  }).flatMap(([name, words]) => words.split(" ").map((word) => [word, name])),
);
/** The grammars take time that grows with the square of one long word. */
export const MOST_COLOURED = 4_000;
/** Spans in spans; what is deeper has the colour of what it stands in. */
const MOST_DEPTH = 16;
const VENDOR = "../../vendor";
const PART = /<span class="([\w -]*)">|<\/span>|&(amp|lt|gt|quot|#x27);|[^<&]+|[<&]/g;
/** @type {Record<string, string>} */
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };

/** @typedef {{ classes: string } | { text: string } | null} Part null: what was opened last ends */

/** @type {Map<string, Promise<(code: string) => string>>} */
const known = new Map();

/**
 * What the highlighter answered, in parts: it answers in HTML, which nothing here reads as such.
 * @param {string} html
 * @returns {Part[]}
 */
export function partsOf(html) {
  /** @type {Part[]} */
  const parts = [];
  let depth = 0;
  for (const [whole, classes, entity] of html.matchAll(PART)) {
    if (classes !== undefined) {
      if (++depth <= MOST_DEPTH) parts.push({ classes });
    } else if (whole === "</span>") {
      if (depth-- <= MOST_DEPTH) parts.push(null);
    } else parts.push({ text: entity ? ENTITIES[entity] : whole });
  }
  return parts;
}

/**
 * Colours the code; where that cannot be, it stays as it is.
 * @param {HTMLElement} code
 * @param {string} language as it was written
 */
export async function highlight(code, language) {
  const name = LANGUAGES.get(language.split(/\s/u)[0]);
  const text = code.textContent ?? "";
  if (!name || text.length > MOST_COLOURED) return;
  if (!known.has(name)) known.set(name, load(name));
  try {
    const colour = await /** @type {Promise<(code: string) => string>} */ (known.get(name));
    code.replaceChildren(nodesOf(partsOf(colour(text))));
  } catch {
    known.delete(name);
  }
}

/** @param {string} name */
async function load(name) {
  const [core, grammar] = await Promise.all([import(`${VENDOR}/hljs-core.js`), import(`${VENDOR}/hljs-${name}.js`)]);
  core.default.registerLanguage(name, grammar.default);
  return (/** @type {string} */ code) => core.default.highlight(code, { language: name, ignoreIllegals: true }).value;
}

/** @param {readonly Part[]} parts */
function nodesOf(parts) {
  const root = document.createDocumentFragment();
  /** @type {Node[]} */
  const open = [root];
  for (const part of parts) {
    if (part === null) {
      if (open.length > 1) open.pop();
      continue;
    }
    const node = "text" in part ? document.createTextNode(part.text) : document.createElement("span");
    open.at(-1)?.appendChild(node);
    if (node instanceof HTMLSpanElement && "classes" in part) {
      node.className = part.classes;
      open.push(node);
    }
  }
  return root;
}
