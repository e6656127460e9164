"""What a socket came with is freed at once: what waits for the collector would stand between what stays, and stay with it."""

import json
import urllib.request
from collections.abc import Callable

from tests.installation import Installation, Web
from tests.system.conftest import Person, link_of

SOCKETS = 40
OBJECTS_PER_SOCKET = 30
"""Ten are Werkzeug's and MongoEngine's; the request in a cycle with its handler would be a hundred."""


def _garbage(web: Web) -> int:
    with urllib.request.urlopen(f"{web.url}/garbage") as answer:
        objects: int = json.load(answer)["objects"]
        return objects


def test_a_socket_that_comes_leaves_next_to_nothing_for_the_collector(
    installation: Installation, person: Callable[[str], Person]
) -> None:
    web, ada = installation.web(app="tests.system.garbage_web:app"), person("Ada")
    links = [link_of(web.port, ada)]
    _garbage(web)
    idle = _garbage(web)
    links += [link_of(web.port, ada) for _ in range(SOCKETS)]
    try:
        assert _garbage(web) - idle < SOCKETS * OBJECTS_PER_SOCKET
    finally:
        for link in links:
            link.close()
