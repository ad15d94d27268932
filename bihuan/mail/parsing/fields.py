"""The header block of a mail or a part: its fields, whatever shape they are in."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_OCTETS = 1_000_000  # of one block; real ones stay below 100,000
MOST_LINES = 20_000  # of the block of a mail; each becomes an object
_END = re.compile(rb"\r*\n\r*\n")
#: A name and a colon; `http://` at the start of a line is the rest of the line before it.
_FIELD = re.compile(rb"([!-9;-~]{1,120})[ \t]*:(?!//)")
_MBOX = re.compile(rb">?From [^\n]*\n")


@dataclass(frozen=True, slots=True)
class Block:
    """Fields in order: (name as written, value unfolded). `end`: where the body begins."""

    fields: tuple[tuple[str, bytes], ...]
    end: int
    whole: bool = True  # False: too long, and cut

    def all(self, name: str) -> list[bytes]:
        """The values of every field of this name."""
        return [value for named, value in self.fields if named.lower() == name]

    def first(self, name: str) -> bytes:
        """The value of the first field of this name; b"" when there is none."""
        return next(iter(self.all(name)), b"")


def block(source: bytes, start: int, end: int, most: int = MOST_LINES) -> Block:
    """The fields from `start` on, at most to `end` or to `most` lines.

    A line that neither names a field nor is indented goes on with the field before it when
    another field follows (folds lose their blanks on the way); else the body begins with it.
    """
    start = _without_mark(source, start, end)
    if source[start : start + 2].lstrip(b"\r").startswith(b"\n"):
        return Block((), source.index(b"\n", start) + 1)
    limit = min(end, start + MOST_OCTETS)
    close = _END.search(source, start, limit)
    lines = _lines(source, start, close.start() if close else limit, most)
    fields, body = _folded(lines)
    whole = len(lines) <= most
    if body is None:
        if not close and limit < end:
            close, whole = _END.search(source, limit - 4, end), False
        body = close.end() if close else end
    return Block(tuple(fields), body, whole)


def _without_mark(source: bytes, start: int, end: int) -> int:
    """Behind what some put before the first field: a byte order mark, `From ` of a mailbox file."""
    if source.startswith(b"\xef\xbb\xbf", start, end):
        start += 3
    mbox = _MBOX.match(source, start, end)
    return mbox.end() if mbox else start


def _lines(source: bytes, start: int, end: int, most: int) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    while start < end and len(found) <= most:
        close = source.find(b"\n", start, end)
        close = end if close < 0 else close
        found.append((start, source[start:close].rstrip(b"\r")))
        start = close + 1
    return found


def _folded(lines: list[tuple[int, bytes]]) -> tuple[list[tuple[str, bytes]], int | None]:
    """The fields, and where a body begins that no blank line parts from them."""
    named = [_FIELD.match(line) for _, line in lines]
    last = max((at for at, match in enumerate(named) if match), default=-1)
    fields: list[tuple[str, list[bytes]]] = []
    for at, (offset, line) in enumerate(lines):
        match = named[at]
        if match:
            fields.append((match[1].decode("ascii"), [line[match.end() :]]))
        elif line[:1] in {b" ", b"\t"} and fields:
            fields[-1][1].append(line)
        elif at > last:
            return _joined(fields), offset
        elif fields:
            fields[-1][1].append(b" " + line)
    return _joined(fields), None


def _joined(fields: list[tuple[str, list[bytes]]]) -> list[tuple[str, bytes]]:
    return [(name, b"".join(lines).strip()) for name, lines in fields]
