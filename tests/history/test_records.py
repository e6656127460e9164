"""What was written down is what is read, whoever wrote and however it ended."""

import json
import threading
from pathlib import Path

import pytest

from tests.history.records import KINDS, Dump, Entry, Healed, History, Membership, Ok, Recorder, read
from tests.history.simulation import good_history


def test_every_kind_of_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    good = good_history()
    with Recorder(tmp_path / "one.jsonl") as recorder:
        for record in good.records:
            recorder.append(record)

    assert {type(record) for record in good.records} == set(KINDS)
    assert read([tmp_path / "one.jsonl"]).records == good.records


def test_files_of_several_processes_are_merged_by_time(tmp_path: Path) -> None:
    for name, times in {"a": (1.0, 4.0), "b": (2.0, 3.0)}.items():
        with Recorder(tmp_path / name) as recorder:
            for t in times:
                recorder.append(Ok(t=t, op=f"{name}{t}", seq=1))

    assert [ok.op for ok in read([tmp_path / "a", tmp_path / "b"]).all(Ok)] == ["a1.0", "b2.0", "b3.0", "a4.0"]


def test_a_line_is_in_the_file_once_append_returns(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "one.jsonl")
    recorder.append(Membership(t=1.0, conversation="c", user="u", from_seq=1, until_seq=None))

    line = json.loads((tmp_path / "one.jsonl").read_text())
    assert line == {"type": "membership", "t": 1.0, "conversation": "c", "user": "u", "from_seq": 1, "until_seq": None}
    recorder.close()


def test_threads_do_not_tear_each_others_lines(tmp_path: Path) -> None:
    with Recorder(tmp_path / "one.jsonl") as recorder:

        def write() -> None:
            for seq in range(200):
                recorder.append(Ok(op="x" * 500, seq=seq))

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(read([tmp_path / "one.jsonl"]).all(Ok)) == 800


def test_the_torn_last_line_of_a_killed_process_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"type":"healed","t":1.5}\n{"type":"ok","t":2.0,"o')
    assert read([path]).records == [Healed(t=1.5)]


@pytest.mark.parametrize(
    "line",
    ['{"type":"ok","t":1.0,"op":"o"}', '{"type":"ok","op":"o","seq":1}', '{"type":"given_up","t":1.0,"op":"o"}', "{", "7"],
)  # fmt: skip
def test_what_is_no_record_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(f'{{"type":"healed","t":1.5}}\n{line}\n')
    with pytest.raises(ValueError, match=r"one\.jsonl:2"):
        read([path])


def test_a_dump_holds_entries(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text('{"type":"dump","t":1.0,"conversation":"c","entries":[[1,"id","ada","h"]]}\n')
    assert read([path]).all(Dump)[0].entries == (Entry(seq=1, client_id="id", sender="ada", hash="h"),)


def test_an_empty_history_begins_and_ends() -> None:
    assert History([]).begins == History([]).ends == 0.0
