"""One's invite link as an address and as a picture."""

import io

import segno
from flask import current_app


def invite_url(code: str) -> str:
    """The absolute address of an invite."""
    return f"{current_app.extensions['settings'].public_url.rstrip('/')}/i/{code}"


def as_qr(url: str) -> bytes:
    """``url`` as a QR code: an SVG of black on white, because scanners dislike the other way round."""
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        picture, kind="svg", border=3, dark="#000", light="#fff", xmldecl=False
    )
    return picture.getvalue()
