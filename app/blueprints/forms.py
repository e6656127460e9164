"""Bodies of HTML forms, as strict as those of the API."""

from typing import Any, Self

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.domain.commands import explain
from app.domain.errors import ChatError

NOT_OURS = "csrf_token"


class Form(BaseModel):
    """Base of every form: text fields, nothing unknown let through."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @classmethod
    def sent(cls) -> Self:
        """The form in the present request. Raises Invalid."""
        fields = {name: value for name, value in request.form.items() if name != NOT_OURS}
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise explain(error) from None


def refusal(error: ChatError | None) -> dict[str, Any] | None:
    """What a page with a form is given as ``error``: the refusal as on the wire, or None."""
    return error.to_wire() if error is not None else None
