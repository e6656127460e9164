"""`make demo`: people who talk to each other, for a running Chatter to show. Running it twice adds nothing twice.

Everything goes through the services, as it would from a browser; only the times are set back afterwards, so that
there are two days to look at.
"""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from datetime import datetime, timedelta  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TypeVar  # noqa: E402

from app.core import build_core  # noqa: E402
from app.domain.commands import Post, React, Read  # noqa: E402
from app.domain.entries import Receipt  # noqa: E402
from app.domain.errors import Degraded, Pending  # noqa: E402
from app.domain.ids import message_id  # noqa: E402
from app.models import User  # noqa: E402
from app.models.messages import from_document, messages  # noqa: E402
from app.services.registry import Services  # noqa: E402
from config import ConfigError, Settings  # noqa: E402
from dev.demo_script import (  # noqa: E402
    DIRECT,
    GROUP,
    GROUP_LINES,
    GROUP_REACTIONS,
    MINUTES_A_DAY,
    NOTES,
    RESIDENTS,
    Line,
    Resident,
)
from dev.run_lock import running  # noqa: E402
from dev.surroundings import environment_of_run  # noqa: E402

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("CHATTER_DATA_DIR") or ROOT / ".data")
NAMESPACE = uuid.UUID("6b1f4c1e-6f0e-5d5e-9a52-0c4f2f6f9b11")
PATIENCE_S = 60.0
T = TypeVar("T")


def main() -> int:
    """Fill the running Chatter; the exit code."""
    try:
        settings = Settings.from_env(_environment())
    except ConfigError as error:
        print(f"No Chatter to fill: {error} Is `make run` running?", file=sys.stderr)
        return 1
    core = build_core(settings, role="web")
    core.start(commits=False)
    try:
        added = fill(core.services)
    finally:
        core.stop()
    print("\n".join(_told(added, settings.public_url)))
    return 0


def fill(services: Services) -> int:
    """Add what is not there yet; how many messages were added. Needs a committer running somewhere."""
    ids = {resident.key: _resident(services, resident) for resident in RESIDENTS}
    first_day = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    added = 0
    for lines in (*DIRECT, NOTES):
        speakers = list(dict.fromkeys(line.who for line in lines))
        conversation = services.conversations.open_direct(ids[speakers[0]], ids[speakers[-1]])["id"]
        added += _play(services, conversation, ids, lines, first_day)
    owner, title, members = GROUP
    group = _patiently(
        lambda: services.groups.create(ids[owner], title, [ids[m] for m in members], _client_id("group", title))
    )
    spoken = _play(services, group["id"], ids, GROUP_LINES, first_day)
    if spoken == len(GROUP_LINES):  # the log's times never go back, so its first entry is as old as the second
        _set_back(group["id"], 1, first_day, GROUP_LINES[0].minute)
    _react(services, group["id"], ids, first_day)
    return added + spoken


def _environment() -> dict[str, str]:
    """That of `make run`, with the stores it runs unless others are named."""
    environment = {"LOG_LEVEL": "WARNING"} | environment_of_run(os.environ, ROOT / ".env", DATA)
    found = running(DATA)
    if found and "MONGODB_URI" not in environment:
        told = {"MONGODB_URI": "mongodb_uri", "REDIS_URL": "redis_url", "PUBLIC_URL": "address"}
        environment |= {setting: str(found[name]) for setting, name in told.items() if found.get(name)}
    return environment


def _resident(services: Services, resident: Resident) -> str:
    user = services.accounts.sign_in_by_phone(resident.phone)
    if user.onboarded_at is None:
        services.accounts.onboard(user.id, resident.name)
    if user.handle is None and User.objects(handle=resident.handle).first() is None:
        services.accounts.change_profile(user.id, handle=resident.handle, about=resident.about)
    return str(user.id)


def _play(
    services: Services, conversation: str, ids: dict[str, str], lines: Sequence[Line], first_day: datetime
) -> int:
    """Post what is not there yet and set its time back; whoever speaks has read what came before."""
    posted: list[tuple[Line, Receipt]] = []
    for number, line in enumerate(lines):
        client_id = _client_id(conversation, str(number))
        if messages().find_one({"c": conversation, "s": ids[line.who], "i": client_id}) is None:
            answered = _seq_of(conversation, ids, lines, number - line.answers) if line.answers else None
            command = Post(conversation=conversation, client_id=client_id, body=line.says, reply_to=answered)
            posted.append((line, _patiently(partial(services.messages.post, ids[line.who], command))))
    for line, receipt in posted:
        _set_back(conversation, receipt.seq, first_day, line.minute)
        services.receipts.advance(ids[line.who], Read(conversation=conversation, read=receipt.seq))
    return len(posted)


def _react(services: Services, conversation: str, ids: dict[str, str], first_day: datetime) -> None:
    """What the group's people make of what was said, all of it after the last line."""
    for number, who, emoji in GROUP_REACTIONS:
        client_id = _client_id(conversation, str(number), who)
        if messages().find_one({"c": conversation, "s": ids[who], "i": client_id}) is None:
            target = _seq_of(conversation, ids, GROUP_LINES, number)
            command = React(conversation=conversation, client_id=client_id, target=target, emoji=emoji, active=True)
            receipt = _patiently(partial(services.messages.revise, ids[who], command))
            _set_back(conversation, receipt.seq, first_day, GROUP_LINES[-1].minute)


def _seq_of(conversation: str, ids: dict[str, str], lines: Sequence[Line], number: int) -> int:
    place = {"c": conversation, "s": ids[lines[number].who], "i": _client_id(conversation, str(number))}
    found = messages().find_one(place)
    if found is None:
        raise SystemExit("Somebody took a line of the demo away.")
    return from_document(found).seq


def _set_back(conversation: str, seq: int, first_day: datetime, minute: int) -> None:
    moment = first_day + timedelta(days=minute // MINUTES_A_DAY, minutes=minute % MINUTES_A_DAY)
    change = {"$set": {"t": int(moment.timestamp() * 1000)}}
    messages().update_one({"_id": message_id(conversation, seq)}, change)


def _client_id(*parts: str) -> str:
    return str(uuid.uuid5(NAMESPACE, ":".join(parts)))


def _patiently(attempt: Callable[[], T]) -> T:
    """Ask again with the same client id while the log is starting."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return attempt()
        except (Pending, Degraded) as error:
            if time.monotonic() > deadline:
                raise SystemExit("Nothing commits messages: is `make run` running?") from error
            time.sleep(error.retry_after or 1)


def _told(added: int, url: str) -> list[str]:
    said = f"{added} messages added." if added else "Everything was there already."
    numbers = [f"  {resident.phone}  {resident.name}" for resident in RESIDENTS]
    return [said, f"Sign in at {url} with one of these numbers; the page shows the code:", *numbers]


if __name__ == "__main__":
    sys.exit(main())
