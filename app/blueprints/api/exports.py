"""A copy of one's own data."""

from collections.abc import Iterator
from typing import Any, Literal

from flask import Response
from gridfs import GridOut

from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, documented
from app.blueprints.identity import current_device_id, current_user_id
from app.domain.errors import NotSignedIn
from app.services.registry import services

PIECE_BYTES = 256 * 1024


class ExportView(Answer):
    """``progress`` is a percentage; a copy that is done can be fetched until ``expires_at`` (ms)."""

    state: Literal["none", "waiting", "running", "done", "failed"]
    progress: int
    bytes: int | None
    expires_at: int | None


@api.get("/me/export")
@documented(answer=ExportView, refusals=(401,), tag="me")
def export() -> Any:
    """How far the copy of one's data is."""
    return services().exports.status(current_user_id())


@api.post("/me/export")
@documented(answer=ExportView, status=202, refusals=(401, 409, 429), tag="me")
def ask_for_export() -> Any:
    """Have a copy of one's data made: one at a time. 409 while one is being made."""
    return services().exports.ask(current_user_id()), 202


@api.delete("/me/export")
@documented(status=204, refusals=(401, 409), tag="me")
def discard_export() -> Any:
    """Throw the copy away."""
    services().exports.discard(current_user_id())
    return "", 204


@api.get("/me/export/file")
@documented(refusals=(401, 404), tag="me")
def fetch_export() -> Any:
    """The copy as a zip, for the person it is of."""
    if current_device_id() not in services().devices.alive([current_device_id()]):
        raise NotSignedIn  # past what this process remembers of the device
    file = services().exports.open(current_user_id())
    response = Response(_pieces(file), mimetype="application/zip")
    response.content_length = file.length
    day = file.upload_date.strftime("%Y-%m-%d")
    response.headers["Content-Disposition"] = f'attachment; filename="chatter-{day}.zip"'
    return response


def _pieces(file: GridOut) -> Iterator[bytes]:
    while piece := file.read(PIECE_BYTES):
        yield piece
