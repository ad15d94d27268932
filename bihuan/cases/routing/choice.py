"""Which rule takes a case; what the handbook overrides is taken by none (X-30)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bihuan.cases.routing.shape import Rule
from bihuan.cases.rules import PRIORITIES, UNROUTED, Facts, Reason, Verdict
from bihuan.core.handbook import Handbook

SEVERITIES = ("general", "major", "extra_major")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What rules look at. `category` is empty where nobody could tell it, and `fixed` where the
    handbook itself says who takes the case; `department` is the handbook's own answer."""

    kind: str
    channel: str
    category: str
    issue: str
    severity: str
    priority: str
    department: str
    fixed: bool
    merchant: int = 0
    fen: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Routed:
    """The verdict with its department, and how an owner is looked for there."""

    verdict: Verdict
    fallback: str = ""
    skill: str = ""


class Rules:
    """The rules of one version, in their order, ready to be asked; `version` 0 is the handbook."""

    def __init__(self, rules: Sequence[Rule], version: int = 0) -> None:
        self.rules, self.version = tuple(rules), version
        self._words = [tuple(word.casefold() for word in one.words) for one in self.rules]
        self.reads_words = any(one.words or one.languages for one in self.rules)

    def choose(self, asked: Asked) -> Rule | None:
        """The first rule that means this case; None where the handbook's own route stands."""
        if asked.fixed or not self.rules:
            return None
        folded = asked.text.casefold() if self.reads_words else ""
        for one, words in zip(self.rules, self._words, strict=True):
            if _means(one, asked) and (not words or any(word in folded for word in words)):
                return one
        return None

    def department(self, asked: Asked) -> str:
        """Where the case goes while somebody there is on duty."""
        found = self.choose(asked)
        return found.department if found else asked.department


def _means(one: Rule, asked: Asked) -> bool:
    return (
        (not one.categories or asked.category in one.categories)
        and (not one.issues or asked.issue in one.issues)
        and (not one.kinds or asked.kind in one.kinds)
        and (not one.channels or asked.channel in one.channels)
        and (not one.severity or rank(asked.severity) >= rank(one.severity))
        and (not one.priorities or asked.priority in one.priorities)
        and (not one.merchants or asked.merchant in one.merchants)
        and (one.fen_over is None or asked.fen > one.fen_over)
        and (not one.languages or language(asked.text) in one.languages)
    )


def rank(severity: str) -> int:
    """How grave, from 0."""
    return SEVERITIES.index(severity)


def language(text: str) -> str:
    """zh where there is any Han character, en where there are Latin letters only, else other."""
    if _HAN.search(text):
        return "zh"
    return "en" if _LATIN.search(text) else "other"


def floor(priority: str, least: str) -> str:
    """The more urgent of the two; `least` may be empty."""
    return min(priority, least or priority, key=PRIORITIES.index)


def route(verdict: Verdict, facts: Facts, *, merchant: int, book: Handbook, rules: Rules) -> Routed:
    """The verdict as the rules of the owner change it, else with the handbook's fallback."""
    fixed = verdict.overridden
    unknown = verdict.unsure and not fixed
    asked = Asked(
        kind=facts.kind, channel=facts.channel, category="" if unknown else verdict.category,
        issue=verdict.issue, severity=verdict.severity, priority=verdict.priority,
        department=verdict.department, fixed=fixed, merchant=merchant, fen=facts.fen,
        text=facts.text,
    )  # fmt: skip
    one = rules.choose(asked)
    if one and one.department in book.departments:  # a later handbook may have lost it
        return Routed(_changed(verdict, one), one.fallback, one.skill)
    known = not fixed and not unknown
    return Routed(verdict, book.routes[verdict.category].fallback if known else "")


def _changed(verdict: Verdict, one: Rule) -> Verdict:
    priority = floor(verdict.priority, one.priority)
    by_rule = {"department": one.department}
    if priority != verdict.priority:
        by_rule["priority"] = priority
    reasons = tuple(
        Reason(why.field, by_rule[why.field], "rule", "2.2.2", (one.name,))
        if why.field in by_rule
        else why
        for why in verdict.reasons
    )
    return replace(verdict, department=one.department, priority=priority, reasons=reasons)


def elsewhere(verdict: Verdict, department: str) -> Verdict:
    """The same in the fallback department, because nobody of the first is on duty."""
    why = Reason("department", department, "fallback", "2.2.2", (verdict.department,))
    return replace(verdict, department=department, reasons=(*verdict.reasons, why))


def recalled(reasons: Sequence[Mapping[str, Any]], book: Handbook, **known: Any) -> Asked:
    """A case as it came in, from the reasons that were kept of it; for trying rules on it."""
    first: dict[str, Mapping[str, Any]] = {}
    for reason in reasons:
        first.setdefault(reason["field"], reason)
    category, severity = first["category"]["value"], first["severity"]["value"]
    fixed = first["department"]["because"] == "override"
    unknown = first["category"]["because"] == "nothing_fits" and not fixed
    if fixed:
        department, priority = first["department"]["value"], first["priority"]["value"]
    else:
        department = UNROUTED if unknown else book.routes[category].department
        priority = by_severity(severity)
    return Asked(
        category="" if unknown else category, issue=first["issue"]["value"], severity=severity,
        priority=priority, department=department, fixed=fixed, **known,
    )  # fmt: skip


def by_severity(severity: str) -> str:
    """The priority that a severity has by itself (7.2)."""
    return PRIORITIES[len(SEVERITIES) - 1 - rank(severity)]
