"""What a message is about, how grave, how urgent and whose: decided by cues, with reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from bihuan.core.handbook import Handbook

UNSURE = "other_issue"
UNROUTED = "unrouted"
PRIORITIES = ("urgent", "important", "general")


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


@dataclass(frozen=True, slots=True)
class Reason:
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


def judge(facts: Facts, book: Handbook) -> Verdict:
    """Category, issue, severity, tier, priority and department, each with its reason."""
    facts = replace(facts, text=facts.text.casefold())
    issue, why_issue = _issue(facts, book)
    category, why_category = _category(facts, issue, book)
    severity, why_severity = _severity(facts, book)
    tier, why_tier = _tier(facts, severity, book)
    override = _override(facts, issue, book)
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


def heard(cues: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The cues that stand in the text; letter case does not matter."""
    return _heard(cues, text.casefold())


def _heard(cues: tuple[str, ...], folded: str) -> tuple[str, ...]:
    return tuple([cue for cue, plain in _each_folded(cues) if plain in folded])


@cache  # there are as many lists as the handbook has
def _each_folded(cues: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((cue, cue.casefold()) for cue in cues)


def _weight(cues: tuple[str, ...]) -> int:
    return sum(len(cue) for cue in cues)


def _issue(facts: Facts, book: Handbook) -> tuple[str, Reason]:
    if facts.issue:
        return facts.issue, Reason("issue", facts.issue, "chosen", "6.1")
    best: str = UNSURE
    cues: tuple[str, ...] = ()
    for issue in book.issues.values():
        if facts.category and issue.category != facts.category:
            continue
        found = _heard(issue.cues, facts.text)
        if _weight(found) > _weight(cues):
            best, cues = issue.id, found
    because = "cues" if cues else "nothing_fits"
    return best, Reason("issue", best, because, "6.1", cues)


def _category(facts: Facts, issue: str, book: Handbook) -> tuple[str, Reason]:
    if facts.category:
        return facts.category, Reason("category", facts.category, "chosen", "2.1.2")
    if issue != UNSURE:
        category = book.issues[issue].category
        return category, Reason("category", category, "by_issue", "2.1.2", (issue,))
    best: str = "other"
    cues: tuple[str, ...] = ()
    for category_row in book.categories.values():
        found = _heard(category_row.cues, facts.text)
        if _weight(found) > _weight(cues):
            best, cues = category_row.id, found
    because = "cues" if cues else "nothing_fits"
    return best, Reason("category", best, because, "2.1.2", cues)


def _severity(facts: Facts, book: Handbook) -> tuple[str, Reason]:
    for severity in sorted(book.severities.values(), key=lambda s: -s.rank):
        found = _heard(severity.cues, facts.text)
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


def _tier(facts: Facts, severity: str, book: Handbook) -> tuple[int, Reason]:
    least = book.severities[severity].tier_at_least
    for tier in sorted(book.tiers.values(), key=lambda t: -t.id):
        found = _heard(tier.cues, facts.text)
        if found and tier.id > least:
            return tier.id, Reason("tier", str(tier.id), "cues", "4.2", found)
    return least, Reason("tier", str(least), "by_severity", "4.2", (severity,))


def _override(facts: Facts, issue: str, book: Handbook) -> Reason | None:
    for override in book.overrides.values():
        found = _heard(override.cues, facts.text)
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
