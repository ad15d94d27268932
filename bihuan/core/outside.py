"""What is settled with others: who they are, the steps in order, the times the law gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class PartyKind:
    """A trade outside the house, and within how many working days it is expected to answer."""

    id: str
    zh: str
    en: str
    clause: str
    workdays: int
    default_not_handbook: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """One of the trade, by name."""

    id: str
    zh: str
    en: str
    kind: str


@dataclass(frozen=True, slots=True)
class HandlingStep:
    """A step of a group of issues; `asks` names the trade that is asked in it."""

    id: str
    group: str
    zh: str
    en: str
    clause: str
    says: str
    mandatory: bool = False
    asks: str = ""
    default_not_handbook: bool = False


@dataclass(frozen=True, slots=True)
class LegalClock:
    """A time that the law gives: a user's right is a window, another's duty is a due.

    `days` are calendar days; a duty `at_once` has none. `issues` empty means any.
    """

    id: str
    law: str
    law_en: str
    article: str
    who: Literal["consumer", "courier", "payment"]
    act: str
    act_en: str
    shape: Literal["window", "due", "at_once"]
    start: Literal["goods.received", "courier.complained", "payment.asked"]
    quote: str
    confidence: Literal["A", "B", "C"]
    clause: str
    days: int = 0
    issues: tuple[str, ...] = ()
    note: str = ""
    note_en: str = ""
