"""A mail taken apart into its parts, by places in its octets: nothing is copied to be looked at.

The parser of the standard library keeps every line as an object: 30 MB of short lines take it
900 MB, and nested boundaries are tried on every line (measured, Python 3.11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bihuan.mail.parsing.fields import MOST_LINES, Block, block
from bihuan.mail.parsing.parameters import parameters
from bihuan.mail.parsing.transfer import unpacked

MOST_PARTS = 1_000
DEEPEST = 30
_LINES_OF_A_PART = 500
_MOST_FALSE = 100_000  # lines that begin like a boundary and are none
_KIND = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_LIKELY = re.compile(rb"^--([^\r\n]{1,150}?)[ \t]{0,80}\r?\nContent-", re.I | re.M)
_TAIL = re.compile(rb"(--)?[ \t]*\r?(?:\n|\Z)")
MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(frozen=True, slots=True)
class Entity:
    """A mail or a part of one. Its body is `source[start:end]`, still packed for transport."""

    block: Block
    kind: str  # "text/plain"
    given: dict[str, str]  # the parameters of Content-Type
    disposition: str
    placed: dict[str, str]  # the parameters of Content-Disposition
    source: bytes = field(repr=False)
    start: int
    end: int
    parts: tuple[Entity, ...] = ()

    def first(self, name: str) -> bytes:
        """The value of the first field of this name; b"" when there is none."""
        return self.block.first(name)

    def octets(self) -> bytes:
        """The body as it was before it was packed for transport."""
        packing = self.first("content-transfer-encoding").decode("ascii", "ignore")
        return unpacked(self.source[self.start : self.end], packing)


class _Line(NamedTuple):
    """A boundary: where what stands before it ends, and what stands after it begins."""

    before: int
    after: int
    last: bool


class Taking:
    """Takes one mail apart; `problems` says what was wrong with it, or too much."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.hint = ""
        self._seen = 0
        self._false = 0

    def entity(
        self, source: bytes, start: int, end: int, depth: int = 0, default: str = "text/plain"
    ) -> Entity:
        """What begins at `start` with its header block, and everything in it."""
        self._seen += 1
        head = block(source, start, end, MOST_LINES if depth == 0 else _LINES_OF_A_PART)
        if not head.whole:
            self.problems.append("headers_cut")
        kind, given = parameters(head.first("content-type"), self.hint)
        kind = _proper(kind, default)
        self.hint = self.hint or given.get("charset", "")
        disposition, placed = parameters(head.first("content-disposition"), self.hint)
        whole = Entity(head, kind, given, disposition, placed, source, min(head.end, end), end)
        if not kind.startswith("multipart/") and kind not in MESSAGES:
            return whole
        if depth >= DEEPEST:
            self.problems.append("too_deep")
            return whole
        parts = tuple(self._inner(whole, depth + 1))
        if kind.startswith("multipart/") and not parts:
            self.problems.append("no_parts")
            kind = "text/plain"
        return Entity(head, kind, given, disposition, placed, source, whole.start, end, parts)

    def _inner(self, outer: Entity, depth: int) -> Iterator[Entity]:
        source, start, end = outer.source, outer.start, outer.end
        packing = outer.first("content-transfer-encoding").strip().lower()
        if packing in {b"base64", b"quoted-printable"}:  # forbidden (RFC 2045, 6.4), yet sent
            opened = b"\n" + outer.octets()
            if outer.kind in MESSAGES or b"\n--" in opened:
                source, start, end = opened, 1, len(opened)
        if outer.kind in MESSAGES:
            while source[start : start + 1] in {b"\r", b"\n"} and start < end:
                start += 1
            if start < end and self._seen < MOST_PARTS:
                yield self.entity(source, start, end, depth)
            return
        default = "message/rfc822" if outer.kind == "multipart/digest" else "text/plain"
        for left, right in self._between(source, start, end, outer.given.get("boundary", "")):
            if self._seen >= MOST_PARTS:
                self.problems.append("too_many_parts")
                return
            yield self.entity(source, left, right, depth, default)

    def _between(self, source: bytes, start: int, end: int, name: str) -> Iterator[tuple[int, int]]:
        """Where the parts stand. A boundary that is not named or never comes is guessed."""
        boundary = name.encode("utf-8", "replace")
        line = self._line(source, start, end, boundary) if boundary else None
        if line is None:
            likely = _LIKELY.search(source, start, end)
            if likely is None:
                return
            self.problems.append("bad_boundary")
            boundary = likely[1]
            line = self._line(source, start, end, boundary)
        while line is not None and not line.last:
            following = self._line(source, line.after, end, boundary)
            if following is None:
                self.problems.append("cut_short")
            yield line.after, max(line.after, following.before if following else end)
            line = following

    def _line(self, source: bytes, start: int, end: int, boundary: bytes) -> _Line | None:
        sought = b"\n--" + boundary
        at = source.find(sought, max(0, start - 1), end)
        while at >= 0 and self._false < _MOST_FALSE:
            tail = _TAIL.match(source, at + len(sought), end)
            if tail:
                before = at - (source[at - 1 : at] == b"\r")
                return _Line(before, tail.end(), bool(tail[1]))
            self._false += 1
            at = source.find(sought, at + 1, end)
        return None


def _proper(kind: str, default: str) -> str:
    if _KIND.fullmatch(kind):
        return kind
    if kind.startswith("multipart"):
        return "multipart/mixed"
    return "application/octet-stream" if "/" in kind else default
