"""Evidence files: known by their content, cleaned, written and fsynced before their row."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from bihuan.core import personal
from bihuan.core.refusals import Invalid, NotFound
from bihuan.store import antivirus, images, room
from bihuan.store.contents import EXTENSIONS, IMAGES, kind_of

_BLOB = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.(?:jpg|png|webp|gif|pdf|mp4|mov)\Z")
#: Why a file is not taken that it is not to blame for.
LATER = frozenset({"not_scanned", "no_room"})
WAIT = 60  # seconds: without room on the disk, try again then
_PART = 256 * 1024
_log = logging.getLogger(__name__)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file. `blob` and `thumb` open it; the hash and the size are of what is stored.

    Of a picture that was drawn anew, `original` opens the bytes as they came, with place and time.
    """

    blob: str
    thumb: str
    content_type: str
    size: int
    sha256: str
    clean_name: str
    original: str = ""
    original_sha256: str = ""

    @property
    def blobs(self) -> tuple[str, ...]:
        """Everything that is stored of it."""
        return tuple(filter(None, (self.blob, self.thumb, self.original)))


def keep(stream: BinaryIO, *, name: str, limit: int) -> Kept:
    """Store a file of at most `limit` bytes under a random name, durably.

    Images lose everything but the picture, and get a thumbnail; as they came they are kept apart.
    Invalid `files`: too_large, empty, kind_not_allowed, has_script, unreadable_image, infected,
    and LATER.
    """
    must_have_room()
    folder = _folder()
    draft = folder / f".{secrets.token_hex(16)}"
    try:
        size, digest = _receive(stream, draft, limit)
        _scan(draft)
        kind = kind_of(draft)
        if kind in IMAGES:
            return _keep_image(draft, kind, name, digest)
        blob = _move(draft, kind)
        return Kept(blob, "", kind, size, digest, clean_name(name, EXTENSIONS[kind]))
    finally:
        draft.unlink(missing_ok=True)


def must_have_room() -> None:
    """Invalid `files` no_room while the disk has none for them."""
    try:
        room.check()
    except room.NoRoom:
        raise Invalid({"files": "no_room"}, retry_after=WAIT) from None


def may_keep() -> bool:
    """Whether a file could be looked at and kept just now."""
    try:
        room.check()
    except room.NoRoom:
        return False
    return not settings.CLAMD or antivirus.is_there(where=settings.CLAMD)


def path_of(blob: str) -> Path:
    """Where a blob lies. NotFound for any name that is not one of ours."""
    if not _BLOB.match(blob):
        raise NotFound()
    return Path(settings.HOME) / "blobs" / blob


def open_blob(blob: str) -> BinaryIO:
    """The stored bytes. NotFound when there are none."""
    try:
        return path_of(blob).open("rb")
    except FileNotFoundError:
        raise NotFound() from None


def remove(blob: str) -> None:
    """Delete the bytes for good, as erasure asks (3.3); nothing when they are gone."""
    path_of(blob).unlink(missing_ok=True)


def clean_name(name: str, extension: str) -> str:
    """A name fit to be shown and saved: no path, no control, no bidirectional or zero-width sign,
    and nobody's number.

    Ends with the extension of what the file is, whatever it was called.
    """
    plain = unicodedata.normalize("NFC", re.split(r"[/\\]", name[:1000])[-1])
    kept = "".join(
        " " if unicodedata.category(c).startswith("Z") else c
        for c in plain
        if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    stem = re.sub(r'[<>:"|?*`$&;\'%#{}=~^]+', "_", personal.mask(kept))
    # every extension goes: the last of several is not always the one that is obeyed
    stem = re.sub(r"(?:\.[A-Za-z0-9]{1,8})+\s*\.*\Z", "", " ".join(stem.split())).strip(" ._")
    return f"{stem[:_LONGEST_NAME] or 'file'}.{extension}"


def _folder() -> Path:
    folder = Path(settings.HOME) / "blobs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _receive(stream: BinaryIO, draft: Path, limit: int) -> tuple[int, str]:
    size, hashed = 0, hashlib.sha256()
    with _new(draft) as file:
        while part := stream.read(_PART):
            size += len(part)
            if size > limit:
                raise Invalid({"files": "too_large"}, limit=limit)
            hashed.update(part)
            file.write(part)
    if not size:
        raise Invalid({"files": "empty"})
    return size, hashed.hexdigest()


def _scan(path: Path) -> None:
    """By the scanner of the house, if it has one: what nobody could look at is not taken either."""
    if not settings.CLAMD:
        return
    try:
        clean = antivirus.is_clean(path, where=settings.CLAMD)
    except antivirus.Away as away:
        _log.error("the virus scanner cannot be asked: %s", away)
        raise Invalid({"files": "not_scanned"}) from None
    if not clean:
        raise Invalid({"files": "infected"})


def _keep_image(draft: Path, kind: str, name: str, digest: str) -> Kept:
    drawn = images.redraw(draft)
    if drawn is None:
        raise Invalid({"files": "unreadable_image"})
    blob, thumb = _write(drawn.picture, drawn.content_type), _write(drawn.thumb, "image/webp")
    return Kept(
        blob=blob,
        thumb=thumb,
        content_type=drawn.content_type,
        size=len(drawn.picture),
        sha256=hashlib.sha256(drawn.picture).hexdigest(),
        clean_name=clean_name(name, IMAGES[drawn.content_type]),
        original=_move(draft, kind),
        original_sha256=digest,
    )


def _write(data: bytes, kind: str) -> str:
    draft = _folder() / f".{secrets.token_hex(16)}"
    with _new(draft) as file:
        file.write(data)
    return _move(draft, kind)


@contextmanager
def _new(draft: Path) -> Iterator[BinaryIO]:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _move(draft: Path, kind: str) -> str:
    name = secrets.token_hex(32)
    place = _folder() / name[:2]
    place.mkdir(mode=0o700, exist_ok=True)
    blob = f"{name[:2]}/{name}.{EXTENSIONS[kind]}"
    os.replace(draft, _folder() / blob)
    for folder in (place, _folder()):
        _sync(folder)
    return blob


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
