"""How like two cases are, and why: weights are data, and a person decides what follows (2.2.3)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from bihuan.core import lexemes


@dataclass(frozen=True, slots=True)
class Weights:
    """Points for what two cases share; `days`, `text_from` (per cent) and `least` are limits."""

    days: int
    same_order: int
    same_person: int
    same_merchant: int
    same_issue: int
    same_text: int
    text_from: int
    least: int

    @property
    def period(self) -> timedelta:
        return timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of a case; an id of 0 is nobody's and nothing's."""

    person_id: int
    order_id: int
    merchant_id: int
    issue: str
    text: str
    received_at: datetime


class Shared(NamedTuple):
    """One thing that two cases share; `per_cent` is how much of the words, 100 for the rest."""

    what: str
    points: int
    per_cent: int = 100


@dataclass(frozen=True, slots=True)
class Likeness:
    """The sum of what is shared, and each part of it."""

    shared: tuple[Shared, ...]

    @property
    def score(self) -> int:
        return sum(one.points for one in self.shared)


_FLAG = "default_not_handbook"
_FEWEST = 12  # characters: shorter words are everybody's


def weights() -> Weights:
    """For one matter that was told twice."""
    return _read("likeness.toml")


def cause() -> Weights:
    """For many matters that one thing has caused."""
    return _read("cause.toml")


@cache
def _read(name: str) -> Weights:
    """As the file gives them. TypeError for a name that is missing or unknown."""
    read = tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return Weights(**{name: value for name, value in read.items() if name != _FLAG})


def likeness(one: Facts, other: Facts, by: Weights) -> Likeness:
    """Nothing but an order is shared over a longer time than `by.days`."""
    near = abs(one.received_at - other.received_at) <= by.period
    shared = [
        Shared(name, getattr(by, name))
        for name, mine, theirs in (
            ("same_order", one.order_id, other.order_id),
            ("same_person", one.person_id, other.person_id),
            ("same_merchant", one.merchant_id, other.merchant_id),
            ("same_issue", one.issue, other.issue),
        )
        if mine and mine == theirs and (near or name == "same_order")
    ]
    alike = text_alike(one.text, other.text) if near else 0
    if alike >= by.text_from:
        shared.append(Shared("same_text", by.same_text * alike // 100, alike))
    return Likeness(tuple(shared))


def text_alike(one: str, other: str) -> int:
    """Per cent of the pairs of characters, and words, that two texts share (Dice)."""
    mine, theirs = pairs(one), pairs(other)
    if not mine or not theirs:
        return 0
    return 200 * len(mine & theirs) // (len(mine) + len(theirs))


@lru_cache(maxsize=256)  # some megabytes: an agent goes from one case of a shop to the next
def pairs(text: str) -> frozenset[str]:
    """What a text is compared by."""
    return frozenset(_pairs(lexemes.runs(text)))


def fingerprint(text: str) -> int:
    """The same for the same words, whatever marks and numbers stand between; 0 for a few words.

    53 bits, so that JSON keeps it whole.
    """
    plain = " ".join(run.text for run in lexemes.runs(text))
    if len(plain) < _FEWEST:
        return 0
    return int.from_bytes(sha256(plain.encode()).digest()[:8]) >> 11


def _pairs(runs: Iterable[lexemes.Run]) -> Iterable[str]:
    for run in runs:
        if run.chinese and len(run.text) > 1:
            yield from (run.text[n : n + 2] for n in range(len(run.text) - 1))
        else:
            yield run.text
