"""What all pages of the dashboard have in common."""

from collections.abc import Callable
from typing import Annotated, Any, Self, TypeVar, cast

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView
from flask_admin import expose as flask_admin_expose
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from app.blueprints.forms import Form, refusal
from app.domain.commands import explain
from app.domain.errors import ChatError
from app.domain.ids import ID_LENGTH
from app.services.registry import services

SUBJECT = f"<string(length={ID_LENGTH}):subject>"
"""The part of a path that names an account or a conversation."""
POST = ("POST",)
CURSOR_CHARACTERS = 80
TEXT_CHARACTERS = 120


View = TypeVar("View", bound=Callable[..., Any])


def expose(path: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Make a method of an AdminView the page or the change at ``path`` below it: Flask-Admin's, with its types."""
    return cast(Callable[[View], View], flask_admin_expose(path, methods))


class Asked(BaseModel):
    """Base of what stands behind the ``?`` of a page: text, nothing unknown read."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @classmethod
    def here(cls) -> Self:
        """What the present request asks. Raises Invalid."""
        try:
            return cls.model_validate({name: value for name, value in request.args.items() if value.strip()})
        except ValidationError as error:
            raise explain(error) from None


class TypedForm(Form):
    """What was typed to confirm a deletion."""

    typed: Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)]


class AdminView(BaseView):  # type: ignore[misc]
    """A part of the dashboard. ``show`` renders one of its pages."""

    def show(self, template: str, error: ChatError | None = None, **context: Any) -> ResponseReturnValue:
        """The page ``templates/admin/{template}.html``, with ``error`` on it if something was refused."""
        page = self.render(
            f"admin/{template}.html",
            error=refusal(error),
            done=request.args.get("done", ""),
            reports_waiting=services().moderation.waiting(),
            **context,
        )
        return page, error.status if error else 200

    def _run_view(self, fn: Callable[..., ResponseReturnValue], *args: Any, **kwargs: Any) -> ResponseReturnValue:
        # Flask-Admin's own takes a TypeError for a sign to call the view in another way, and hides it behind a second one.
        return fn(self, *args, **kwargs)
