"""Photos: pixels come through, nothing else does."""

import io
import struct
import zlib
from collections.abc import Iterator

import mongoengine
import pytest
from PIL import Image

from app.domain.errors import Invalid, NotFound, TooLarge
from app.models.connection import connect
from app.services.photos import SIDE_PIXELS, Photos, square

LIMIT_BYTES = 200_000
SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture
def photos(clean_mongodb_uri: str) -> Iterator[Photos]:
    connect(clean_mongodb_uri)
    yield Photos(LIMIT_BYTES)
    mongoengine.disconnect_all()


def picture(format: str = "PNG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, format, **options)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A tiny file that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_becomes_a_square_webp(photos: Photos, format: str) -> None:
    photo = photos.open(photos.store("u" * 22, picture(format)))
    stored = Image.open(io.BytesIO(photo.content))
    assert (stored.format, stored.size) == ("WEBP", (SIDE_PIXELS, SIDE_PIXELS))


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "1", "I;16"])
def test_every_kind_of_pixel_is_understood(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (50, 70)).save(out, "PNG")
    assert Image.open(io.BytesIO(square(out.getvalue()))).size == (SIDE_PIXELS, SIDE_PIXELS)


def test_a_photo_stands_upright_and_says_nothing_of_where_it_was_taken() -> None:
    source = Image.new("RGB", (400, 200), "red")
    source.paste("blue", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010E] = "taken at home"
    out = io.BytesIO()
    source.save(out, "JPEG", exif=exif, quality=95)
    assert b"taken at home" in out.getvalue()

    content = square(out.getvalue())

    assert b"taken at home" not in content
    stored = Image.open(io.BytesIO(content))
    assert not stored.getexif()
    assert stored.info.get("icc_profile") is None
    top, bottom = stored.convert("RGB").getpixel((128, 10)), stored.convert("RGB").getpixel((128, 245))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[2] > 200 > bottom[2], "the photo lies on its side"


def test_what_hides_behind_a_picture_is_gone() -> None:
    polyglot = picture("GIF") + SCRIPT + b"PK\x03\x04 a zip archive"
    content = square(polyglot)
    assert SCRIPT not in content
    assert b"PK\x03\x04" not in content


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"GIF89a",
        b"not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html>" + SCRIPT,
        b"%PDF-1.7",
        b"PK\x03\x04" + b"\0" * 100,
        picture("BMP", (40, 30)),
        picture("TIFF", (40, 30)),
        picture("ICO", (64, 64)),
        picture("PNG")[:60],
        picture("JPEG")[:200],
    ],
    ids=[
        "empty",
        "gif stub",
        "text",
        "svg",
        "html",
        "pdf",
        "zip",
        "bmp",
        "tiff",
        "ico",
        "cut png",
        "cut jpeg",
    ],
)
def test_what_is_no_picture_of_ours_is_refused(photos: Photos, upload: bytes) -> None:
    with pytest.raises(Invalid):
        photos.store("u" * 22, upload)


@pytest.mark.parametrize("size", [(50_000, 50_000), (50_000, 1_001), (2**31 - 1, 1)])
def test_a_picture_that_would_fill_the_memory_is_refused_unread(photos: Photos, size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge):
        photos.store("u" * 22, png_claiming(*size))


def test_an_upload_above_the_limit_is_refused(photos: Photos) -> None:
    with pytest.raises(TooLarge):
        photos.store("u" * 22, picture("PNG") + b"\0" * LIMIT_BYTES)


def test_a_removed_photo_is_gone_and_removing_it_again_is_no_error(photos: Photos) -> None:
    photo = photos.store("u" * 22, picture())
    photos.remove(photo)
    photos.remove(photo)
    with pytest.raises(NotFound):
        photos.open(photo)
    with pytest.raises(NotFound):
        photos.open("x" * 22)
