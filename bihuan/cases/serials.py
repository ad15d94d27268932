"""Signs that claims come in series: points and reasons for a person to judge, never for a machine.

A complaint is taken, handled and kept to its clocks whatever is found here (L-26).
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FLAG = "default_not_handbook"


@dataclass(frozen=True, slots=True)
class Weights:
    """From how many on something counts, and how many points it is then; the file explains each."""

    days: int
    least: int
    complaints: int
    many: int
    each: int
    shops_from: int
    shops: int
    texts_from: int
    texts: int
    sums_from: int
    sums: int
    people: int
    copied: int

    @property
    def period(self) -> timedelta:
        return timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is compared of a case; 0 is unknown. `words` is the fingerprint of what it said."""

    person_id: int
    merchant_id: int
    words: int
    fen: int


class Sign(NamedTuple):
    """What was noticed, how many times, and its points."""

    what: str
    many: int
    points: int


@cache
def weights() -> Weights:
    """As the file gives them. TypeError for a name that is missing or unknown."""
    read = tomllib.loads(Path(__file__).with_name("serial.toml").read_text("utf-8"))
    return Weights(**{name: value for name, value in read.items() if name != _FLAG})


def of_person(claims: Sequence[Claim], by: Weights) -> tuple[Sign, ...]:
    """Many by one person: against different shops, in the same words, about the same sums."""
    if len(claims) < by.complaints:
        return ()
    shops = len({claim.merchant_id for claim in claims if claim.merchant_id})
    texts, sums = _most(c.words for c in claims), _most(c.fen for c in claims)
    signs = [Sign("many", len(claims), by.many + by.each * (len(claims) - by.complaints))]
    signs += [
        Sign(what, many, points)
        for what, many, least, points in (
            ("shops", shops, by.shops_from, by.shops),
            ("texts", texts, by.texts_from, by.texts),
            ("sums", sums, by.sums_from, by.sums),
        )
        if many >= least
    ]
    return tuple(signs)


def of_words(claims: Sequence[Claim], by: Weights) -> tuple[Sign, ...]:
    """The same words of many persons against one shop."""
    people = len({claim.person_id for claim in claims if claim.person_id})
    if people < by.people:
        return ()
    return (Sign("copied", people, by.copied + by.each * (people - by.people)),)


def score(signs: Iterable[Sign]) -> int:
    """All points together."""
    return sum(sign.points for sign in signs)


def _most(values: Iterable[Hashable]) -> int:
    """How often the most frequent of them stands there; what is unknown is like nothing."""
    found = Counter(value for value in values if value)
    return max(found.values(), default=0)
