"""A load balancer of the plainest kind: it forwards TCP to the first of its servers that takes the connection."""

import contextlib
import socket
import threading
from collections.abc import Collection, Sequence
from typing import Any

CHUNK_BYTES = 64 * 1024
CONNECT_WITHIN_S = 2.0


class Balancer:
    """Listens on a free port of this machine. Servers are tried in the order given; ``used`` notes the ports in turn.

    Its address is known before any server runs, so that servers can be told of it.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ports: Sequence[int] = ()
        self._open: set[socket.socket] = set()
        self._muted: set[socket.socket] = set()
        self.used: list[int] = []
        self.url = f"http://localhost:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def forward_to(self, *ports: int) -> None:
        """From now on connections go to these ports of this machine, the first that answers."""
        self._ports = ports

    def mute(self) -> None:
        """What the servers say on the connections that stand now is lost; what clients say still arrives."""
        self._muted |= self._open

    def __enter__(self) -> "Balancer":
        return self

    def __exit__(self, *_: Any) -> None:
        self._listener.close()
        for end in list(self._open):
            _close(end)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = self._connect()
        if server is None:
            _close(client)
            return
        self._open |= {client, server}
        back = threading.Thread(target=_pump, args=(server, client, self._muted), daemon=True)
        back.start()
        _pump(client, server)
        back.join()
        self._open -= {client, server}

    def _connect(self) -> socket.socket | None:
        for port in self._ports:
            with contextlib.suppress(OSError):
                server = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_WITHIN_S)
                server.settimeout(None)
                self.used.append(port)
                return server
        return None


def _pump(source: socket.socket, target: socket.socket, muted: Collection[socket.socket] = ()) -> None:
    """Copy until either end closes; then both do, as a balancer tells each side of the other's end."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(CHUNK_BYTES):
            if source not in muted:
                target.sendall(chunk)
    _close(source)
    _close(target)


def _close(end: socket.socket) -> None:
    # Closing alone would not wake a thread that waits in recv.
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
