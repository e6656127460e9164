"""Photos of people and groups: checked, cut square, encoded anew, kept in GridFS."""

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import gevent
from gridfs import GridFS, NoFile
from gridfs.errors import FileExists
from mongoengine.connection import get_db
from PIL import Image, ImageOps, UnidentifiedImageError

from app.domain.errors import Invalid, NotFound, TooLarge
from app.domain.ids import derived_id, new_id

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SOURCE_PIXELS = 50_000_000
SIDE_PIXELS = 256
QUALITY = 82
CONTENT_TYPE = "image/webp"
COLLECTION = "photos"
NOT_A_PICTURE = "That is not a picture we can read. Take a PNG, JPEG, WebP or GIF."
TOO_LARGE = "That picture is too large. Take a smaller one."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Photo:
    """A stored photo: WebP, 256 by 256 pixels. A photo never changes, so its id can be cached for ever.

    ``group``: the conversation whose photo it is, for its members only; None: a person's.
    """

    id: str
    content: bytes
    group: str | None = None


class Photos:
    """Stores and serves photos. ``limit_bytes``: how large an upload may be."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes

    def store(self, user: str, upload: bytes) -> str:
        """Keep the picture in ``upload`` (PNG, JPEG, WebP or GIF) and answer its new id. Raises Invalid, TooLarge."""
        return str(_files().put(self._squared(upload), _id=new_id(), user=user))

    def store_for_group(self, user: str, group: str, upload: bytes) -> str:
        """The same for a group. The same picture again has the same id, so that asking again is the same change."""
        content = self._squared(upload)
        photo = derived_id("photo", group, hashlib.blake2b(content).hexdigest())
        with suppress(FileExists):
            _files().put(content, _id=photo, user=user, group=group)
        return photo

    def open(self, photo: str) -> Photo:
        """The photo. Raises NotFound."""
        try:
            file = _files().get(photo)
            return Photo(photo, file.read(), getattr(file, "group", None))
        except NoFile:
            raise NotFound from None

    def remove(self, photo: str) -> None:
        """Delete the photo; one that is gone already is no error."""
        _files().delete(photo)

    def _squared(self, upload: bytes) -> bytes:
        if len(upload) > self._limit_bytes:
            raise TooLarge(TOO_LARGE)
        return _off_the_loop(lambda: square(upload))


def square(upload: bytes) -> bytes:
    """The picture in ``upload`` as a square WebP. Only pixels survive: no metadata, and nothing hidden behind them.

    Raises Invalid where it is no picture, TooLarge where it would fill the memory. Busy for tens of milliseconds.
    """
    try:
        with Image.open(io.BytesIO(upload), formats=FORMATS) as source:
            # The header tells the size before a single pixel is decoded.
            if source.width * source.height > SOURCE_PIXELS:
                raise TooLarge(TOO_LARGE)
            source.draft("RGB", (SIDE_PIXELS * 2, SIDE_PIXELS * 2))
            upright = ImageOps.exif_transpose(source)
            has_alpha = upright.has_transparency_data
            picture = ImageOps.fit(upright.convert("RGBA" if has_alpha else "RGB"), (SIDE_PIXELS, SIDE_PIXELS))
    except Image.DecompressionBombError:
        raise TooLarge(TOO_LARGE) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise Invalid(NOT_A_PICTURE, fields={"photo": NOT_A_PICTURE}) from None
    encoded = io.BytesIO()
    clean = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    clean.save(encoded, "WEBP", quality=QUALITY, method=4)
    return encoded.getvalue()


def _off_the_loop(work: Callable[[], T]) -> T:
    result: T = gevent.get_hub().threadpool.apply(work)
    return result


def _files() -> GridFS:
    return GridFS(get_db(), COLLECTION)
