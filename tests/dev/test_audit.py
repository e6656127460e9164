"""``make audit`` says what it knows, and that it knows nothing where nobody answered."""

import json

import pytest

from dev.audit import CLEAN, HOLES, NOT_ASKED, Found, node_packages, python_packages, report

FLASK = {"name": "flask", "version": "3.0.0", "vulns": []}
HOLE = {"id": "PYSEC-1", "fix_versions": ["3.0.1"]}


def test_a_hole_is_named_with_what_mends_it() -> None:
    found = python_packages(json.dumps({"dependencies": [FLASK | {"vulns": [HOLE]}, FLASK]}), "")
    assert found == Found(2, ["flask 3.0.0: PYSEC-1, mended in 3.0.1"])
    npm = {
        "vulnerabilities": {"left-pad": {"range": "<2", "severity": "high"}},
        "metadata": {"dependencies": {"total": 9}},
    }
    assert node_packages(json.dumps(npm), "") == Found(9, ["left-pad <2: high"])


def test_no_hole_is_said_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert report("Python", python_packages(json.dumps({"dependencies": [FLASK]}), "")) == CLEAN
    assert "no known holes in 1 packages" in capsys.readouterr().out


@pytest.mark.parametrize(
    "found",
    [
        python_packages("", "Traceback\nConnectionError: no route to host\n"),
        python_packages(json.dumps({"dependencies": [FLASK, {"name": "redis", "skip_reason": "not found"}]}), ""),
        python_packages("[]", ""),
        node_packages("", "npm: not found"),
        node_packages(json.dumps({"message": "405 Method Not Allowed"}), ""),
        node_packages("{}", ""),
    ],
)
def test_no_answer_is_not_a_good_answer(found: Found, capsys: pytest.CaptureFixture[str]) -> None:
    assert found.problem
    assert report("Node", found) == NOT_ASKED
    assert "NOT AUDITED" in capsys.readouterr().out


def test_a_hole_fails_the_audit() -> None:
    assert report("Node", Found(1, ["x 1: high"])) == HOLES
