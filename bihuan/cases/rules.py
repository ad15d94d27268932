"""What a message is about, how grave, how urgent and whose: decided by cues, with reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bihuan.core.handbook import Handbook

UNSURE = "other_issue"
UNROUTED = "unrouted"
PRIORITIES = ("urgent", "important", "general")

Place = tuple[str, str | int]  # where a list of cues stands: ("issue", its id), ("tier", 2)
Heard = Mapping[Place, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a case comes in; `fen` is what was paid for the order, 0 if unknown."""

    kind: str
    channel: str
    text: str
    category: str = ""
    issue: str = ""
    fen: int = 0
    people: int = 1


class Reason(NamedTuple):
    """Why a field got its value: the clause or ruling, and the words or figures that decided."""

    field: str
    value: str
    because: str
    clause: str
    cues: tuple[str, ...] = ()

    def kept(self) -> dict[str, object]:
        """As the case keeps it."""
        return {
            "field": self.field,
            "value": self.value,
            "because": self.because,
            "clause": self.clause,
            "cues": list(self.cues),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The four ladders, kept apart (X-14), and the department of 2.2.2."""

    category: str
    issue: str
    severity: str
    tier: int
    priority: str
    department: str
    reasons: tuple[Reason, ...]

    @property
    def unsure(self) -> bool:
        return self.department == UNROUTED

    @property
    def overridden(self) -> bool:
        """Does the handbook itself say who takes it, whatever its category (X-30)?"""
        return self.reasons[-1].because == "override"


def judge(facts: Facts, book: Handbook) -> Verdict:
    """Category, issue, severity, tier, priority and department, each with its reason."""
    heard = _heard(facts.text, book)
    issue, why_issue = _issue(facts, heard, book)
    category, why_category = _category(facts, issue, heard, book)
    severity, why_severity = _severity(facts, heard, book)
    tier, why_tier = _tier(severity, heard, book)
    override = _override(issue, heard, book)
    priority, why_priority = _priority(severity, override, book)
    unsure = not facts.category and issue == UNSURE and why_category.because == "nothing_fits"
    department, why_department = _department(category, override, unsure, book)
    reasons = (why_issue, why_category, why_severity, why_tier, why_priority, why_department)
    return Verdict(category, issue, severity, tier, priority, department, reasons)


RANKS = tuple(range(2 * len(PRIORITIES)))


def rank(*, kind: str, category: str, priority: str) -> int:
    """Place in the inbox before time: priority, then service-quality complaints first (2.1.2)."""
    first = kind == "complaint" and category == "service_quality"
    return PRIORITIES.index(priority) * 2 + (0 if first else 1)


#: Before a cue, they turn it into its opposite.
_DENIED = ("不是", "不想", "不要", "不会", "没有", "不", "别", "not ", "no ")


def complains(text: str, book: Handbook) -> tuple[str, ...]:
    """The words that sound like a complaint; for a person to judge, since they prove nothing."""
    plain = text.casefold()
    return tuple(
        cue
        for cue in book.kinds["complaint"].cues
        if any(
            not plain[: found.start()].endswith(_DENIED)
            for found in re.finditer(re.escape(cue.casefold()), plain)
        )
    )


class Cues:
    """The cues of many lists, looked for in one pass over a text; letter case does not matter.

    Only a cue whose first letter stands in the text can stand in it.
    """

    def __init__(self, lists: Mapping[Place, Sequence[str]]) -> None:
        self._lists = {
            place: {cue.casefold(): cue for cue in cues} for place, cues in lists.items()
        }
        self._beginning: dict[str, list[str]] = {}
        self._where: dict[str, list[Place]] = {}
        for place, cues in self._lists.items():
            for plain in cues:
                if plain not in self._where:
                    self._beginning.setdefault(plain[0], []).append(plain)
                self._where.setdefault(plain, []).append(place)

    def heard(self, text: str) -> dict[Place, tuple[str, ...]]:
        """The lists that have a cue in this text, each with those cues in its own order."""
        folded = text.casefold()
        found = {
            plain
            for letter in self._beginning.keys() & set(folded)
            for plain in self._beginning[letter]
            if plain in folded
        }
        places = {place for plain in found for place in self._where[plain]}
        return {
            place: tuple([cue for plain, cue in self._lists[place].items() if plain in found])
            for place in places
        }


def _heard(text: str, book: Handbook) -> Heard:
    if (cues := _cues.get(book.sha256)) is None:
        ladders: dict[str, Mapping[Any, Any]] = {
            "issue": book.issues,
            "category": book.categories,
            "severity": book.severities,
            "tier": book.tiers,
            "override": book.overrides,
        }
        cues = _cues[book.sha256] = Cues(
            {(name, row.id): row.cues for name, rows in ladders.items() for row in rows.values()}
        )
    return cues.heard(text)


_cues: dict[str, Cues] = {}  # as many as there are versions


def _weight(cues: tuple[str, ...]) -> int:
    return sum(len(cue) for cue in cues)


def _issue(facts: Facts, heard: Heard, book: Handbook) -> tuple[str, Reason]:
    if facts.issue:
        return facts.issue, Reason("issue", facts.issue, "chosen", "6.1")
    best: str = UNSURE
    cues: tuple[str, ...] = ()
    for issue in book.issues.values():
        if facts.category and issue.category != facts.category:
            continue
        found = heard.get(("issue", issue.id), ())
        if found and _weight(found) > _weight(cues):
            best, cues = issue.id, found
    because = "cues" if cues else "nothing_fits"
    return best, Reason("issue", best, because, "6.1", cues)


def _category(facts: Facts, issue: str, heard: Heard, book: Handbook) -> tuple[str, Reason]:
    if facts.category:
        return facts.category, Reason("category", facts.category, "chosen", "2.1.2")
    if issue != UNSURE:
        category = book.issues[issue].category
        return category, Reason("category", category, "by_issue", "2.1.2", (issue,))
    best: str = "other"
    cues: tuple[str, ...] = ()
    for category_row in book.categories.values():
        found = heard.get(("category", category_row.id), ())
        if found and _weight(found) > _weight(cues):
            best, cues = category_row.id, found
    because = "cues" if cues else "nothing_fits"
    return best, Reason("category", best, because, "2.1.2", cues)


def _severity(facts: Facts, heard: Heard, book: Handbook) -> tuple[str, Reason]:
    for severity in sorted(book.severities.values(), key=lambda s: -s.rank):
        found = heard.get(("severity", severity.id))
        if found:
            return severity.id, Reason("severity", severity.id, "cues", "2.3.1", found)
        if severity.people_over is not None and facts.people > severity.people_over:
            return severity.id, Reason(
                "severity", severity.id, "people", "2.3.1", (str(facts.people),)
            )
        if severity.fen_over is not None and facts.fen > severity.fen_over:
            return severity.id, Reason(
                "severity", severity.id, "amount", "2.3.1", (str(facts.fen),)
            )
    return "general", Reason("severity", "general", "nothing_graver", "2.3.1")


def _tier(severity: str, heard: Heard, book: Handbook) -> tuple[int, Reason]:
    least = book.severities[severity].tier_at_least
    for tier in sorted(book.tiers.values(), key=lambda t: -t.id):
        found = heard.get(("tier", tier.id))
        if found and tier.id > least:
            return tier.id, Reason("tier", str(tier.id), "cues", "4.2", found)
    return least, Reason("tier", str(least), "by_severity", "4.2", (severity,))


def risen(tier: int, why: str, book: Handbook) -> int:
    """The lowest tier above this one to which such a thing lifts a case; else the same (4.2)."""
    higher = (t.id for t in book.tiers.values() if t.id > tier and why in t.rises)
    return min(higher, default=tier)


def _override(issue: str, heard: Heard, book: Handbook) -> Reason | None:
    for override in book.overrides.values():
        found = heard.get(("override", override.id), ())
        if issue in override.issues or found:
            return Reason("override", override.id, "cues" if found else "by_issue", "2.2.2", found)
    return None


def _priority(severity: str, override: Reason | None, book: Handbook) -> tuple[str, Reason]:
    if override:
        priority = book.overrides[override.value].priority
        return priority, Reason("priority", priority, "override", "7.2", (override.value,))
    priority = {"extra_major": "urgent", "major": "important"}.get(severity, "general")
    return priority, Reason("priority", priority, "by_severity", "7.2", (severity,))


def _department(
    category: str, override: Reason | None, unsure: bool, book: Handbook
) -> tuple[str, Reason]:
    if override:
        department = book.overrides[override.value].department
        return department, Reason(
            "department", department, "override", "2.2.2", (override.value, *override.cues)
        )
    if unsure:
        return UNROUTED, Reason("department", UNROUTED, "nothing_fits", "2.2.2")
    department = book.routes[category].department
    return department, Reason("department", department, "by_category", "2.2.2", (category,))
