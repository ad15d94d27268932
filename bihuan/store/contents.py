"""What a file is, by its content alone: two opinions that agree, and nothing that hides in it."""

from __future__ import annotations

import re
from pathlib import Path

import puremagic

from bihuan.core.refusals import Invalid

IMAGES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
OTHERS = {"application/pdf": "pdf", "video/mp4": "mp4", "video/quicktime": "mov"}
EXTENSIONS = IMAGES | OTHERS
HEAD = 4096  # bytes from which a kind can be told for sure
_TOLD_BY = 12  # bytes: every kind is known by these
_PART = 256 * 1024
_MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "}
# in the part a browser looks at when it guesses, these would make a page of the file
_PAGE = re.compile(rb"<\s*(?:!doctype|html|head|body|svg|iframe|\?xml)", re.IGNORECASE)
# long enough to be no accident in compressed bytes, wherever they stand
_ACTIVE = re.compile(rb"<script|<\?php|javascript:|/JavaScript|/Launch\b|/RichMedia", re.IGNORECASE)
_ZIP_END, _ZIP_END_SIZE, _ZIP_COMMENT = b"PK\x05\x06", 22, 65_535


def may_become(head: bytes) -> bool:
    """Whether a file that begins so is of a kind that is taken, as far as can be told by now."""
    return len(head) < _TOLD_BY or _own_opinion(head) is not None


def kind_of(path: Path) -> str:
    """What the bytes are; two opinions must agree. Invalid: kind_not_allowed, has_script."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = _own_opinion(head)
    # an image is drawn anew, so nothing that hides in it is kept
    as_it_came = kind not in IMAGES
    if kind is None or (as_it_came and not _second_opinion(path, kind)):
        raise Invalid({"files": "kind_not_allowed"}, allowed=sorted(EXTENSIONS.values()))
    if as_it_came and _hides_something(path):
        raise Invalid({"files": "has_script"})
    return kind


def _own_opinion(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"%PDF-1.") or head.startswith(b"%PDF-2."):
        return "application/pdf"
    if head[4:8] == b"ftyp" and head[8:12] in _MP4_BRANDS:
        return "video/mp4"
    if head[4:12] == b"ftypqt  ":  # what an iPhone films
        return "video/quicktime"
    return None


def _second_opinion(path: Path, kind: str) -> bool:
    try:
        found = puremagic.magic_file(path)
    except (puremagic.PureError, ValueError, OSError):
        return False
    says = {one.mime_type for one in found} | {one.extension.lstrip(".") for one in found}
    return bool(says & {kind, EXTENSIONS[kind]})


def _hides_something(path: Path) -> bool:
    """Whether a page, a script or an archive stands in a file that is kept as it came."""
    with path.open("rb") as file:
        if _PAGE.search(file.read(HEAD)):
            return True
        file.seek(0)
        before = b""
        while part := file.read(_PART):
            if _ACTIVE.search(before + part):
                return True
            before = part[-16:]
        file.seek(max(0, file.tell() - _ZIP_END_SIZE - _ZIP_COMMENT))
        return _ends_as_zip(file.read())


def _ends_as_zip(tail: bytes) -> bool:
    """An archive is read from its end: this record says how many bytes of comment follow it."""
    at = tail.find(_ZIP_END)
    while at >= 0:
        record = tail[at : at + _ZIP_END_SIZE]
        said = int.from_bytes(record[20:22], "little")
        if len(record) == _ZIP_END_SIZE and at + _ZIP_END_SIZE + said <= len(tail):
            return True
        at = tail.find(_ZIP_END, at + 1)
    return False
