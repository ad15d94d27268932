"""What Outlook packs into `winmail.dat`: files, and the text when the mail has none.

The format is [MS-OXTNEF]; read here are the streams of files and the plain and HTML text.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from bihuan.mail.parsing.charsets import decoded
from bihuan.mail.parsing.letter import Part
from bihuan.mail.parsing.markup import lines_of
from bihuan.mail.parsing.naming import clean

_SIGNATURE = 0x223E9F78
_MOST_ATTRIBUTES = 20_000
_MOST_FILES = 500
_MOST_TEXT = 200_000
#: Attributes of the stream
_CODEPAGE, _BODY, _PROPERTIES = 0x9007, 0x800C, 0x9003
_FILE_BEGINS, _FILE_DATA, _FILE_TITLE, _FILE_PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005
#: Properties within: [MS-OXPROPS]
_PLAIN, _HTML, _LONG_NAME, _SHORT_NAME, _SHOWN_NAME = 0x1000, 0x1013, 0x3707, 0x3704, 0x3001
_MIME, _DATA, _CONTENT_ID = 0x370E, 0x3701, 0x3712
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING8, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_MANY = 0x1000
_KIND = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)


@dataclass(slots=True)
class Opened:
    """What was within; `problems` is empty when all of it could be read."""

    text: str = ""
    parts: list[Part] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    title: str = ""
    data: bytes = b""
    about: dict[int, bytes | str] = field(default_factory=dict)


def opened(data: bytes) -> Opened:
    """The files and the text in it; as many as can be read when it is broken."""
    found = Opened()
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        found.problems.append("bad_tnef")
        return found
    charset, body = "cp1252", b""
    files: list[_File] = []
    about: dict[int, bytes | str] = {}
    try:
        for name, value in _attributes(data):
            if name == _CODEPAGE and len(value) >= 4:
                charset = f"cp{struct.unpack_from('<I', value)[0]}"
            elif name == _BODY:
                body = value
            elif name == _PROPERTIES:
                about = dict(_properties(value, charset))
            elif name == _FILE_BEGINS and len(files) < _MOST_FILES:
                files.append(_File())
            elif files:
                _fill(files[-1], name, value, charset)
    except (struct.error, ValueError, IndexError):
        found.problems.append("bad_tnef")
    found.text = _text(about, body, charset)
    found.parts = [_part(file, charset) for file in files]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6  # a signature and a key
    for _ in range(_MOST_ATTRIBUTES):
        if at + 9 > len(data):
            return
        _, name, _, size = struct.unpack_from("<BHHI", data, at)
        if at + 9 + size > len(data):
            raise ValueError
        yield name, data[at + 9 : at + 9 + size]
        at += 9 + size + 2  # a checksum, which some programs get wrong


def _properties(data: bytes, charset: str) -> Iterator[tuple[int, bytes | str]]:
    (count,), at = struct.unpack_from("<I", data), 4
    for _ in range(min(count, _MOST_ATTRIBUTES)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:
            at = _past_name(data, at)
        values = 1
        if kind & _MANY or kind in {_STRING8, _UNICODE, _OBJECT, _BINARY}:
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
        kind &= ~_MANY
        for _ in range(min(values, _MOST_ATTRIBUTES)):
            size = _FIXED.get(kind, 0)
            if not size:
                (size,) = struct.unpack_from("<I", data, at)
                at += 4
            value = data[at : at + size]
            at += size + -size % 4
            if at > len(data) + 3:
                raise ValueError
            yield name, _meant(kind, value, charset)


def _past_name(data: bytes, at: int) -> int:
    """A property with a name of its own: a set, then a number or a text."""
    (kind, size), at = struct.unpack_from("<II", data, at + 16), at + 24
    return at if kind == 0 else at + size + -size % 4


def _meant(kind: int, value: bytes, charset: str) -> bytes | str:
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    if kind == _STRING8:
        return decoded(value.rstrip(b"\0"), charset)[0]
    return value[16:] if kind == _OBJECT else value  # before an object stands what it is


def _fill(file: _File, name: int, value: bytes, charset: str) -> None:
    if name == _FILE_TITLE:
        file.title = decoded(value.rstrip(b"\0"), charset)[0]
    elif name == _FILE_DATA:
        file.data = value
    elif name == _FILE_PROPERTIES:
        file.about = dict(_properties(value, charset))


def _part(file: _File, charset: str) -> Part:
    said = [file.about.get(name) for name in (_LONG_NAME, _SHOWN_NAME, _SHORT_NAME)]
    names = [name for name in said if isinstance(name, str) and name]
    kind, data = file.about.get(_MIME), file.about.get(_DATA)
    return Part(
        clean((names or [file.title])[0]) or "file",
        kind.lower()
        if isinstance(kind, str) and _KIND.fullmatch(kind)
        else "application/octet-stream",
        file.data or (data if isinstance(data, bytes) else b""),
        bool(file.about.get(_CONTENT_ID)),
    )


def _text(about: dict[int, bytes | str], body: bytes, charset: str) -> str:
    plain, rich = about.get(_PLAIN), about.get(_HTML)
    if isinstance(plain, str) and plain.strip():
        return plain
    if rich:
        page = rich if isinstance(rich, str) else decoded(rich, charset)[0]
        return lines_of(page, _MOST_TEXT)[0]
    return decoded(body.rstrip(b"\0"), charset)[0]
