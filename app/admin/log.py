"""The dashboard's page of the log: shards and processes, what was put aside, and whether one conversation's log is whole."""

from typing import Annotated, Any

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from pydantic import StringConstraints

from app.admin.changes import change
from app.admin.view import CURSOR_CHARACTERS, POST, SUBJECT, TEXT_CHARACTERS, AdminView, Asked, expose
from app.blueprints.asker import address
from app.blueprints.forms import Form
from app.blueprints.identity import current_user_id
from app.domain.errors import ChatError, NotFound
from app.domain.ids import is_id
from app.health import backlogs
from app.sequencing.verification import Verdict
from app.services import people
from app.services.audit import Actor
from app.services.registry import services


class LogSearch(Asked):
    """``conversation``: the id of the one whose log is to be verified."""

    conversation: Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)] = ""
    after: Annotated[str, StringConstraints(max_length=CURSOR_CHARACTERS)] | None = None


class LetterForm(Form):
    letter: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]


class LogView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """How the log stands; with ``?conversation=`` also what is found of that one's."""
        asked = LogSearch.here()
        wanted = asked.conversation.strip()
        if not wanted:
            return self._show(asked)
        try:
            return self._show(asked, verdict=_verified(wanted))
        except ChatError as error:
            return self._show(asked, error)

    @expose(f"/{SUBJECT}/retry", methods=POST)
    @change("letter_retried")
    def retry(self, subject: str, details: dict[str, Any]) -> None:
        details["letter"] = LetterForm.sent().letter
        details["number"] = services().log_console.retry(subject, details["letter"])

    @expose(f"/{SUBJECT}/discard", methods=POST)
    @change("letter_discarded")
    def discard(self, subject: str, details: dict[str, Any]) -> None:
        details["letter"] = LetterForm.sent().letter
        services().log_console.discard(subject, details["letter"])

    def page(self, subject: str, error: ChatError | None = None) -> ResponseReturnValue:
        return self._show(LogSearch(), error)

    def path(self, subject: str, done: str) -> str:
        return url_for("admin_log.index", done=done)

    def _show(
        self, asked: LogSearch, error: ChatError | None = None, verdict: Verdict | None = None
    ) -> ResponseReturnValue:
        console, core = services().log_console, current_app.extensions.get("core")
        letters, following = console.letters(asked.after)
        return self.show(
            "log",
            error,
            asked=asked,
            verdict=verdict,
            leases=console.leases(),
            backlogs=backlogs(core.redis, core.settings.shard_count) if core is not None else [],
            processes=console.processes(),
            letters=letters,
            following=following,
            people=people.load(one.sender for one in letters),
        )


def _verified(conversation: str) -> Verdict:
    """What is found of its log, and that it was asked for is written down. Raises what verifying raises."""
    if not is_id(conversation):
        raise NotFound("There is no such conversation.")
    actor = Actor(current_user_id(), address())
    services().limits.check("administer", actor.id)
    with services().audit.carrying_out(actor, "log_verified", conversation) as details:
        verdict = services().log_console.verify(conversation)
        details |= {"entries": verdict.head, "problems": verdict.found}
    return verdict
