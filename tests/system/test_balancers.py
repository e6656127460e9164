"""Two servers behind nginx and HAProxy, with the configurations of ops/."""

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import requests
from redis import Redis

from dev.embedded import free_port
from tests.balancers import RealBalancer
from tests.installation import Installation, Web
from tests.system.conftest import Client, Person, wait_until

Make = Callable[[str], Person]
Group = Callable[..., str]
TRIES = 40


def start(installation: Installation, balancers: int, **settings: str) -> tuple[list[int], list[Web]]:
    """Ports for balancers, and two servers that believe one."""
    ports = [free_port() for _ in range(balancers)]
    origins = ",".join(f"http://localhost:{port}" for port in ports)
    behind = {"TRUSTED_PROXIES": "1", "EMBEDDED_COMMITTER": "false", "ALLOWED_ORIGINS": origins}
    installation.worker()
    servers = [installation.web(wait=False, **behind | settings) for _ in range(2)]
    for web in servers:
        web.wait_until_ready()
    return ports, servers


def served(web: Web) -> int:
    """How many sockets this server has opened."""
    return web.log.read_text().count("socket_connected")


def clients_on_both(person: Person, url: str, servers: list[Web], *transports: str) -> list[Client]:
    """Sockets of the person through a balancer, until each server has one of them; answers one on each."""
    found: dict[int, Client] = {}
    for _ in range(TRIES):
        before = [served(web) for web in servers]
        client = person.client(url, *transports)
        found.setdefault(_moved(servers, before), client)
        if len(found) == len(servers):
            return [found[n] for n in sorted(found)]
    raise AssertionError(f"all of {TRIES} sockets went to one server")


def _moved(servers: list[Web], before: list[int]) -> int:
    """Which server has opened a socket since; waits until one has."""
    wait_until(lambda: [served(web) for web in servers] != before)
    return next(n for n, (web, old) in enumerate(zip(servers, before, strict=True)) if served(web) != old)


def chat_across(conversation: str, here: Client, there: Client) -> None:
    """Each says two things in turn, and both hear all of them in one order."""
    numbers = [(here, there)[n % 2].post(conversation, f"{n}")["seq"] for n in range(4)]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    for client in (here, there):
        client.wait_for(lambda c: [e["seq"] for e in c.entries(conversation)][-4:] == numbers)


def test_websockets_go_to_both_servers_and_move_when_one_dies(
    installation: Installation, person: Make, group: Group, tmp_path: Path
) -> None:
    ports, servers = start(installation, 2)
    ada = person("Ada")
    conversation = group(ada)
    with ExitStack() as stack:
        balancers = balance(stack, tmp_path, ("nginx.conf", "haproxy.cfg"), ports, servers)
        pairs = [clients_on_both(ada, balancer.url, servers) for balancer in balancers]
        for here, there in pairs:
            chat_across(conversation, here, there)
        for balancer in balancers:
            assert ada.get(f"{balancer.url}/api/v1/me").json()["id"] == ada.id
        servers[0].kill()
        for balancer, (here, there) in zip(balancers, pairs, strict=True):
            wait_until(lambda here=here: not here.io.connected)  # type: ignore[misc]
            chat_across(conversation, ada.client(balancer.url), there)


def test_polling_finds_its_server_again(installation: Installation, person: Make, group: Group, tmp_path: Path) -> None:
    ports, servers = start(installation, 2, SOCKET_TRANSPORTS="websocket,polling", STICKY_SESSIONS="true")
    ada = person("Ada")
    conversation = group(ada)
    with ExitStack() as stack:
        for balancer in balance(stack, tmp_path, ("nginx.polling.conf", "haproxy.cfg"), ports, servers):
            here, there = clients_on_both(ada, balancer.url, servers, "polling")
            assert here.io.transport() == there.io.transport() == "polling"
            chat_across(conversation, here, there)
            upgraded = ada.client(balancer.url, "polling", "websocket")
            wait_until(lambda upgraded=upgraded: upgraded.io.transport() == "websocket")  # type: ignore[misc]
            chat_across(conversation, upgraded, there)


def balance(
    stack: ExitStack, folder: Path, configurations: Sequence[str], ports: Sequence[int], servers: Sequence[Web]
) -> list[RealBalancer]:
    """A balancer of each configuration, before the same servers."""
    behind = [web.port for web in servers]
    told = zip(configurations, ports, strict=True)
    return [stack.enter_context(RealBalancer(folder / name, name, port, behind)) for name, port in told]


def hashed(address: str) -> str:
    """As limits name who is counted (``app/services/limits.py``)."""
    return hashlib.blake2b(address.encode(), digest_size=16).hexdigest()


def test_what_a_client_claims_about_itself_is_not_passed_on(
    installation: Installation, clean_redis_url: str, tmp_path: Path
) -> None:
    """By its address it is counted who signs in."""
    web = installation.web(TRUSTED_PROXIES="1")
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    for configuration in ("nginx.conf", "nginx.polling.conf", "haproxy.cfg"):
        with (
            RealBalancer(tmp_path / configuration, configuration, free_port(), [web.port, web.port]) as balancer,
            requests.Session() as browser,
            Redis.from_url(clean_redis_url, decode_responses=True) as redis,
        ):
            browser.headers.update(claimed)
            page = browser.get(f"{balancer.url}/sign-in", timeout=10)
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
            assert token
            form = {"csrf_token": token[1], "region": "US", "number": "201 555 0123"}
            answer = browser.post(f"{balancer.url}/sign-in/phone", data=form, allow_redirects=False, timeout=20)
            assert answer.status_code == 303
            assert "evil.example" not in str(answer.headers)
            counted = " ".join(redis.scan_iter("limit*"))
            assert hashed("127.0.0.1") in counted
            assert hashed(claimed["X-Forwarded-For"]) not in counted
            redis.flushdb()
