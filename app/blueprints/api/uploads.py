"""A picture in a request: as the raw body, or as ``photo`` in a multipart form."""

from flask import request

from app.domain.errors import Invalid

NO_PICTURE = "Send one picture: as the body, or as `photo` in a form."


def uploaded_photo() -> bytes:
    """The picture that was sent. Raises Invalid where there is none."""
    if request.mimetype == "multipart/form-data":
        photo = request.files.get("photo")
        upload = photo.read() if photo is not None else b""
    else:
        upload = request.get_data(cache=False)
    if not upload:
        raise Invalid(NO_PICTURE, fields={"photo": NO_PICTURE})
    return upload
