"""Requests to addresses that a user chose: to the public Internet alone, and never further than asked.

The name is resolved once, and the connection goes to the very address that was looked at, so a name that changes its
mind in between leads nowhere else. No proxies, no redirects, no body read that has no end.
"""

import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import certifi
import gevent
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError

CONNECT_S = 5.0
READ_S = 10.0
WHOLE_S = 15.0
POOLS = 50
CONNECTIONS_EACH = 8
BODY_BYTES = 4_096
URL_CHARACTERS = 1_024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotReached(Exception):
    """There was no answer; the message says why, for a log."""


class Answered:
    """A status, and the headers that came with it."""

    __slots__ = ("headers", "status")

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        self.headers = headers


def is_public(address: str) -> bool:
    """Is this (an IP address) a place on the public Internet, whatever it is wrapped in?"""
    return _is_public(ipaddress.ip_address(address.partition("%")[0]))


def _is_public(ip: Address) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return _is_public(inner)
        if ip.teredo is not None or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def may_ask(url: str, *, loopback: bool) -> bool:
    """Could ``url`` be asked at all? An https address of a host that is not written as a private one.

    ``loopback``: this machine, too, and there without TLS. What the name leads to is looked at when it is asked.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if len(url) > URL_CHARACTERS or not url.isascii() or not host or parts.username or parts.password or parts.fragment:
        return False
    if any(character <= " " or character in '"\\' for character in url):
        return False
    if loopback and host in ("localhost", "127.0.0.1"):
        return parts.scheme in ("http", "https")
    try:
        return parts.scheme == "https" and is_public(host)
    except ValueError:
        return parts.scheme == "https" and "." in host.strip(".") and not host.endswith((".local", ".internal"))


class Outgoing:
    """Asks. ``loopback``: this machine may be asked, too, which is for tests."""

    def __init__(self, *, loopback: bool = False) -> None:
        self._loopback = loopback
        self._pools = PoolManager(POOLS, maxsize=CONNECTIONS_EACH, block=False, ca_certs=certifi.where())
        self._pools.pool_classes_by_scheme = _pools_for(loopback)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Post, and answer what came back; its body is dropped. Raises NotReached, within seconds in any case."""
        if not may_ask(url, loopback=self._loopback):
            raise NotReached("not an address to be asked")
        try:
            with gevent.Timeout(WHOLE_S, NotReached("too slow")):
                response = self._pools.request(
                    "POST",
                    url,
                    body=body,
                    headers=dict(headers),
                    timeout=Timeout(connect=CONNECT_S, read=READ_S),
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                try:
                    response.read(BODY_BYTES)
                finally:
                    response.close()
                return Answered(response.status, response.headers)
        except (HTTPError, OSError, ValueError) as error:
            raise NotReached(type(error).__name__) from error


def _pools_for(loopback: bool) -> dict[str, type[HTTPConnectionPool]]:
    """The pools by scheme, whose connections go only where they may."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, self._dns_host, loopback)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, self._dns_host, loopback)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connect(connection: HTTPConnection, host: str, loopback: bool) -> socket.socket:
    """A connection to the first address of ``host`` that takes one; only where all of its addresses are allowed."""
    try:
        found = socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NewConnectionError(connection, "no such host") from error
    if not all(_allowed(str(where[0]), loopback) for *_, where in found):
        raise NewConnectionError(connection, "a private address")
    failure: OSError | None = None
    for family, kind, protocol, _, where in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(CONNECT_S)
            sock.connect(where)
        except OSError as error:
            sock.close()
            failure = error
            continue
        return sock
    raise NewConnectionError(connection, "nobody there") from failure


def _allowed(address: str, loopback: bool) -> bool:
    return is_public(address) or (loopback and ipaddress.ip_address(address.partition("%")[0]).is_loopback)
