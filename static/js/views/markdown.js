/**
 * What the marks in a text mean: bold, italic, strike, code, quotes, lists, links and mentions. Pure: `rich_text.js` makes
 * nodes of the pieces. markdown-it reads it; its own rules for chat stand here:
 * - a line break is a line break, and a text without marks stays as it was typed;
 * - a quote and a list end where their lines end, and what follows does not belong to them;
 * - `__init__`, `2*3*4` and `¯\_(ツ)_/¯` mean themselves.
 * However it is nested, a text of the greatest length takes milliseconds, and nothing of it is left out.
 */
/** @import { InlineState, BlockState, Token } from "../../vendor/markdown-it.js" */
import MarkdownIt from "../../vendor/markdown-it.js";
import { linkAt, safeHref } from "./text.js";

/**
 * @typedef {"strong" | "em" | "s" | "quote" | "bullets" | "numbers" | "item" | "link"} Mark
 * @typedef {{ type: "open", mark: Mark, href?: string, start?: number } | { type: "close" }
 *   | { type: "text", text: string } | { type: "code", text: string } | { type: "block", text: string, language: string }
 *   | { type: "mention", user: string }} Piece
 */

/** Quotes in quotes and lists in lists, before the rest is taken as text. */
const MOST_BLOCKS = 8;
/** Elements in elements. */
const MOST_DEPTH = 16;
/** Between two of these a star multiplies. */
const WORD = /[0-9A-Za-z]/;
/** May it hold a mark at all? Most texts do not, and need no parser. */
const MARKED = /[*_~`[\]\\@]|https?:\/\/|^[ \t]*(?:>|[-+][ \t]|\d{1,9}[.)][ \t])/imu;
/** What a run of plain text ends at. */
const STOP = /[*_~`[\]\\@]|https?:\/\//giu;
const MENTION = /@\[([0-9A-Za-z]{22})\]/y;
const ESCAPED = new Set("*~`[]>");
/** @type {Record<string, Mark>} */
const MARKS = {
  strong_open: "strong",
  em_open: "em",
  s_open: "s",
  blockquote_open: "quote",
  bullet_list_open: "bullets",
  ordered_list_open: "numbers",
  list_item_open: "item",
  link_open: "link",
};

const parser = new MarkdownIt("zero");
parser.enable(["fence", "blockquote", "list", "backticks", "strikethrough", "emphasis", "link"]);
parser.normalizeLink = (url) => url;
parser.validateLink = (url) => safeHref(url) !== null;
parser.inline.ruler.at("text", plain);
parser.inline.ruler.before("backticks", "escaped", escaped);
parser.inline.ruler.before("emphasis", "literal", literal);
parser.inline.ruler.before("link", "mention", mention);
parser.inline.ruler.before("link", "url", url);
parser.block.ruler.before("fence", "deep", deep);
// At a line without its own mark, a quote has ended, and an item where the line is not indented as it is.
parser.block.ruler.before("paragraph", "quote_end", (_state, _line, _end, silent) => silent, { alt: ["blockquote"] });
parser.block.ruler.before(
  "paragraph",
  "item_end",
  (state, line, _end, silent) => silent && state.sCount[line] < state.blkIndent,
  { alt: ["paragraph"] },
);

/**
 * The pieces of a text, in order: what is opened is closed again.
 * @param {string} text
 * @returns {Piece[]}
 */
export function parse(text) {
  if (!MARKED.test(text)) return [{ type: "text", text }];
  const pieces = new Pieces().of(parser.parse(text, {}));
  // Nothing but marks: somebody means these.
  return pieces.some((piece) => piece.type === "mention" || ("text" in piece && piece.text.trim() !== ""))
    ? pieces
    : [{ type: "text", text }];
}

/** Flattens the parser's tokens. */
class Pieces {
  /** @type {Piece[]} */
  #pieces = [];
  /** @type {boolean[]} of what is open: was it let through? */
  #open = [];
  #depth = 0;
  /** @type {number | null} the line at which the paragraph before ended, where nothing stands between */
  #ended = null;

  /** @param {readonly Token[]} tokens */
  of(tokens) {
    for (const token of tokens) this.#block(token);
    return this.#pieces;
  }

  /** @param {Token} token */
  #block(token) {
    if (token.type === "paragraph_open") {
      const [first, last] = token.map ?? [0, 0];
      if (this.#ended !== null) this.#text("\n".repeat(first - this.#ended + 1));
      this.#ended = last;
    } else if (token.type === "inline") for (const child of token.children ?? []) this.#inline(child);
    else if (token.type !== "paragraph_close") {
      this.#ended = null;
      if (token.type === "fence") this.#pieces.push(codeBlock(token));
      else this.#inline(token);
    }
  }

  /** @param {Token} token */
  #inline(token) {
    if (token.nesting === 1) this.#begin(token);
    else if (token.nesting === -1) this.#end();
    else if (token.type === "code_inline") this.#pieces.push({ type: "code", text: token.content });
    else if (token.type === "mention") this.#pieces.push({ type: "mention", user: token.content });
    else this.#text(token.content);
  }

  /** @param {string} text */
  #text(text) {
    const last = this.#pieces.at(-1);
    if (last?.type === "text") last.text += text;
    else if (text !== "") this.#pieces.push({ type: "text", text });
  }

  /** @param {Token} token */
  #begin(token) {
    const mark = MARKS[token.type];
    const href = mark === "link" ? safeHref(String(token.attrGet("href"))) : undefined;
    const lets = this.#depth < MOST_DEPTH && href !== null;
    this.#open.push(lets);
    if (!lets) return;
    this.#depth += 1;
    const start = mark === "numbers" ? Number(token.attrGet("start") ?? 1) : undefined;
    this.#pieces.push({ type: "open", mark, ...(href && { href }), ...(start !== undefined && { start }) });
  }

  #end() {
    if (!this.#open.pop()) return;
    this.#depth -= 1;
    this.#pieces.push({ type: "close" });
  }
}

/**
 * Who ends a fence behind the last line's text, or writes on its first line, means a block, too.
 * @param {Token} token
 * @returns {Piece}
 */
function codeBlock({ content, info, markup }) {
  const language = info.trim().toLowerCase();
  const code = content.replace(/\n$/u, "");
  const ending = code.trimEnd();
  if (!ending.endsWith(markup)) return { type: "block", text: code, language };
  const inner = ending.slice(0, -markup.length).replace(/\n$/u, "");
  const named = /^[a-z0-9+#-]{0,12}$/u.test(language);
  return named ? { type: "block", text: inner, language } : { type: "block", text: `${info}\n${inner}`, language: "" };
}

/** Text up to the next mark or link. @param {InlineState} state @param {boolean} silent */
function plain(state, silent) {
  STOP.lastIndex = state.pos;
  const end = Math.min(STOP.exec(state.src)?.index ?? state.posMax, state.posMax);
  if (end === state.pos) return false;
  return keep(state, end, silent);
}

/** @param {InlineState} state @param {number} end @param {boolean} silent */
function keep(state, end, silent) {
  if (!silent) state.pending += state.src.slice(state.pos, end);
  state.pos = end;
  return true;
}

/** A backslash makes a mark an ordinary character. Before anything else it is one itself. @param {InlineState} state @param {boolean} silent */
function escaped(state, silent) {
  const { src, pos } = state;
  if (src[pos] !== "\\" || pos + 1 >= state.posMax || !ESCAPED.has(src[pos + 1])) return false;
  state.pos += 1;
  return keep(state, pos + 2, silent);
}

/** Runs of marks that are none. @param {InlineState} state @param {boolean} silent */
function literal(state, silent) {
  const { src, pos } = state;
  const mark = src[pos];
  if (mark !== "_" && mark !== "*") return false;
  let end = pos + 1;
  while (src[end] === mark) end += 1;
  const before = src[pos - 1] ?? "";
  const multiplies = WORD.test(before) && WORD.test(src[end] ?? "");
  const means = mark === "_" ? end === pos + 1 && before !== "\\" : !multiplies;
  return means ? false : keep(state, Math.min(end, state.posMax), silent);
}

/** @param {InlineState} state @param {boolean} silent */
function mention(state, silent) {
  MENTION.lastIndex = state.pos;
  const found = MENTION.exec(state.src);
  if (!found) return false;
  if (!silent) state.push("mention", "", 0).content = found[1];
  state.pos += found[0].length;
  return true;
}

/** A link that nothing was written around. @param {InlineState} state @param {boolean} silent */
function url(state, silent) {
  if (state.linkLevel > 0) return false;
  const found = linkAt(state.src, state.pos);
  if (!found) return false;
  if (!silent) {
    state.push("link_open", "a", 1).attrSet("href", found.href);
    state.push("text", "", 0).content = found.text;
    state.push("link_close", "a", -1);
  }
  state.pos += found.text.length;
  return true;
}

/** Where blocks are nested too deep, lines are what they are. @param {BlockState} state @param {number} line @param {number} end */
function deep(state, line, end) {
  if (state.level < MOST_BLOCKS) return false;
  let last = line + 1;
  while (last < end && !state.isEmpty(last) && state.sCount[last] >= state.blkIndent) last += 1;
  state.push("paragraph_open", "p", 1).map = [line, last];
  const inline = state.push("inline", "", 0);
  inline.content = state.getLines(line, last, state.blkIndent, false).trim();
  inline.children = [];
  state.push("paragraph_close", "p", -1);
  state.line = last;
  return true;
}
