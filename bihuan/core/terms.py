"""The words, lists and notices that a handbook is made of, one frozen dataclass a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Term:
    """A value with its words: states, kinds, priorities and the like; `rank` orders them."""

    id: str
    zh: str
    en: str
    clause: str
    rank: int = 0
    says: str = ""
    says_en: str = ""
    cues: tuple[str, ...] = ()
    default_not_handbook: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A way into the house, out of it, or both."""

    id: str
    zh: str
    en: str
    clauses: tuple[str, ...]
    inward: bool = True
    outward: bool = False
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A class of 2.1.2. Shares are dated benchmarks in whole percent, None when not stated."""

    id: str
    zh: str
    en: str
    clause: str
    says: str
    share: int | None = None
    first: bool = False
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """What exactly is wrong, with the cue words that speak for it; `group` is that of 6.1."""

    id: str
    zh: str
    en: str
    category: str
    cues: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """A group of 6.1 with its stated share in whole percent."""

    id: str
    zh: str
    en: str
    clause: str
    share: int | None = None


MAJOR = 2  # the rank of 重大 among the severities


@dataclass(frozen=True, slots=True)
class Severity:
    """A rung of 2.3.1. More people or more fen than named, or one of the cues, reach it."""

    id: str
    zh: str
    en: str
    clause: str
    rank: int
    tier_at_least: int
    special_report: bool | None = None
    people_over: int | None = None
    fen_over: int | None = None
    facts: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    default_not_handbook: bool = False

    @property
    def is_reported(self) -> bool:
        """Whether it asks for a special report (2.2.4).

        A text that was brought into force before it could say so means what X-47 says.
        """
        return self.rank >= MAJOR if self.special_report is None else self.special_report


@dataclass(frozen=True, slots=True)
class Fact:
    """A circumstance that raises severity when somebody states it."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of 4.2, with its cues, and what lifts a case to it by itself."""

    id: int
    zh: str
    en: str
    clause: str
    says: str
    cues: tuple[str, ...] = ()
    rises: tuple[Literal["departments", "again", "late"], ...] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is told of what is still late after so many hours (2.3.2), in their order."""

    id: int
    zh: str
    en: str
    clause: str
    hours: int
    whom: Literal["supervisor", "supervisors", "management"]
    default_not_handbook: bool = False


@dataclass(frozen=True, slots=True)
class HoldReason:
    """Why a clock may stand still, how long at most, and from when on a second person agrees."""

    id: str
    zh: str
    en: str
    clause: str
    cap_days: int
    second_person_above_hours: int
    default_not_handbook: bool = False


@dataclass(frozen=True, slots=True)
class Department:
    """A unit of 2.2.2; a watched queue is one that nobody may leave unread."""

    id: str
    zh: str
    en: str
    clause: str
    duty: str
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Which department takes a category, and who when it cannot."""

    category: str
    department: str
    fallback: str
    clause: str
    says: str


@dataclass(frozen=True, slots=True)
class Override:
    """A subject that goes elsewhere and first, whatever its category (X-30)."""

    id: str
    zh: str
    en: str
    department: str
    priority: str
    ruling: str
    issues: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told to whom when something happened; templates use `{name}` variables."""

    id: str
    on: tuple[str, ...]
    audience: Literal["customer", "merchant", "staff"]
    channels: tuple[str, ...]
    clause: str
    variables: tuple[str, ...]
    title: str
    title_en: str
    body: str
    body_en: str
    default_not_handbook: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Agency:
    """Somebody outside who settles disputes; shown only when configured and allowed by law."""

    id: str
    zh: str
    en: str
    clause: str
    role: Literal["mediation", "arbitration", "court", "authority"]
    configured: bool
    allowed: bool
    says: str = ""
    address: str = ""
    phone: str = ""
    url: str = ""
    legal_note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One dimension of a survey, scored 1 to 5; `stated` is the 2024 figure in tenths."""

    id: str
    zh: str
    en: str
    stated: int | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """A questionnaire and when it is sent."""

    id: str
    zh: str
    en: str
    clause: str
    when: str
    questions: tuple[Question, ...]
    default_not_handbook: bool = False


@dataclass(frozen=True, slots=True)
class Right:
    """One of the rights of 1.1, 3.1 and 5.1 (the union, X-31)."""

    id: str
    zh: str
    en: str
    clauses: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Target:
    """A number that is measured but never breached."""

    id: str
    clause: str
    kind: Literal["target", "benchmark", "external"]
    says: str
    en: str
    amount: int
    unit: str
    use: str
    stated: int | None = None
    legal_note: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something done at intervals; the handbook names no period (X-34), so all are defaults."""

    id: str
    clause: str
    says: str
    en: str
    days: int
    every: str
    room: str
    default_not_handbook: bool = True


@dataclass(frozen=True, slots=True)
class Default:
    """A number the handbook does not give."""

    id: str
    amount: int
    unit: Literal["minutes", "hours", "days", "workdays", "years", "times", "percent", "clock"]
    zh: str
    en: str
    clause: str
    why: str
    ruling: str = ""
    default_not_handbook: bool = True
