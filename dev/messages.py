"""The catalogues of translations/, from the code and for it: ``make messages`` (docs/translating.md).

Reads the texts out of templates, Python and JavaScript, brings each ``.po`` up to date, and writes what runs: the ``.mo``
beside it and ``static/js/catalogues/<language>.js``. All of it is committed; the same texts always make the same files.
"""

import ast
import gettext
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "translations"
BROWSER = ROOT / "static" / "js" / "catalogues"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "say": (2,),
    "say_many": (2, 3),
    "t": None,
    "n": (1, 2),
}
# Whole sentences in these are what a refusal says: they cross the wire in English, and are translated where they are shown.
REFUSING = ("app/domain", "app/services", "app/realtime", "app/sequencing", "app/blueprints")
PROGRAMS_ONLY = ("app/blueprints/api/openapi.py", "app/services/audit.py", "app/services/vapid.py")
# The fields and reasons of which such sentences are made: "The name is needed."
MADE = (
    "The name {reason}.",
    "The about {reason}.",
    "The handle {reason}.",
    "That name {reason}.",
    "That title {reason}.",
)
MADE_ALSO = ("That description {reason}.", "That is not valid.", "Deleted account", "That is not valid: {details}.")
REASONS = ("is needed", "is reserved", "is empty", "is not valid Unicode", "holds text-direction overrides")
REASONS_ALSO = (
    "has at most {limit} characters",
    "has 3 to 30 letters (a to z), digits or _",
    "needs a letter, so that it is not taken for a telephone number",
)
SENTENCE = re.compile(r"[A-Z“{][^\n]*[a-z” ][^\n]*\.")
JS_SENTENCE = re.compile(r"""(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\\n]|\\.)*)`)""")
JS_CALL = re.compile(r"""(?<![\w.$])t\(\s*"([^"\\]+)\"""")
JS_STRUCTURE = re.compile(r"const LISTS = \{(.*?)\n\};", re.S)

Text = str | tuple[str, ...]


def found() -> tuple[set[Text], set[Text]]:
    """Every text of the code: of the pages, and of the browser's scripts."""
    with open(ROOT / "babel.cfg") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    pages: set[Text] = set()
    scripts: set[Text] = set()
    for name, _, text, _, _ in extract_from_dir(ROOT, methods, options, KEYWORDS):
        (scripts if name.startswith("static/") else pages).add(text)
    for path in (ROOT / "static" / "js").rglob("*.js"):
        if "vendor" not in path.parts and path.parent != BROWSER:
            scripts.update(JS_CALL.findall(path.read_text()))  # also those within another call, which Babel passes over
    refused = set(_refusals())
    return pages | refused, scripts | refused | set(_emoji())


def _refusals() -> Iterator[str]:
    for folder in REFUSING:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if str(path.relative_to(ROOT)) not in PROGRAMS_ONLY:
                yield from _sentences(ast.parse(path.read_text()))
    for folder in ("net", "state"):
        for path in sorted((ROOT / "static" / "js" / folder).glob("*.js")):
            code = re.sub(r"/\*.*?\*/|(?:^|\s)//[^\n]*", "", path.read_text(), flags=re.S | re.M)
            for plain, made in JS_SENTENCE.findall(code):
                text = plain or re.sub(r"\$\{[^}]*\}", "{count}", made)
                if SENTENCE.fullmatch(text):
                    yield text
    yield from (*MADE, *MADE_ALSO, *REASONS, *REASONS_ALSO)


def _sentences(tree: ast.AST) -> Iterator[str]:
    """The sentences among a module's strings, but for its docstrings."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        if id(node) in said or id(node) in inside:
            continue
        text = (
            node.value if isinstance(node, ast.Constant) else _joined(node) if isinstance(node, ast.JoinedStr) else None
        )
        if (
            isinstance(text, str)
            and SENTENCE.fullmatch(text)
            and not re.fullmatch(r"(?:The|That) \{?\w+\}? ?\w* ?\{\w+\}\.", text)
        ):
            yield text


def _joined(node: ast.JoinedStr) -> str:
    """An f-string with its places by name: ``{MOST_PINS}`` and ``{MOST:,}`` become ``{most_pins}`` and ``{most}``."""
    pieces = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append(str(part.value))
        else:
            names = [name.id for name in ast.walk(part) if isinstance(name, ast.Name)]
            pieces.append("{" + (names[-1].lower() if names else "value") + "}")
    return "".join(pieces)


def _emoji() -> Iterator[str]:
    """The names of the emoji and of their groups."""
    lists = JS_STRUCTURE.search((ROOT / "static" / "js" / "views" / "emoji.js").read_text())
    for name, line in re.findall(r'^  "?([\w ]+)"?:\s+`([^`]*)`', lists[1] if lists else "", re.M):
        yield name
        yield from (one.split(" ", 1)[1] for one in line.split("|"))


def languages() -> list[str]:
    """The codes of the languages in translations/."""
    return sorted(path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def po_path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    with open(po_path(language), "rb") as file:
        return read_po(file, locale=language)


def brought_up_to_date(language: str, texts: set[Text]) -> Catalog:
    """The catalogue with all of ``texts`` and nothing else; what is new is not translated yet."""
    old = read(language) if po_path(language).exists() else Catalog(locale=language)
    new = Catalog(
        locale=language,
        project="Chatter",
        fuzzy=False,
        header_comment="# Chatter in another language: docs/translating.md",
    )
    for text in sorted(texts, key=str):
        before = old.get(text if isinstance(text, str) else text[0])
        kept = before.string if before and isinstance(before.id, tuple) == isinstance(text, tuple) else None
        new.add(text, kept, flags=(before.flags - {"python-format", "python-brace-format"}) if before else ())
    return new


def write(language: str, catalog: Catalog, scripts: set[Text]) -> None:
    """The three files of a language."""
    po_path(language).parent.mkdir(parents=True, exist_ok=True)
    header = [pair for pair in catalog.mime_headers if pair[0] in HEADERS]
    with open(po_path(language), "wb") as file:
        write_po(file, catalog, width=120, omit_header=True, sort_output=True)
    body = po_path(language).read_text()
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in header)
    po_path(language).write_text(
        f'# Chatter in {Locale.parse(language).english_name}: see docs/translating.md.\nmsgid ""\nmsgstr ""\n{lines}\n{body}'
    )
    with open(po_path(language).with_suffix(".mo"), "wb") as file:
        compiled = read(language)
        compiled.creation_date = compiled.revision_date = ALWAYS
        write_mo(file, compiled)
    BROWSER.mkdir(exist_ok=True)
    (BROWSER / f"{language}.js").write_text(for_the_browser(language, catalog, scripts))


ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)  # the same texts make the same file
HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


def for_the_browser(language: str, catalog: Catalog, scripts: set[Text]) -> str:
    """A classic script with the texts that the scripts say; plurals by the categories that the browser knows."""
    texts: dict[str, str | dict[str, str]] = {}
    for text in sorted(scripts, key=str):
        message = catalog.get(text if isinstance(text, str) else text[0])
        if message is None or not message.string or not all(message.string):
            continue
        key = text if isinstance(text, str) else text[0]
        texts[key] = (
            message.string if isinstance(message.string, str) else by_category(language, catalog, message.string)
        )
    return f"globalThis.chatterCatalogue = {orjson.dumps(texts, option=orjson.OPT_INDENT_2).decode()};\n"


def by_category(language: str, catalog: Catalog, forms: Sequence[str]) -> dict[str, str]:
    """gettext numbers its plural forms; Intl.PluralRules names them."""
    index, category = gettext.c2py(catalog.plural_expr), Locale.parse(language).plural_form
    return {category(count): forms[index(count)] for count in range(1_000, -1, -1)}


def said(message: Message) -> bool:
    """Is it translated, in all its forms?"""
    return bool(message.string and all(message.string))


def main() -> None:
    pages, scripts = found()
    for language in sys.argv[1:] or languages():
        catalog = brought_up_to_date(language, pages | scripts)
        write(language, catalog, scripts)
        missing = sum(not said(message) for message in catalog if message.id)
        print(f"{language}: {len(catalog)} texts, {missing} not translated")


if __name__ == "__main__":
    main()
