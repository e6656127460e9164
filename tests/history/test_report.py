"""The report says what happened, needs nothing from elsewhere, and is not fooled by what is in it."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from tests.history.damage import GOOD, LIMITS
from tests.history.invariants import check
from tests.history.records import Bite, Dump, Fault, Healed, History, Ok
from tests.history.report import as_html, as_markdown, as_text
from tests.history.simulation import good_history
from tests.history.timeline import Axis, intervals, timeline


def damaged() -> History:
    return History([replace(r, entries=r.entries[:-20]) if isinstance(r, Dump) else r for r in GOOD.records])


RESULTS = [
    ("worker killed", GOOD, check(GOOD, LIMITS)),
    ("tail | cut", damaged(), check(damaged(), LIMITS)),
    ("too short", GOOD, check(GOOD)),
]


def test_the_text_has_a_line_for_each_run_and_tells_the_first_violations() -> None:
    lines = as_text(RESULTS).splitlines()

    assert re.match(r"Fault +Acknowledged +Delivered +Retries +Time to heal +Violations +Verdict", lines[0])
    good = RESULTS[0][2]
    assert re.fullmatch(
        rf"worker killed +{good.acknowledged} +{good.applied} +{good.retries} +\d\.\d s +0 +passed", lines[2]
    )
    assert lines[3].endswith("failed") and lines[4].endswith("unproven")
    assert sum(line.startswith("tail | cut: I") for line in lines) == 5
    assert any(re.fullmatch(r"tail \| cut: and \d+ more", line) for line in lines)
    assert lines[-1] == f"too short: P2 {good.acknowledged} messages were acknowledged, 1000 are needed"


def test_the_markdown_table_keeps_its_columns() -> None:
    lines = as_markdown(RESULTS).splitlines()
    assert len(lines) == 2 + len(RESULTS)
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {8}


def test_the_page_is_well_formed_and_needs_nothing_else() -> None:
    page = as_html(RESULTS)

    assert not re.search(r"(src|href)=\"(?!#)|url\(|@import|<script", page)
    open_tags: list[str] = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in ("meta",):
                open_tags.append(tag)

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            pass

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Balanced().feed(page)
    assert open_tags == []
    assert page.count("<svg") == len(RESULTS) and "prefers-color-scheme: dark" in page


def test_names_and_details_are_text_and_not_markup() -> None:
    evil = "<script>alert('&\")</script>"
    records = [replace(r, name=evil, detail=evil) if isinstance(r, Fault | Bite) else r for r in damaged().records]
    history = History(records)
    page = as_html([(evil, history, check(history, LIMITS))], title=evil)
    assert "<script" not in page and "&lt;script&gt;" in page


def test_the_timeline_is_xml_with_the_band_the_bite_and_the_answers() -> None:
    root = ElementTree.fromstring(timeline("a & b", GOOD))
    classes = [element.get("class") for element in root.iter()]
    for expected in ("band", "healed", "bite", "line acknowledged", "line delivered", "tick info", "tick fail"):
        assert expected in classes


def test_rates_add_up_to_what_happened() -> None:
    long = good_history(rounds=900)
    axis = Axis(long)
    rates = axis.rates(long.all(Ok))
    assert len(rates) == axis.bins <= 240
    assert sum(rate * axis.width_s(at) for at, rate in enumerate(rates)) == pytest.approx(len(long.all(Ok)))


def test_a_fault_lasts_until_the_next_healing() -> None:
    def fault(t: float, name: str) -> Fault:
        return Fault(t=t, name=name, detail="")

    history = History([fault(1, "a"), fault(2, "b"), Healed(t=3), Healed(t=4), fault(5, "a"), Ok(t=9, op="o", seq=1)])
    assert intervals(history) == [(1, 3, ["a", "b"]), (5, 9, ["a"])]


def test_an_empty_run_has_a_page() -> None:
    empty = History([])
    assert "unproven" in as_html([("nothing", empty, check(empty))])
