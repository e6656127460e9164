"""Photos: people's for everybody who is signed in, a group's for its members."""

from flask import Blueprint, Response, make_response

from app.blueprints.identity import current_user_id
from app.domain.ids import ID_LENGTH
from app.services.photos import CONTENT_TYPE, Photo
from app.services.registry import services

blueprint = Blueprint("photos", __name__)


@blueprint.get(f"/photos/<string(length={ID_LENGTH}):photo>")
def show(photo: str) -> Response:
    """A photo. Raises NotFound."""
    found = services().photos.open(photo)
    if found.group is not None:
        services().groups.check_photo(current_user_id(), found)
    return photo_response(found)


def photo_response(photo: Photo) -> Response:
    """The picture itself. Its content never changes, so a browser may keep it; a shared cache may not."""
    response = make_response(photo.content)
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
