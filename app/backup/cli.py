"""The commands ``backup`` and ``restore`` of ``flask --app wsgi``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.backup.files import Broken
from app.backup.restoring import restore as put_back
from app.backup.taking import Refused, take
from app.core import Core
from app.stores import cause_of

FOLDER = click.Path(path_type=Path, file_okay=False)
NAMES = {"redis": "Redis", "mongodb": "MongoDB", "unknown": "a store"}
DAMAGED = 1
FAILED = 2


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
def backup(folder: Path) -> None:
    """Write all that MongoDB holds into DIR, which is made; people may go on writing.

    The exit code is 0, 1 where it is whole and a log in it is damaged already, 2 where there is no backup.
    """
    core: Core = current_app.extensions["core"]
    with _failures(f"This is no backup: remove {folder}."):
        taken = take(core.database, folder, core.settings.shard_count, _say)
    size = sum(written.bytes for written in taken.manifest.files)
    _say(f"whole: {taken.copied.conversations} conversations, {size} bytes in {folder}")
    for problem in taken.copied.problems:
        _say(f"damaged before it was copied: {problem}")
    if taken.copied.problems:
        click.get_current_context().exit(DAMAGED)


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--empty-redis", is_flag=True, help="Take out what Redis remembers of before.")
def restore(folder: Path, empty_redis: bool) -> None:
    """Put the backup in DIR into the empty database of MONGODB_URI, while no process of Chatter runs.

    Everybody signs in again afterwards. The exit code is 0 or 2.
    """
    core: Core = current_app.extensions["core"]
    with _failures("Where it had begun to write, the database is marked as half restored: drop it and begin again."):
        put_back(core.settings, core.database, core.redis, folder, empty_redis=empty_redis, say=_say)
    _say("restored: start the processes, then let the doctor look (flask --app wsgi doctor)")


def _say(line: str) -> None:
    click.echo(line)


@contextmanager
def _failures(advice: str) -> Iterator[None]:
    """A failure is a sentence, and exit code 2."""
    try:
        yield
    except (Broken, Refused) as error:
        raise _Failed(str(error)) from None
    except (PyMongoError, RedisError) as error:
        cause = cause_of(error)
        raise _Failed(
            f"{NAMES[cause['store']]} does not answer, or refuses ({cause['cause']}: {error}). {advice}"
        ) from None
    except OSError as error:
        raise _Failed(f"{error.strerror or error}. {advice}") from None


class _Failed(click.ClickException):
    exit_code = FAILED
