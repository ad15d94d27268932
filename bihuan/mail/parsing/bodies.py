"""What in a mail is its text, what is attached to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bihuan.mail.parsing import markup, naming, tnef
from bihuan.mail.parsing.charsets import decoded
from bihuan.mail.parsing.entities import MESSAGES, Entity
from bihuan.mail.parsing.letter import Part
from bihuan.mail.parsing.transfer import uuencoded
from bihuan.mail.parsing.words import text as heading

MOST_TEXT = 200_000  # characters
_MOST_TEXTS = 100  # parts that are text; what is beyond stays attached
_MOST_OCTETS = 4 * MOST_TEXT  # of plain text that are decoded
_MOST_MARKUP = 8_000_000  # of HTML: styles and pictures written out are no text
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_TEXTS = frozenset({"text/plain", "text/html"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")
_TRAILING = re.compile(r"(?<![ \t])[ \t]+(?=\n|\Z)")
_TARGET = re.compile(r"<?\b(?:https?|mailto|cid):[^\s>]{1,2000}>?", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")
_MUCH, _SOME = 1.5, 40  # a plain text with half as many words more, and these, is the fuller
_FOLDED = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of the text."""

    text: str
    rich: bool  # it was HTML


Piece = Said | Part


class Reading:
    """Reads one mail that was taken apart; `problems` says what was wrong, or too much."""

    def __init__(self, hint: str) -> None:
        self.problems: list[str] = []
        self._hint = hint
        self._tags = markup.MOST_TAGS  # and texts: what is left to look at
        self._texts = _MOST_TEXTS

    def body(self, whole: Entity) -> tuple[str, tuple[Part, ...]]:
        """The text, and the parts in their order, each with a name of its own."""
        pieces = list(self._pieces(whole, alone=True))
        text = self._joined([piece for piece in pieces if isinstance(piece, Said)])
        parts = [piece for piece in pieces if isinstance(piece, Part)]
        for part in list(parts):
            if part.content_type in _TNEF or part.filename.lower() == "winmail.dat":
                inner = tnef.opened(part.data)
                self.problems += inner.problems
                parts += inner.parts
                text = text or self._cut(_tidy(inner.text))
        names = naming.apart([part.filename for part in parts])
        parts = [replace(part, filename=n) for part, n in zip(parts, names, strict=True)]
        return text, tuple(parts)

    def _joined(self, said: list[Said]) -> str:
        """In order; plain words that were said as HTML too are not repeated."""
        rich = {_FOLDED.sub("", piece.text) for piece in said if piece.rich}
        kept = [p.text for p in said if p.rich or _FOLDED.sub("", p.text) not in rich]
        return self._cut("\n\n".join(text for text in kept if text.strip()))

    def _cut(self, text: str) -> str:
        if len(text) > MOST_TEXT:
            self.problems.append("text_cut")
        return text[:MOST_TEXT]

    def _pieces(self, entity: Entity, alone: bool = False) -> Iterator[Piece]:
        if entity.kind in MESSAGES or (entity.kind.startswith("multipart/") and not entity.parts):
            yield self._part(entity)
        elif entity.kind == "multipart/alternative":
            yield from self._alternative(entity)
        elif entity.kind == "multipart/related":
            yield from self._related(entity)
        elif entity.parts:
            for part in entity.parts:
                yield from self._pieces(part)
        elif _is_text(entity, alone) and self._texts > 0 and self._tags > 0:
            yield from self._said(entity)
        elif not _is_nothing(entity):
            yield self._part(entity)

    def _alternative(self, entity: Entity) -> Iterator[Piece]:
        """The richest that says anything, unless a plain one says much more; whatever else is in
        the others stays attached.
        """
        each = [list(self._pieces(part)) for part in entity.parts]
        said = [_words(pieces) for pieces in each]

        def worth(at: int) -> tuple[bool, bool, bool, int]:
            words = said[at]
            poor = words * _MUCH + _SOME < max(said)
            rich = any(p.rich for p in each[at] if isinstance(p, Said) and p.text.strip())
            return bool(words), not poor, rich, at

        best = max(range(len(each)), key=worth)
        for at, pieces in enumerate(each):
            yield from (p for p in pieces if at == best or isinstance(p, Part))

    def _related(self, entity: Entity) -> Iterator[Piece]:
        """The first is the text (or the one named); what stands beside it is shown within."""
        wanted = entity.given.get("start", "").strip("<> ")
        roots = [
            part for part in entity.parts
            if wanted and heading(part.first("content-id")).strip("<> ") == wanted
        ]  # fmt: skip
        root = (roots or list(entity.parts))[0]
        for part in entity.parts:
            if part is root or part.kind.startswith("multipart/"):
                yield from self._pieces(part)
            elif not _is_nothing(part):
                yield self._part(part)

    def _said(self, entity: Entity) -> Iterator[Piece]:
        octets = entity.octets()
        self._texts -= 1
        self._tags -= octets.count(b"<") if entity.kind == "text/html" else 0
        charset = entity.given.get("charset", "")
        if entity.kind == "text/html":
            charset = charset or markup.charset_of(octets)
            text = self._decoded(octets[:_MOST_MARKUP], charset)
            text, whole = markup.lines_of(text, MOST_TEXT)
            whole = whole and len(octets) <= _MOST_MARKUP
        else:
            octets, files = uuencoded(octets)
            text = self._decoded(octets[:_MOST_OCTETS], charset)
            whole = len(octets) <= _MOST_OCTETS
            for name, data in files:
                shown = naming.clean(decoded(name, hint=self._hint)[0]) or "file"
                yield Part(shown, "application/octet-stream", data)
        if not whole:
            self.problems.append("text_cut")
        yield Said(_tidy(text), entity.kind == "text/html")

    def _decoded(self, octets: bytes, charset: str) -> str:
        text, right = decoded(octets, charset, self._hint)
        if not right:
            self.problems.append("bad_charset")
        return text

    def _part(self, entity: Entity) -> Part:
        subject = None
        if entity.kind in MESSAGES:
            inner = entity.parts[0] if entity.parts else None
            subject = (
                heading(inner.first("subject"), inner.given.get("charset", "")) if inner else ""
            )
        name = naming.named(entity, self._hint, subject)
        inline = entity.kind.startswith("image/") and bool(entity.first("content-id"))
        return Part(name, entity.kind, entity.octets(), inline)


def _words(pieces: Iterable[Piece]) -> int:
    """How much is said, in letters and signs of words; targets of links are not words."""
    texts = [piece.text for piece in pieces if isinstance(piece, Said)]
    words = sum(len(_NO_WORD.sub("", _TARGET.sub("", text))) for text in texts)
    return words or int(any(text.strip() for text in texts))


def _is_text(entity: Entity, alone: bool) -> bool:
    if entity.kind not in _TEXTS or entity.disposition == "attachment":
        return False
    named = entity.placed.get("filename") or entity.given.get("name")
    return alone or not named


def _is_nothing(entity: Entity) -> bool:
    """A text without a name and without a sign: a leftover of taking something away."""
    named = entity.placed.get("filename") or entity.given.get("name")
    blank = not entity.source[entity.start : min(entity.end, entity.start + 1000)].strip()
    return blank and not named and entity.kind in _TEXTS and entity.disposition != "attachment"


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _TRAILING.sub("", _CONTROL.sub("", text)).strip("\n")
