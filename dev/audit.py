"""``make audit``: does anybody know of a hole in the packages that are pinned? Asks PyPI's and npm's advisories.

Exits with 0 where none is known, 1 where one is, and 2 where it could not be asked: no answer is not a good answer.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
WITHIN_S = 180
PYTHON_FILES = ("requirements.txt", "requirements-dev.txt")
CLEAN, HOLES, NOT_ASKED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Found:
    """What one audit says. ``holes`` are in words; ``problem`` is why it could not ask."""

    asked: int = 0
    holes: list[str] = field(default_factory=list)
    problem: str | None = None


def python_packages(output: str, errors: str) -> Found:
    """What pip-audit's JSON says."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, LookupError, TypeError):
        return Found(problem=_last_line(errors) or "pip-audit said nothing")
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped:
        return Found(problem=f"nobody answered for {len(skipped)} of {len(packages)} packages, {skipped[0]} first")
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version'}"
        for package in packages
        for hole in package["vulns"]
    ]
    return Found(len(packages), holes)


def node_packages(output: str, errors: str) -> Found:
    """What npm's JSON says."""
    try:
        report: dict[str, Any] = json.loads(output)
    except ValueError:
        return Found(problem=_last_line(errors) or "npm said nothing")
    if "vulnerabilities" not in report or "metadata" not in report:
        return Found(problem=str(report.get("message") or report.get("error") or "npm answered no report"))
    holes = [f"{name} {hole['range']}: {hole['severity']}" for name, hole in report["vulnerabilities"].items()]
    return Found(report["metadata"]["dependencies"]["total"], holes)


def ask(command: list[str]) -> tuple[str, str]:
    """A command's output and errors, whatever its exit code; a late or missing one says so as its errors."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        return "", f"no answer within {WITHIN_S} s"
    except OSError as error:
        return "", str(error)
    return done.stdout, done.stderr


def report(name: str, found: Found) -> int:
    """Say what was found; answers the exit code."""
    if found.problem is not None:
        print(f"{name}: NOT AUDITED, the advisories could not be asked ({found.problem}).")
        return NOT_ASKED
    for hole in found.holes:
        print(f"{name}: {hole}")
    print(f"{name}: {len(found.holes) or 'no'} known holes in {found.asked} packages.")
    return HOLES if found.holes else CLEAN


def main() -> int:
    files = [argument for name in PYTHON_FILES for argument in ("--requirement", name)]
    pip_audit = [
        sys.executable,
        "-m",
        "pip_audit",
        "--format=json",
        "--progress-spinner=off",
        "--no-deps",
        "--disable-pip",
    ]
    python = report("Python", python_packages(*ask([*pip_audit, *files])))
    node = report("Node", node_packages(*ask(["npm", "audit", "--json"])))
    return HOLES if HOLES in (python, node) else max(python, node)


def _last_line(text: str) -> str:
    return text.strip().rsplit("\n", 1)[-1][:200]


if __name__ == "__main__":
    sys.exit(main())
