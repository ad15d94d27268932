"""Evidence: what may be kept is kept clean and durable; everything else is refused by name."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from bihuan.core.refusals import Invalid, NotFound
from bihuan.store import blobs, images

LIMIT = 5_000_000
HANGZHOU = (30.0, 15.0, 0.0)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path / "blobs"


def keep(data: bytes, name: str = "photo.jpg", limit: int = LIMIT) -> blobs.Kept:
    return blobs.keep(io.BytesIO(data), name=name, limit=limit)


def refused(data: bytes, name: str = "photo.jpg", limit: int = LIMIT) -> str:
    with pytest.raises(Invalid) as fault:
        keep(data, name, limit)
    return fault.value.fields["files"]


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 480), **more: object) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.save(out, form, **more)
    return out.getvalue()


def pdf(inside: bytes = b"") -> bytes:
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R" + inside + b">>endobj\n"
    return body + b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def mp4(brand: bytes = b"isom") -> bytes:
    head = b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x02\x00" + brand + b"iso2"
    return head + b"\x00\x00\x00\x08free" + bytes(64)


def test_a_photo_loses_its_place_and_time_and_stands_upright(folder):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = HANGZHOU

    kept = keep(picture(exif=exif, comment=b"13912342718"), "IMG_0001.JPG")

    with blobs.open_blob(kept.blob) as file:
        data = file.read()
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (480, 640)
        assert not image.getexif()
    assert b"SecretCamera" not in data
    assert b"13912342718" not in data
    assert (kept.content_type, kept.size) == ("image/jpeg", len(data))
    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert kept.clean_name == "IMG_0001.jpg"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_kind_of_picture_gets_a_small_one(form):
    kept = keep(picture(form), "x.bin")

    with blobs.open_blob(kept.thumb) as file, Image.open(file) as small:
        assert small.format == "WEBP"
        assert max(small.size) == 320


def test_what_is_clear_in_a_picture_stays_clear():
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(out, "PNG")

    kept = keep(out.getvalue(), "logo.png")

    with blobs.open_blob(kept.blob) as file, Image.open(file) as image:
        assert image.getpixel((1, 1))[3] == 0


@pytest.mark.parametrize(
    ("data", "kind", "name"),
    [
        (pdf(), "application/pdf", "发票.pdf"),
        (pdf(b"/OpenAction[3 0 R/Fit]"), "application/pdf", "invoice.pdf"),
        (mp4(), "video/mp4", "开箱.mp4"),
        (mp4(b"qt  "), "video/quicktime", "IMG_0001.mov"),
    ],
)
def test_papers_and_films_are_kept_byte_for_byte(data, kind, name):
    kept = keep(data, name)

    with blobs.open_blob(kept.blob) as file:
        assert file.read() == data
    assert (kept.content_type, kept.thumb, kept.clean_name) == (kind, "", name)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("setup.exe", b"MZ")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        archive(),
        b"MZ\x90\x00" + bytes(200),
        b"#!/bin/sh\nrm -rf /\n",
        "只是一段文字".encode(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"BM" + bytes(200),
        b"II*\x00" + bytes(200),
        b"%!PS-Adobe-3.0\n",
        b"\x00\x00\x00\x1cftypheic" + bytes(64),
        b"ID3" + bytes(1),
        b"\xff\xfb\x90\x64" + bytes(400),
        bytes(1),
    ],
)
def test_what_could_run_or_hide_something_is_not_allowed(data, folder):
    assert refused(data, "innocent.jpg") == "kind_not_allowed"
    assert left_over(folder) == []


HIDING = [
    pdf() + archive(), mp4() + archive(), mp4() + b"<script>alert(1)</script>",
    pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), pdf(b"/OpenAction<</S/Launch/F(a)>>"),
    b"%PDF-1.4\n<html><script>alert(1)</script>" + pdf(),
]  # fmt: skip


@pytest.mark.parametrize("data", HIDING)
def test_whoever_hands_in_a_pdf_does_not_hear_that_pdfs_are_taken(data, folder):
    assert refused(data, "invoice.pdf") == "has_script"
    assert left_over(folder) == []


def test_a_page_hidden_behind_a_picture_does_not_survive():
    kept = keep(picture() + b"<script>alert(1)</script><?php system('id'); ?>" + archive())

    with blobs.open_blob(kept.blob) as file:
        data = file.read()
    assert b"<script" not in data
    assert b"PK\x03\x04" not in data


def chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def bomb(side: int) -> bytes:
    """A few kilobytes that say they are a picture of side × side."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(4_000_000), 9)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    "data",
    [
        bomb(60_000),
        bomb(2**31 - 1),
        picture()[:200],
        b"\xff\xd8\xff\xe0" + bytes(500),
        b"GIF89a" + bytes(500),
        b"\x89PNG\r\n\x1a\n" + os.urandom(500),
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + os.urandom(500),
    ],
)
def test_bombs_and_broken_pictures_are_unreadable_and_harm_nothing(data, folder):
    assert refused(data) == "unreadable_image"
    assert left_over(folder) == []


def left_over(folder) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file()]


def test_nothing_and_too_much_are_refused_before_anything_is_kept(folder):
    assert refused(b"") == "empty"
    assert refused(bytes(LIMIT + 1)) == "too_large"
    assert refused(picture(), limit=100) == "too_large"
    assert left_over(folder) == []


def test_a_broken_off_upload_leaves_nothing(folder):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        blobs.keep(Broken(picture()), name="a.jpg", limit=LIMIT)
    assert left_over(folder) == []


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\li\\桌面\\破损.JPG", "破损.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.jpg"),
        ("a\u200bb\u2066c\x00d.jpg", "abcd.jpg"),
        ("shell.php.jpg", "shell.jpg"),
        ("x.pht .", "x.jpg"),
        ("name.jpg\r\nContent-Type: text", "name.jpgContent-Type_ text.jpg"),
        ('"><img src=x onerror=1>.png', "img src_x onerror_1.jpg"),
        ("....", "file.jpg"),
        ("", "file.jpg"),
        ("照" * 500, "照" * 100 + ".jpg"),
        ("con\ud800fig.jpg", "config.jpg"),
        ("电话13812345678.jpg", "电话138_5678.jpg"),
        ("身份证11010519491231002X.png", "身份证1_X.jpg"),
        ("IMG_20260213_101010123.jpg", "IMG_20260213_101010123.jpg"),
    ],
)
def test_a_file_name_is_a_name_and_nothing_else(given, clean):
    assert blobs.clean_name(given, "jpg") == clean


LONG = "aa/" + "b" * 64
STRANGE = ["", "../keys/kek", "/etc/passwd", "aa/../../keys/kek", LONG, f"{LONG}.svg"]


@pytest.mark.parametrize("name", STRANGE)
def test_only_names_we_made_open_anything(name, folder):
    (folder.parent / "keys").mkdir()
    (folder.parent / "keys" / "kek").write_text("secret")

    with pytest.raises(NotFound):
        blobs.open_blob(name)
    with pytest.raises(NotFound):
        blobs.remove(name)


def test_a_removed_file_is_gone_and_removing_it_again_is_nothing():
    kept = keep(pdf(), "a.pdf")

    blobs.remove(kept.blob)
    blobs.remove(kept.blob)

    with pytest.raises(NotFound):
        blobs.open_blob(kept.blob)


def test_two_files_of_one_content_have_two_names_nobody_can_guess(folder):
    one, other = keep(pdf(), "a.pdf"), keep(pdf(), "a.pdf")

    assert one.blob != other.blob
    assert len(one.blob) > 64
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))


def test_the_drawing_process_cannot_take_the_machine_with_it(tmp_path):
    path = tmp_path / "wide.png"
    path.write_bytes(picture("PNG", (8000, 6000)))

    drawn = images.redraw(path)

    assert drawn
    with Image.open(io.BytesIO(drawn.picture)) as image:
        assert max(image.size) == images.LONGEST_SIDE


def test_the_drawing_process_gives_up_most_of_what_it_could_use():
    code = (
        "import json, resource; from bihuan.store import images; images.child('/no/such/file');"
        "names = ['RLIMIT_CPU', 'RLIMIT_AS', 'RLIMIT_FSIZE', 'RLIMIT_CORE'];"
        "print(json.dumps([resource.getrlimit(getattr(resource, n))[1] for n in names]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=Path(images.__file__).parents[2]
    )

    assert json.loads(done.stdout) == [images.SECONDS, images.MEMORY, 0, 0]
