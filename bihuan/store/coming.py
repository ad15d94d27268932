"""Bytes of files that come in parts: kept durably in a corner that nothing ever reads out of."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Container
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from bihuan.core.refusals import Damaged, Invalid

_NAME = re.compile(r"[0-9a-f]{32}\Z")
_PIECE = 256 * 1024


def begin() -> str:
    """The name of an empty place for bytes to come."""
    name = secrets.token_hex(16)
    os.close(os.open(_path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return name


def append(
    name: str,
    stream: BinaryIO,
    *,
    offset: int,
    most: int,
    checksum: tuple[str, bytes] | None = None,
) -> int:
    """Write what the stream holds from `offset` on, durably; returns how many bytes it was.

    Whatever stood behind `offset` was of a part nobody was told has come: it is written over.
    Invalid `files` too_large past `most`; Damaged when `checksum` (algorithm, digest) differs.
    """
    came, hashed = 0, hashlib.new(checksum[0]) if checksum else None
    with _path(name).open("r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        while piece := stream.read(min(_PIECE, most + 1 - came)):
            came += len(piece)
            if came > most:
                raise Invalid({"files": "too_large"}, limit=offset + most)
            if hashed:
                hashed.update(piece)
            file.write(piece)
        if checksum and hashed and hashed.digest() != checksum[1]:
            raise Damaged()
        file.flush()
        os.fsync(file.fileno())
    return came


def cut(name: str, offset: int) -> None:
    """Let go of what stands behind `offset`."""
    os.truncate(_path(name), offset)


def head(name: str, size: int) -> bytes:
    """The first bytes, as far as they have come."""
    with _path(name).open("rb") as file:
        return file.read(size)


def opened(name: str) -> BinaryIO:
    """All that has come, to be looked at and kept as a file."""
    return _path(name).open("rb")


def remove(name: str) -> None:
    """Let the bytes go; nothing when they are gone."""
    _path(name).unlink(missing_ok=True)


def sweep(*, before: float, known: Container[str]) -> int:
    """Remove what nobody knows of and nobody wrote to since `before` (seconds since the epoch)."""
    gone = 0
    for path in _folder().iterdir():
        if path.name not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _path(name: str) -> Path:
    if not _NAME.match(name):
        raise ValueError(name)
    return _folder() / name


def _folder() -> Path:
    folder = Path(settings.HOME) / "blobs" / ".coming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
