"""Websocket frames (RFC 6455, 5): a server's are written, a client's taken apart as they come."""

from collections.abc import Iterator

from wsaccel.xormask import XorMaskerSimple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
NORMAL, GOING_AWAY, PROTOCOL_ERROR, NOT_UTF8, TOO_LARGE = 1000, 1001, 1002, 1007, 1009
"""Codes of close frames (RFC 6455, 7.4)."""

_FIN, _RESERVED, _OPCODE, _CONTROL, _MASKED, _LENGTH = 0x80, 0x70, 0x0F, 0x08, 0x80, 0x7F
"""Bits of a frame's first two bytes."""
_LENGTH_OF_CONTROL, _LENGTH_IN_2, _LENGTH_IN_8 = 125, 126, 127
"""The most a control frame may have; what says that the length stands in the next two, or eight, bytes."""
_MASK_BYTES = 4


class WrongFrame(ValueError):
    """The client does not keep to the protocol; ``code`` is how to close."""

    def __init__(self, detail: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(detail)
        self.code = code


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A server's frame: never masked, never fragmented."""
    first, length = _FIN | opcode, len(payload)
    if length <= _LENGTH_OF_CONTROL:
        return bytes((first, length)) + payload
    if length <= 0xFFFF:
        return bytes((first, _LENGTH_IN_2)) + length.to_bytes(2, "big") + payload
    return bytes((first, _LENGTH_IN_8)) + length.to_bytes(8, "big") + payload


class Frames:
    """What one client sent and is not whole yet. A message may have ``limit_bytes``, in however many frames."""

    __slots__ = ("_held", "_kind", "_limit_bytes", "_parts", "_size")

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._held = b""
        self._kind = CONTINUATION
        self._parts: list[bytes] | None = None
        self._size = 0

    def take(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The messages and control frames that ``data`` completes: opcode and payload. Raises ``WrongFrame``."""
        if self._held:
            data = self._held + data
        at = 0
        try:
            while (found := self._frame_at(data, at)) is not None:
                first, payload, at = found
                opcode = first & _OPCODE
                if opcode & _CONTROL:
                    yield opcode, payload
                elif (message := self._part(first, opcode, payload)) is not None:
                    yield message
        finally:
            self._held = data[at:]

    def _frame_at(self, data: bytes, at: int) -> tuple[int, bytes, int] | None:
        """The frame that begins at ``at``: its first byte, payload and end; None where it is not whole."""
        start, end = at + 2, len(data)
        if end < start:
            return None
        first, second = data[at], data[at + 1]
        length = second & _LENGTH
        if first & _RESERVED or not second & _MASKED:
            raise WrongFrame("a reserved bit, or a client's frame without a mask")
        if first & _CONTROL and (length > _LENGTH_OF_CONTROL or not first & _FIN):
            raise WrongFrame("a control frame that is long or in pieces")
        if length > _LENGTH_OF_CONTROL:
            longer = 2 if length == _LENGTH_IN_2 else 8
            if end < start + longer:
                return None
            length = int.from_bytes(data[start : start + longer], "big")
            start += longer
        if not first & _CONTROL and self._size + length > self._limit_bytes:
            raise WrongFrame("a message is too large", TOO_LARGE)
        body = start + _MASK_BYTES
        if end < body + length:
            return None
        payload = XorMaskerSimple(data[start:body]).process(data[body : body + length]) if length else b""
        return first, payload, body + length

    def _part(self, first: int, opcode: int, payload: bytes) -> tuple[int, bytes] | None:
        """The message that this frame completes."""
        if (opcode != CONTINUATION) == bool(self._kind) or opcode > BINARY:
            raise WrongFrame("a frame that does not continue what was begun")
        if first & _FIN and not self._kind:
            return opcode, payload
        self._kind = self._kind or opcode
        if payload:  # any number of empty frames must cost nothing
            self._size += len(payload)
            self._parts = self._parts or []
            self._parts.append(payload)
        if not first & _FIN:
            return None
        whole = self._kind, b"".join(self._parts or ())
        self._kind, self._parts, self._size = CONTINUATION, None, 0
        return whole
