/** A text as nodes: its marks are elements, its mentions chips, and everything else is text. */
/** @import { ChatApi } from "../types.d.ts" */
/** @import { Mark, Piece } from "./markdown.js" */
import { t } from "../domain/locale.js";
import { highlight } from "./highlighting.js";
import { parse } from "./markdown.js";
import { messageText } from "./plain_text.js";

/** @typedef {Pick<ChatApi, "userName"> & { me: { id: string } }} Names */

/** @type {Record<Exclude<Mark, "link">, keyof HTMLElementTagNameMap>} */
const ELEMENTS = {
  strong: "strong",
  em: "em",
  s: "s",
  quote: "blockquote",
  bullets: "ul",
  numbers: "ol",
  item: "li",
};

/**
 * The nodes of a text.
 * @param {string} body
 * @param {Names} names
 */
export function richText(body, names) {
  const root = document.createDocumentFragment();
  /** @type {Node[]} */
  const open = [root];
  for (const piece of parse(body)) {
    if (piece.type === "close") {
      const closed = open.pop();
      if (closed instanceof HTMLAnchorElement) unmask(closed);
      continue;
    }
    const node = nodeOf(piece, names);
    open.at(-1)?.appendChild(node);
    if (piece.type === "open") open.push(node);
  }
  return root;
}

/** @param {Exclude<Piece, { type: "close" }>} piece @param {Names} names @returns {Node} */
function nodeOf(piece, names) {
  if (piece.type === "text") return document.createTextNode(piece.text);
  if (piece.type === "mention") return chip(piece.user, names);
  if (piece.type === "code") return element("code", messageText(piece.text, names));
  if (piece.type === "block") return codeBlock(piece.text, piece.language, names);
  if (piece.mark === "link") return link(piece.href ?? "");
  const marked = element(ELEMENTS[piece.mark]);
  if (marked instanceof HTMLOListElement && piece.start !== undefined) marked.start = piece.start;
  return marked;
}

/** @param {keyof HTMLElementTagNameMap} name @param {string} [text] */
function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** @param {string} user @param {Names} names */
function chip(user, names) {
  const made = element("span", `@${names.userName(user, t("someone"))}`);
  made.className = "mention";
  made.dir = "auto";
  if (user === names.me.id) made.dataset.me = "";
  return made;
}

/** @param {string} text @param {string} language @param {Names} names */
function codeBlock(text, language, names) {
  const block = element("pre");
  const code = element("code", messageText(text, names));
  // What is cut off on a narrow screen is reached by keyboard, too.
  block.tabIndex = 0;
  block.setAttribute("role", "region");
  block.setAttribute("aria-label", language ? `${t("Code")}, ${language}` : t("Code"));
  block.append(code);
  highlight(code, language);
  return block;
}

/** @param {string} href */
function link(href) {
  const made = document.createElement("a");
  made.href = href;
  made.rel = "noopener nofollow noreferrer";
  made.target = "_blank";
  made.title = href;
  return made;
}

/** Words that look like an address and lead to another do not get to: the address itself is shown. @param {HTMLAnchorElement} made */
function unmask(made) {
  const shown = made.textContent.trim();
  if (!/^(?:https?:\/\/|www\.)|^[\w-]+(?:\.[\w-]+)+(?:[/:?#]|$)/iu.test(shown)) return;
  const address = /^https?:\/\//iu.test(shown) ? shown : `https://${shown}`;
  if (!URL.canParse(address) || new URL(address).host !== new URL(made.href).host) made.textContent = made.href;
}
