"""Every operation of the OpenAPI document, called by schemathesis with what fits and with what does not."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, openapi

from tests.installation import Installation, Web
from tests.system.conftest import Person

EXAMPLES = 6
"""Of each operation, in each of the two ways, with each of the two credentials: about two minutes in all."""
WAITS_FOR_NOTHING = {"pending", "degraded", "unavailable"}
"""What is answered with 503 and is meant: a store that is away, a provider that nobody set up."""
numbers = itertools.count(1_000)

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def with_token(person: Callable[[str], Person]) -> requests.Session:
    """A program's session."""
    session = requests.Session()
    session.headers.update(person("Ada").headers)
    return session


def with_cookie(web: Web) -> requests.Session:
    """A browser's session, signed in by number and code, which sends the page's token."""
    session = requests.Session()

    def token(path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', session.get(web.url + path, timeout=10).text)
        assert found, f"no form on {path}"
        return found[1]

    number = f"20255{next(numbers):05}"
    asked = {"csrf_token": token("/sign-in"), "region": "US", "number": number, "next": ""}
    session.post(f"{web.url}/sign-in/phone", data=asked, timeout=10)
    code = re.search(r'data-part="shown-code">(\d{6})<', session.get(f"{web.url}/sign-in/code", timeout=10).text)
    assert code, f"no code for {number}"
    told = {"csrf_token": token("/sign-in/code"), "code": code[1]}
    assert session.post(f"{web.url}/sign-in/code", data=told, timeout=10).ok
    answer = session.get(f"{web.url}/api/v1/session/csrf", timeout=10)
    session.headers.update({"X-CSRFToken": answer.json()["csrf_token"], "Origin": web.url})
    return session


def expect_sense(case: Case, answer: Any) -> None:
    """No bug; a refusal has its type and nothing of the inside; and the headers are there whatever was asked."""
    where = f"{case.method} {case.formatted_path}: {answer.status_code} {answer.text[:300]}"
    assert answer.headers["x-content-type-options"] == ["nosniff"], where
    assert "content-security-policy" in answer.headers, where
    assert "Traceback" not in answer.text, where
    if answer.status_code >= 400:
        refusal = answer.json()
        assert {"code", "message"} <= refusal.keys(), where
        assert refusal["code"] != "internal", where
        if answer.status_code >= 500:
            assert answer.status_code == 503 and refusal["code"] in WAITS_FOR_NOTHING, where


def attack(operation: Any, mode: GenerationMode, session: requests.Session, url: str) -> list[int]:
    """Call one operation with what fits, or does not; answers the statuses."""
    statuses: list[int] = []

    @fuzz
    @given(operation.as_strategy(generation_mode=mode))
    def call(case: Case) -> None:
        case.headers = {name: value for name, value in case.headers.items() if name != "Authorization"}
        answer = case.call(base_url=url, session=session, timeout=20, allow_redirects=False)
        expect_sense(case, answer)
        statuses.append(answer.status_code)

    try:
        call()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, (
            f"nothing fits {operation.label}"
        )  # it takes nothing that could be wrong
    return statuses


@pytest.mark.timeout(300)
@pytest.mark.parametrize("credentials", ["token", "cookie"])
def test_every_operation_answers_whatever_is_asked(
    installation: Installation, web: Web, person: Callable[[str], Person], credentials: str
) -> None:
    schema = openapi.from_dict(requests.get(f"{web.url}/api/v1/openapi.json", timeout=10).json())
    statuses: dict[str, list[int]] = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        # A session of their own: some of them end it.
        with with_token(person) if credentials == "token" else with_cookie(web) as session:
            statuses[operation.label] = [
                status for mode in GenerationMode for status in attack(operation, mode, session, web.url)
            ]
    assert len(statuses) > 60
    assert sum(len(seen) for seen in statuses.values()) > 300
    assert {status for seen in statuses.values() for status in seen} >= {200, 404, 422}
    assert requests.get(f"{web.url}/health/ready", timeout=10).status_code == 200
    for line in installation.logs().splitlines():
        assert "command_failed" not in line and "request_failed" not in line, line[:1_000]
