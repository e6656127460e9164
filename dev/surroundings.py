"""The environment that `make run` gives its processes: the person's own, `.env`, and what is still missing."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

_GENERATED = ("SECRET_KEY", "JWT_SECRET_KEY")


def environment_of_run(own: Mapping[str, str], env_file: Path, data_dir: Path) -> dict[str, str]:
    """Return `own` completed by `env_file`, then by development's defaults. What is set to nothing is not set."""
    environ = {name: value for name, value in own.items() if value.strip()}
    for name, value in read_env_file(env_file).items():
        environ.setdefault(name, value)
    defaults = {
        "CHATTER_ENV": "development",
        "PORT": "5000",
        "WEB_CONCURRENCY": "2",
        "PYTHONUNBUFFERED": "1",
    }
    for name, value in (defaults | development_secrets(data_dir / "secrets.json")).items():
        environ.setdefault(name, value)
    return environ


def read_env_file(path: Path) -> dict[str, str]:
    """Return the `NAME=value` lines of `path` that have a value; quotes around a value are taken off."""
    if not path.exists():
        return {}
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.removeprefix("export ").partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if separator and value and not line.lstrip().startswith("#"):
            values[name.strip()] = value
    return values


def development_secrets(path: Path) -> dict[str, str]:
    """Return the keys in `path`, made at the first run and readable by their owner alone: sign-ins survive restarts."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {name: secrets.token_urlsafe(48) for name in _GENERATED}
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            json.dump(made, file, indent=2)
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept
