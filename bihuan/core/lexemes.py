"""Words as an index holds them and as somebody asks for them: Chinese without a dictionary.

A Chinese run is kept by its single characters and its pairs of neighbours, so that any two
characters in mid-sentence are found whatever a dictionary thinks of them; other scripts by words.
Nothing that looks like somebody's number is a lexeme: those are found by blind index alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from bihuan.core import personal

MOST_CHARACTERS = 40_000  # of one subject; and with these lexemes a tsvector stays below 1 MB
MOST_LEXEMES = 30_000
LONGEST = 40  # characters of a word
_BEGINS = 3  # letters from which on a word also finds those that begin with it
_SEALED = re.compile(r"⟦[^⟧]*⟧")
_QUOTED = re.compile(r"[\"“”„«»「」『』＂]")
#: Seven digits with no more than a space, dot or dash between two: an order, a parcel, a phone.
_NUMBER = re.compile(r"[a-z]{0,20}\d(?:[ \t.·_-]{0,2}\d){6,}[a-z]{0,20}")
_MOST_DIGITS = 6  # of a word, wherever its letters stand
_BETWEEN = "\x00"


class Run(NamedTuple):
    """Characters without a break: `place` counts characters of Chinese and words of others."""

    text: str
    chinese: bool
    place: int


@dataclass(frozen=True, slots=True)
class Sought:
    """A question for the index (a tsquery), and the runs of it to be marked where they stand."""

    query: str
    runs: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.query)


def month(day: date) -> str:
    """The lexeme of a month, which stands beside the words; no word has a colon."""
    return f"m:{day:%y%m}"


def shop(merchant_id: int) -> str:
    """The lexeme of a shop, likewise."""
    return f"s:{merchant_id}"


def kept(texts: Iterable[str], day: date, *beside: str) -> str:
    """A tsvector, as PostgreSQL reads it, of these texts, the month they belong to, and more."""
    found: dict[str, list[int]] = {lexeme: [] for lexeme in (month(day), *beside)}
    text = "\n".join(texts)[:MOST_CHARACTERS]
    for run in runs(text):
        for lexeme, place in _lexemes(run):
            if lexeme not in found and len(found) >= MOST_LEXEMES:
                continue
            places = found.setdefault(lexeme, [])
            places += [place] if place else []
    return " ".join(f"'{lexeme}'{_places(places)}" for lexeme, places in found.items())


def _places(places: list[int]) -> str:
    return ":" + ",".join(map(str, places)) if places else ""


def _lexemes(run: Run) -> Iterator[tuple[str, int]]:
    """Each with its place, 0 where none is needed: a pair says where its characters stand.

    Only at the ends of a run may a single character stand beside a break in a phrase.
    """
    text, place = run.text, run.place
    if not run.chinese:
        yield text, place
        return
    for n, one in enumerate(text):
        yield one, place + n if n in (0, len(text) - 1) else 0
        if n + 1 < len(text):
            yield text[n : n + 2], place + n


def runs(text: str) -> Iterator[Run]:
    """The runs of a text from place 1 on, without numbers that could be somebody's."""
    folded, _ = _folded(_without_numbers(unicodedata.normalize("NFC", text)))
    place, after_chinese = 1, False
    for chinese, run in _split(folded):
        if chinese and after_chinese:
            place += 1  # a break: neighbours across it are not neighbours
        after_chinese = chinese
        if chinese or sum(c.isdecimal() for c in run) <= _MOST_DIGITS:
            yield Run(run if chinese else run[:LONGEST], chinese, place)
        place += len(run) if chinese else 1


def _without_numbers(text: str) -> str:
    """The same, with a break for each number that was sealed, is personal, or is long."""
    text = _SEALED.sub(_BETWEEN, text)
    spans = [(one.start, one.end) for one in personal.find(text)]
    folded, origins = _folded(text)
    spans += [(origins[m.start()], origins[m.end() - 1] + 1) for m in _NUMBER.finditer(folded)]
    plain = list(text)
    for start, end in spans:
        plain[start:end] = _BETWEEN * (end - start)
    return "".join(plain)


def _folded(text: str) -> tuple[str, list[int]]:
    """Half-width, compatible forms, lower case; and for each character where it came from."""
    parts: list[str] = []
    origins: list[int] = []
    for n, one in enumerate(text):
        plain = one if "\u4e00" <= one <= "\u9fff" else _plain(one)
        parts.append(plain)
        origins += [n] * len(plain)
    return "".join(parts), origins


def _plain(one: str) -> str:
    return unicodedata.normalize("NFKC", one).casefold()


def _split(folded: str) -> Iterator[tuple[bool, str]]:
    """Is it Chinese (or Japanese, Korean, which have no spaces either), and the run."""
    start, kind = 0, ""
    for n, one in enumerate(f"{folded}{_BETWEEN}"):
        here = _kind(one)
        if here != kind:
            if kind:
                yield kind == "chinese", folded[start:n]
            start, kind = n, here


def _kind(one: str) -> str:
    if not one.isalnum():
        return ""
    code = ord(one)
    chinese = 0x3005 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7AF or 0x20000 <= code <= 0x3FFFF
    return "chinese" if chinese else "word"


def sought(text: str) -> Sought:
    """What is asked for: every word, in any order; what stands in quotes, as it stands.

    Empty when nothing in it can be looked for, as in a number alone.
    """
    terms: list[str] = []
    asked: list[str] = []
    for n, part in enumerate(_QUOTED.split(text)):
        found = list(runs(part))
        asked += [run.text for run in found]
        if n % 2:
            terms += [_phrase(found)] if found else []
        else:
            terms += [term for run in found for term in _terms(run)]
    return Sought(" & ".join(dict.fromkeys(terms)), tuple(dict.fromkeys(asked)))


def _terms(run: Run) -> list[str]:
    if not run.chinese:
        begins = len(run.text) >= _BEGINS and not run.text.isdecimal()
        return [f"'{run.text}':*" if begins else f"'{run.text}'"]
    return [f"'{lexeme}'" for lexeme, _ in _pairs(run)]


def _pairs(run: Run) -> list[tuple[str, int]]:
    """The lexemes of a run that say all of it: its pairs, or what stands alone."""
    if not run.chinese or len(run.text) == 1:
        return [(run.text, run.place)]
    return [(run.text[n : n + 2], run.place + n) for n in range(len(run.text) - 1)]


def _phrase(found: list[Run]) -> str:
    """Neighbours as neighbours: each lexeme as far from the last as it stands."""
    pairs = [pair for run in found for pair in _pairs(run)]
    said = f"'{pairs[0][0]}'"
    for (_, before), (lexeme, place) in pairwise(pairs):
        said += f" <{place - before}> '{lexeme}'"
    return f"({said})"


def marked(text: str, asked: Sought, most: int = 0) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it was asked for; `most` characters around the first.

    Empty when nothing of it stands there and only a part was wanted.
    """
    plain = unicodedata.normalize("NFC", text)
    spans = _spans(plain, asked)
    if most and not spans:
        return []
    first = spans[0][0] if spans else 0
    begin = max(first - most // 3, 0) if most else 0
    end = min(begin + most, len(plain)) if most else len(plain)
    parts, at = [("…", False)] if begin else [], begin
    for left, right in spans:
        if left >= end:
            break
        parts += [(plain[at:left], False), (plain[left : min(right, end)], True)]
        at = min(right, end)
    parts += [(plain[at:end], False), ("…" if end < len(plain) else "", False)]
    return [part for part in parts if part[0]]


def _spans(text: str, asked: Sought) -> list[tuple[int, int]]:
    """Where runs stand, merged and in order; a run that stands nowhere whole, by its pairs."""
    folded, origins = _folded(text)
    taken: set[int] = set()
    for run in asked.runs:
        chinese = _kind(run[0]) == "chinese"
        places = list(_places_of(run, folded, chinese))
        if not places and chinese:
            pairs = [run[n : n + 2] for n in range(len(run) - 1)]
            places = [place for pair in pairs for place in _places_of(pair, folded, chinese)]
        taken.update(origins[n] for start, end in places for n in range(start, end))
    spans: list[tuple[int, int]] = []
    for n in sorted(taken):
        if spans and spans[-1][1] == n:
            spans[-1] = (spans[-1][0], n + 1)
        else:
            spans.append((n, n + 1))
    return spans


def _places_of(run: str, folded: str, chinese: bool) -> Iterator[tuple[int, int]]:
    """Where it stands; a word only where a word begins."""
    start = folded.find(run)
    while start >= 0:
        if chinese or not start or _kind(folded[start - 1]) != "word":
            yield start, start + len(run)
        start = folded.find(run, start + 1)
