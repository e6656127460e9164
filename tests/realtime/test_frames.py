"""A client's frames are taken apart the same way in however many pieces they come."""

import os
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsaccel.xormask import XorMaskerSimple

from app.realtime.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    NORMAL,
    PING,
    PROTOCOL_ERROR,
    TEXT,
    TOO_LARGE,
    Frames,
    WrongFrame,
    frame,
)

LIMIT = 70_000


def masked(payload: bytes, opcode: int = TEXT, *, fin: bool = True, reserved: int = 0) -> bytes:
    """A client's frame."""
    mask = os.urandom(4)
    head = bytearray(frame(payload, opcode)[: -len(payload) or None])
    head[0] = (head[0] if fin else head[0] & 0x7F) | reserved
    head[1] |= 0x80
    return bytes(head) + mask + (XorMaskerSimple(mask).process(payload) if payload else b"")


def taken(frames: Frames, pieces: Iterable[bytes]) -> list[tuple[int, bytes]]:
    return [message for piece in pieces for message in frames.take(piece)]


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places})
    return [data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)]


payloads = st.one_of(st.binary(max_size=200), st.binary(min_size=120, max_size=130), st.just(b"x" * 65_536))
messages = st.lists(st.tuples(st.sampled_from([TEXT, BINARY]), st.lists(payloads, min_size=1, max_size=3)), max_size=5)


@given(messages, st.booleans(), st.lists(st.integers(0, 300_000), max_size=8))
def test_however_it_is_cut(messages: list[tuple[int, list[bytes]]], pinged: bool, places: list[int]) -> None:
    sent, expected = b"", []
    for opcode, parts in messages:
        if sum(map(len, parts)) > LIMIT:
            continue
        for i, part in enumerate(parts):
            sent += masked(part, CONTINUATION if i else opcode, fin=i == len(parts) - 1)
            if pinged and i < len(parts) - 1:  # a control frame may stand between the parts of a message
                sent += masked(b"there?", PING)
                expected.append((PING, b"there?"))
        expected.append((opcode, b"".join(parts)))
    assert taken(Frames(LIMIT), cut(sent, places)) == expected


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(b"without a mask"), PROTOCOL_ERROR),
        (masked(b"x", reserved=0x40), PROTOCOL_ERROR),
        (masked(b"x", CONTINUATION), PROTOCOL_ERROR),
        (masked(b"x", fin=False) + masked(b"y", TEXT), PROTOCOL_ERROR),
        (masked(b"x", 3), PROTOCOL_ERROR),
        (masked(b"x", PING, fin=False), PROTOCOL_ERROR),
        (masked(b"x" * 126, CLOSE), PROTOCOL_ERROR),
        (masked(b"x" * (LIMIT + 1))[:20], TOO_LARGE),  # before any of it has come
        (masked(b"x" * LIMIT, fin=False) + masked(b"y", CONTINUATION), TOO_LARGE),
    ],
)
def test_what_is_wrong_is_refused_and_what_came_before_it_is_heard(sent: bytes, code: int) -> None:
    heard = []
    with pytest.raises(WrongFrame) as refusal:
        for message in Frames(LIMIT).take(masked(b"before") + sent):
            heard.append(message)
    assert refusal.value.code == code
    assert heard == [(TEXT, b"before")]


def test_who_stops_listening_hears_the_rest_next_time() -> None:
    frames = Frames(LIMIT)
    for message in frames.take(masked(b"one") + masked(b"two") + masked(NORMAL.to_bytes(2, "big"), CLOSE)[:3]):
        assert message == (TEXT, b"one")
        break
    assert taken(frames, [b""]) == [(TEXT, b"two")]
