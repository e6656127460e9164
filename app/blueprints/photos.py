"""Profile photos, for signed-in people."""

from flask import Blueprint, Response, make_response

from app.domain.ids import ID_LENGTH
from app.services.photos import CONTENT_TYPE
from app.services.registry import services

blueprint = Blueprint("photos", __name__)


@blueprint.get(f"/photos/<string(length={ID_LENGTH}):photo>")
def show(photo: str) -> Response:
    """A photo. Its content never changes, so a browser may keep it; a shared cache may not."""
    response = make_response(services().photos.open(photo).content)
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
