"""Invite links, one's own and groups', as addresses and as pictures."""

import io

import segno
from flask import Response, current_app, make_response


def invite_url(code: str) -> str:
    """The absolute address of a person's invite."""
    return f"{_home()}/i/{code}"


def group_url(token: str) -> str:
    """The absolute address of a group's invite link."""
    return f"{_home()}/g/{token}"


def qr_response(url: str) -> Response:
    """``url`` as a picture to scan."""
    response = make_response(as_qr(url))
    response.headers["Content-Type"] = "image/svg+xml"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def as_qr(url: str) -> bytes:
    """``url`` as a QR code: an SVG of black on white, because scanners dislike the other way round."""
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        picture, kind="svg", border=3, dark="#000", light="#fff", xmldecl=False
    )
    return picture.getvalue()


def _home() -> str:
    return str(current_app.extensions["settings"].public_url).rstrip("/")
