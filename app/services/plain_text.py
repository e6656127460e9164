"""A message's text where only text can be shown, without its marks: the rules of ``static/js/views/markdown.js``.

markdown-it reads it, as in the browser. The cases that both must agree on stand in ``tests/wire/plain_texts.json``.
"""

import re
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from app.domain.mentions import with_names

MOST_READ = 600
MOST_SHOWN = 300
MOST_BLOCKS = 8
"""Quotes in quotes and lists in lists, before the rest is taken as text."""
ESCAPED = "*~`[]>"
SPACED = frozenset({"list_item_open", "blockquote_open"})
_CUT_MENTION = re.compile(r"@(?:\[[0-9A-Za-z]{0,22})?\Z")
_MARKED = re.compile(
    r"[*_~`\[\]\\@]|https?://|^[ \t]*(?:>|[-+][ \t]|[0-9]{1,9}[.)][ \t])", re.IGNORECASE | re.MULTILINE
)
_STOP = re.compile(r"[*_~`\[\]\\@]|https?://", re.IGNORECASE)
_WORD = re.compile(r"[0-9A-Za-z]")
_MENTION = re.compile(r"@\[([0-9A-Za-z]{22})\]")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\u2018\u2019\u201c\u201d]+", re.IGNORECASE)
_SAFE = re.compile(r"https?://[^/?#@\s]+(?:[/?#]|\Z)", re.IGNORECASE)


def plain_line(body: str, name_of: Callable[[str], str]) -> str:
    """The beginning of ``body`` on one line, without marks, with ``name_of(id)`` for whom it mentions."""
    start = body if len(body) <= MOST_READ else _CUT_MENTION.sub("", body[:MOST_READ])
    return " ".join(_words(start, name_of)[:MOST_SHOWN].split())


def _words(text: str, name_of: Callable[[str], str]) -> str:
    if not _MARKED.search(text):
        return text
    tokens = list(_flat(_PARSER.parse(text)))
    if not any(token.type == "mention" or token.content.strip() for token in tokens):
        return text  # nothing but marks: somebody means these
    return "".join(_said(token, name_of) for token in tokens)


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        else:
            yield token


def _said(token: Token, name_of: Callable[[str], str]) -> str:
    if token.type == "mention":
        return "@" + name_of(token.content)
    if token.type == "fence":
        return f" {with_names(_block(token), name_of)} "
    if token.type == "code_inline":
        return with_names(token.content, name_of)
    if token.type in SPACED or token.type == "paragraph_close":
        return " "
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


def _block(token: Token) -> str:
    """Who ends a fence behind the last line's text, or writes on its first line, means a block, too."""
    ending = token.content.rstrip()
    if not ending.endswith(token.markup):
        return token.content
    inner = ending[: -len(token.markup)]
    named = re.fullmatch(r"[a-z0-9+#-]{0,12}", token.info.strip().lower())
    return inner if named else f"{token.info}\n{inner}"


def _keep(state: StateInline, end: int, silent: bool) -> bool:
    if not silent:
        state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _plain(state: StateInline, silent: bool) -> bool:
    """Text up to the next mark or link."""
    found = _STOP.search(state.src, state.pos)
    end = min(found.start() if found else state.posMax, state.posMax)
    return end != state.pos and _keep(state, end, silent)


def _escaped(state: StateInline, silent: bool) -> bool:
    """A backslash makes a mark an ordinary character. Before anything else it is one itself."""
    at = state.pos + 1
    if state.src[state.pos] != "\\" or at >= state.posMax or state.src[at] not in ESCAPED:
        return False
    state.pos = at
    return _keep(state, at + 1, silent)


def _literal(state: StateInline, silent: bool) -> bool:
    """Runs of marks that are none."""
    src, pos = state.src, state.pos
    mark = src[pos]
    if mark not in "_*":
        return False
    end = pos + 1
    while src[end : end + 1] == mark:
        end += 1
    before = src[pos - 1 : pos] if pos else ""
    multiplies = bool(_WORD.match(before) and _WORD.match(src[end : end + 1]))
    means = end == pos + 1 and before != "\\" if mark == "_" else not multiplies
    return not means and _keep(state, min(end, state.posMax), silent)


def _mention(state: StateInline, silent: bool) -> bool:
    found = _MENTION.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("mention", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _address(state: StateInline, silent: bool) -> bool:
    """A link that nothing was written around: the marks in it are none."""
    found = _ADDRESS.match(state.src, state.pos)
    if state.linkLevel > 0 or not found or re.match(r"\w", state.src[max(0, state.pos - 1) : state.pos]):
        return False
    # In "[https://a.example](https://b.example)" the first ends where the second begins.
    shown = re.sub(r"[.,;:!?*_~…)\]}]+\Z", "", found[0].split("](")[0])
    return bool(_SAFE.match(shown)) and _keep(state, state.pos + len(shown), silent)


def _deep(state: StateBlock, line: int, end: int, _silent: bool) -> bool:
    """Where blocks are nested too deep, lines are what they are."""
    if state.level < MOST_BLOCKS:
        return False
    last = line + 1
    while last < end and not state.isEmpty(last) and state.sCount[last] >= state.blkIndent:
        last += 1
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(line, last, state.blkIndent, False).strip()
    inline.children = []
    state.push("paragraph_close", "p", -1)
    state.line = last
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero")
    parser.enable(["fence", "blockquote", "list", "backticks", "strikethrough", "emphasis", "link"])
    parser.enable(["balance_pairs", "fragments_join"])
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: bool(_SAFE.match(url))  # type: ignore[method-assign]
    parser.inline.ruler.at("text", _plain)
    parser.inline.ruler.before("backticks", "escaped", _escaped)
    parser.inline.ruler.before("emphasis", "literal", _literal)
    parser.inline.ruler.before("link", "mention", _mention)
    parser.inline.ruler.before("link", "address", _address)
    parser.block.ruler.before("fence", "deep", _deep)
    # At a line without its own mark, a quote has ended, and an item where the line is not indented as it is.
    parser.block.ruler.before("paragraph", "quote_end", lambda _s, _l, _e, silent: silent, {"alt": ["blockquote"]})
    parser.block.ruler.before(
        "paragraph",
        "item_end",
        lambda state, line, _e, silent: silent and state.sCount[line] < state.blkIndent,
        {"alt": ["paragraph"]},
    )
    return parser


_PARSER = _parser()
