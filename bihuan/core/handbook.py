"""The handbook as frozen dataclasses: what is promised, to whom, by which clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bihuan.core.identity import IdentityDemand
from bihuan.core.outside import HandlingStep, LegalClock, Party, PartyKind
from bihuan.core.redress import AppealLevel, Ground
from bihuan.core.scales import Level, Scale
from bihuan.core.terms import (
    Agency,
    Category,
    Channel,
    Default,
    Department,
    Duty,
    Fact,
    HoldReason,
    Issue,
    IssueGroup,
    Notice,
    Override,
    Right,
    Route,
    Rung,
    Severity,
    Survey,
    Target,
    Term,
    Tier,
)
from bihuan.core.topics import Topic

Force = Literal["must", "commit", "rule", "plan", "expectation", "external"]
Unit = Literal["minutes", "hours", "workdays"]
HARD: frozenset[str] = frozenset({"must", "commit", "rule"})


@dataclass(frozen=True, slots=True)
class Limit:
    """How long: minutes and hours from the moment itself, workdays without the first day."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Applies:
    """To which cases; an empty set means any."""

    kind: frozenset[str] = frozenset()
    channel: frozenset[str] = frozenset()
    category: frozenset[str] = frozenset()
    severity: frozenset[str] = frozenset()
    tier: frozenset[int] = frozenset()

    def to(self, *, kind: str, channel: str, category: str, severity: str, tier: int) -> bool:
        """Is a case with these values meant?"""
        return (
            (not self.kind or kind in self.kind)
            and (not self.channel or channel in self.channel)
            and (not self.category or category in self.category)
            and (not self.severity or severity in self.severity)
            and (not self.tier or tier in self.tier)
        )


@dataclass(frozen=True, slots=True)
class Promise:
    """One deadline of the handbook; `start` and `until` are milestones, `says` the quote.

    `proved_by` names the act that keeps the promise by itself, so that no clock runs for it.
    """

    id: str
    clause: str
    says: str
    source: str
    en: str
    force: Force
    applies: Applies
    start: str
    until: str
    limit: Limit
    default_not_handbook: bool = False
    reading: str = ""
    proved_by: str = ""

    @property
    def hard(self) -> bool:
        """Hard promises are breached when late; the others only turn amber."""
        return self.force in HARD


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered passage as printed. `damaged` lists readings of spans the source garbles."""

    id: str
    label: str
    title: str
    title_en: str
    text: str
    damaged: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One normative sentence with its home: done by something, for information, or awaiting.

    `says` is the quote in simplified characters, `source` the printed one, `what` its sense in
    English; `by` names the home as `action:accept`, `promise:C-1.4-1` or, awaiting, `room:appeals`.
    """

    id: str
    clause: str
    kind: str
    force: str
    who: str
    says: str
    source: str
    what: str
    home: Literal["done", "information", "awaiting"]
    by: str = ""
    why: str = ""
    promises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """An event that starts or ends a promise; `step` orders them, 0 is a start only."""

    id: str
    zh: str
    en: str
    meaning: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class Ruling:
    """How one contradiction of the text is read; `owner`: the policy owner should confirm it."""

    id: str
    clauses: tuple[str, ...]
    question: str
    decision: str
    legal: tuple[str, ...] = ()
    owner: bool = False


@dataclass(frozen=True, slots=True)
class LegalNote:
    """Where text and law differ; `treatment` says what the house does about it."""

    id: str
    title: str
    text: str
    clauses: tuple[str, ...]
    treatment: tuple[Literal["follow", "note", "safer", "block"], ...]
    confidence: Literal["A", "B", "C"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handbook:
    """One version of the policy. `sha256` is over its files; the calendar stands outside."""

    version: str
    title: str
    title_en: str
    in_force_from: date
    source_sha256: str
    sha256: str
    mode: str
    clauses: Mapping[str, Clause]
    statements: Mapping[str, Statement]
    promises: tuple[Promise, ...]
    milestones: Mapping[str, Milestone]
    states: Mapping[str, Term]
    kinds: Mapping[str, Term]
    channels: Mapping[str, Channel]
    categories: Mapping[str, Category]
    issues: Mapping[str, Issue]
    issue_groups: Mapping[str, IssueGroup]
    severities: Mapping[str, Severity]
    facts: Mapping[str, Fact]
    tiers: Mapping[int, Tier]
    priorities: Mapping[str, Term]
    departments: Mapping[str, Department]
    routes: Mapping[str, Route]
    overrides: Mapping[str, Override]
    notices: Mapping[str, Notice]
    agencies: Mapping[str, Agency]
    surveys: Mapping[str, Survey]
    rights: Mapping[str, Right]
    rulings: Mapping[str, Ruling]
    legal_notes: Mapping[str, LegalNote]
    targets: Mapping[str, Target]
    duties: Mapping[str, Duty]
    defaults: Mapping[str, Default]
    rungs: Mapping[int, Rung]
    holds: Mapping[str, HoldReason]
    #: empty in a version older than they are
    chases: Mapping[int, Rung] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    party_kinds: Mapping[str, PartyKind] = field(default_factory=dict)
    parties: Mapping[str, Party] = field(default_factory=dict)
    handling: Mapping[str, HandlingStep] = field(default_factory=dict)
    legal_clocks: Mapping[str, LegalClock] = field(default_factory=dict)
    demands: Mapping[str, IdentityDemand] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    appeal_levels: Mapping[int, AppealLevel] = field(default_factory=dict)

    def promises_for(
        self, *, kind: str, channel: str, category: str, severity: str, tier: int
    ) -> tuple[Promise, ...]:
        """The promises that hold for such a case, in the order of the handbook."""
        return tuple(
            promise
            for promise in self.promises
            if promise.applies.to(
                kind=kind, channel=channel, category=category, severity=severity, tier=tier
            )
        )

    def promise(self, id: str) -> Promise:
        """The promise of this id; KeyError when there is none."""
        for promise in self.promises:
            if promise.id == id:
                return promise
        raise KeyError(id)

    def topics_for(self, audience: str) -> tuple[Topic, ...]:
        """What readers of this kind may keep to the app."""
        return tuple(topic for topic in self.topics.values() if topic.audience == audience)

    def notices_on(self, event: str) -> Iterator[Notice]:
        """What is told when this event happens."""
        return (notice for notice in self.notices.values() if event in notice.on)
