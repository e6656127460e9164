"""The sockets this process hosts and who is behind each."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Connection:
    """One socket. ``in_flight`` counts its commands that were not answered yet."""

    socket: str
    user: str
    device: str
    visible: bool = True
    is_open: bool = True
    in_flight: int = 0
    since: float = field(default_factory=time.time)


class Connections:
    """Keyed by socket id."""

    def __init__(self) -> None:
        self._by_socket: dict[str, Connection] = {}

    def add(self, connection: Connection) -> None:
        self._by_socket[connection.socket] = connection

    def remove(self, socket: str) -> Connection | None:
        connection = self._by_socket.pop(socket, None)
        if connection is not None:
            connection.is_open = False
        return connection

    def get(self, socket: str) -> Connection | None:
        return self._by_socket.get(socket)

    def all(self) -> list[Connection]:
        return list(self._by_socket.values())

    def of_devices(self, devices: Iterable[str]) -> list[Connection]:
        wanted = set(devices)
        return [connection for connection in self._by_socket.values() if connection.device in wanted]

    def __len__(self) -> int:
        return len(self._by_socket)
