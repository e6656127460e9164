"""The golden frames are what the server takes and says. ``tests/js/net/protocol.test.js`` reads the same files."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from app.blueprints.api.answers import ContactView, ConversationView, EntryPage
from app.domain import errors
from app.domain.commands import COMMANDS, FactName
from app.domain.entries import Entry, EntryKind, Receipt
from app.domain.errors import Invalid
from app.domain.folds import Fold, Reaction, View
from app.domain.text import clean_body
from app.realtime.acks import accepted, refused

HERE = Path(__file__).parent
COMMAND_FRAMES: dict[str, list[Any]] = json.loads((HERE / "commands.json").read_text("utf-8"))
ACK_FRAMES: dict[str, list[Any]] = json.loads((HERE / "acknowledgements.json").read_text("utf-8"))
FACT_FRAMES: dict[str, list[Any]] = json.loads((HERE / "facts.json").read_text("utf-8"))


FOLDED = ("rev", "edited_at", "deleted_at", "deleted_by", "reactions")


def entry_of(wire: dict[str, Any]) -> Entry:
    plain = {name: value for name, value in wire.items() if name not in FOLDED}
    return Entry(conversation="0kV8Zr3sT1uYb2cXd4eWf5", **plain, fold=_fold_of(wire) if "rev" in wire else None)


def _fold_of(wire: dict[str, Any]) -> Fold:
    parts = {name: wire[name] for name in FOLDED[:-1] if name in wire}
    reactions = tuple(Reaction(one["user"], one["emoji"], wire["rev"]) for one in wire.get("reactions", ()))
    return Fold(View(wire["body"], **parts, reactions=reactions), wire["body"])


@pytest.mark.parametrize("frame", COMMAND_FRAMES["accepted"], ids=lambda frame: frame["name"])
def test_a_golden_command_is_taken_as_it_is(frame: dict[str, Any]) -> None:
    command = COMMANDS[frame["name"]].parse(frame["payload"])
    for field, value in frame["payload"].items():
        assert getattr(command, field) == value


def test_there_is_a_golden_frame_for_every_command() -> None:
    assert {frame["name"] for frame in COMMAND_FRAMES["accepted"]} == set(COMMANDS)
    assert {frame["command"] for frame in ACK_FRAMES["accepted"]} == set(COMMANDS)


@pytest.mark.parametrize("frame", COMMAND_FRAMES["refused"], ids=lambda frame: frame["why"])
def test_a_command_that_breaks_the_contract_is_refused_as_invalid(frame: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        COMMANDS[frame["name"]].parse(frame["payload"])


@pytest.mark.parametrize("body", COMMAND_FRAMES["bodies"], ids=lambda body: repr(body["stored"]))
def test_a_body_is_stored_as_the_browser_shows_it_before(body: dict[str, str]) -> None:
    if body["stored"] == "":
        with pytest.raises(ValueError):
            clean_body(body["typed"])
    else:
        assert clean_body(body["typed"]) == body["stored"]


def test_a_receipt_makes_the_golden_acknowledgement() -> None:
    golden = next(frame["ack"] for frame in ACK_FRAMES["accepted"] if frame["command"] == "post")
    receipt = Receipt(**{name: value for name, value in golden.items() if name != "ok"})
    assert accepted(receipt.to_wire()) == golden


@pytest.mark.parametrize("frame", ACK_FRAMES["refused"], ids=lambda frame: frame["error"])
def test_a_refusal_makes_the_golden_acknowledgement(frame: dict[str, Any]) -> None:
    error = getattr(errors, frame["error"])(retry_after=frame.get("retry_after"), **frame.get("details", {}))
    assert refused(error) == frame["ack"]


def test_a_synced_page_has_the_golden_shape() -> None:
    for frame in ACK_FRAMES["accepted"]:
        if frame["command"] == "sync":
            EntryPage.model_validate({name: value for name, value in frame["ack"].items() if name != "ok"})


def test_there_is_a_golden_frame_for_every_fact_and_none_besides() -> None:
    assert {frame["name"] for frame in FACT_FRAMES["facts"]} == set(get_args(FactName))


def test_entries_go_out_as_the_golden_frames_show_them() -> None:
    shown = [
        entry for frame in FACT_FRAMES["facts"] if frame["name"] == "entries" for entry in frame["payload"]["entries"]
    ]
    assert {entry["kind"] for entry in shown} == set(get_args(EntryKind))
    for wire in shown:
        assert entry_of(wire).to_wire() == wire


def test_a_withheld_entry_keeps_its_number_and_loses_everything_else() -> None:
    wire = next(
        entry
        for frame in FACT_FRAMES["facts"]
        if frame["name"] == "entries"
        for entry in frame["payload"]["entries"]
        if entry["kind"] == "withheld"
    )
    secret = {**wire, "kind": "text", "sender": "7mQ2Zr3sT1uYb2cXd4eWf5", "client_id": "x", "body": "secret"}
    entry = Entry(conversation="0kV8Zr3sT1uYb2cXd4eWf5", hidden_from=("reader",), **secret)
    assert entry.seen_by("reader") == wire
    assert entry.seen_by("another") == secret


def test_conversations_and_contacts_have_the_golden_shape() -> None:
    for frame in FACT_FRAMES["facts"]:
        if frame["name"] == "conversation_added":
            ConversationView.model_validate(frame["payload"]["conversation"])
        elif frame["name"] in ("contact_added", "contact_changed"):
            ContactView.model_validate(frame["payload"]["contact"])
