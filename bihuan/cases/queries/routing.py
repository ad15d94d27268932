"""The routing rules in force, the draft over them, what is wrong with it, and what it would do."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Left

from bihuan.accounts import queries as people
from bihuan.cases.models import OPEN, Case, Entry, QueueAlarm, RoutingVersion
from bihuan.cases.queries.rows import visible
from bihuan.cases.routing import shape
from bihuan.cases.routing.choice import Asked, Rules, recalled
from bihuan.cases.routing.faults import Fault, People, faults
from bihuan.cases.routing.shape import Rule
from bihuan.cases.rules import UNROUTED
from bihuan.core.actors import Actor, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotFound
from bihuan.orders import queries as orders
from bihuan.policy import queries as policy
from bihuan.store.statements import database

_FRESH_FOR = 20.0  # seconds a process may believe what it read, as with the handbook
MONTH = timedelta(days=30)
SAMPLE = 5_000  # cases that rules are tried on, the newest
READ = 2_000  # characters of each
_NONE = Rules(())
_kept: dict[str, tuple[float, Rules]] = {}


def in_force() -> Rules:
    """The rules of the newest published version; without one, the handbook's routes stand alone."""
    known = _kept.get(database())
    if known and known[0] > time.monotonic():
        return known[1]
    rules = in_force_now()
    _kept[database()] = (time.monotonic() + _FRESH_FOR, rules)
    return rules


def in_force_now() -> Rules:
    """The same, read from the database: for commands, which must not believe what is kept."""
    newest = published().first()
    return Rules(shape.read(newest.rules), newest.number) if newest else _NONE


def forget_routing() -> None:
    """Read again at the next question: after a command here, and between tests."""
    _kept.clear()


def published() -> QuerySet[RoutingVersion]:
    """Every version that was ever in force, the newest first."""
    return RoutingVersion.objects.filter(number__gt=0).order_by("-number")


def version(number: int) -> RoutingVersion:
    """One of them. NotFound when there is none."""
    found = published().filter(number=number).first()
    if found is None:
        raise NotFound(number=str(number))
    return found


def draft_of() -> RoutingVersion | None:
    """What is being worked on, if anything is."""
    return RoutingVersion.objects.filter(number=0).first()


def routing_faults(rules: Sequence[Rule], at: datetime) -> list[Fault]:
    """What keeps these rules from being published, by the handbook and the people of that day."""
    return faults(rules, policy.current(at), staff_in(at))


def staff_in(at: datetime) -> People:
    """Who works where, and with which skills that hold on the day."""
    found = people.staffed(at.astimezone(SHANGHAI).date())
    return People(frozenset(found), found)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A case of last month, as rules saw or would see it."""

    case: Case
    asked: Asked


@dataclass(frozen=True, slots=True)
class Trial:
    """What other rules would have done with the same cases."""

    size: int
    moves: Mapping[tuple[str, str], list[Case]] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0
    capped: bool = False
    used: Mapping[str, int] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        return sum(map(len, self.moves.values()))


def try_out(
    live: Sequence[Rule], draft: Sequence[Rule], *, by: Actor, at: datetime, most: int = SAMPLE
) -> Trial:
    """Both lists asked about the cases of the last thirty days, by the facts of their filing.

    Departments only: who was on duty then is not known any more. `unread` are the cases that
    came in before reasons were kept whole, which no rule can be tried on.
    """
    old, new = Rules(live), Rules(draft)
    cases = list(_lately(by, at)[:most])
    asked = sample(cases, words=old.reads_words or new.reads_words)
    moves: dict[tuple[str, str], list[Case]] = {}
    before, after, used = Counter[str](), Counter[str](), Counter[str]()
    for one in asked:
        was, rule = old.department(one.asked), new.choose(one.asked)
        now = rule.department if rule else one.asked.department
        before[was] += 1
        after[now] += 1
        used[rule.name if rule else ""] += 1
        if was != now:
            moves.setdefault((was, now), []).append(one.case)
    unread = len(cases) - len(asked)
    return Trial(len(asked), moves, before, after, unread, len(cases) == most, used)


def sample(cases: Sequence[Case], *, words: bool) -> list[Sampled]:
    """These cases as rules see them; the first words of each only where a rule listens to them."""
    said = _first_words([case.id for case in cases]) if words else {}
    paid = orders.paid(case.order_id for case in cases if case.order_id)
    made: list[Sampled] = []
    for case in cases:
        if not {"category", "severity", "issue", "department", "priority"} <= {
            reason["field"] for reason in case.reasons
        }:
            continue
        text = f"{case.subject}\n{said.get(case.id, '')}" if words else ""
        asked = recalled(
            case.reasons, policy.pinned(case.policy_id), kind=case.kind, channel=case.channel,
            merchant=case.merchant_id, fen=paid.get(case.order_id, 0), text=text,
        )  # fmt: skip
        made.append(Sampled(case, asked))
    return made


def _lately(by: Actor, at: datetime) -> QuerySet[Case]:
    rows = visible(by).filter(received_at__gte=at - MONTH, received_at__lte=at)
    return rows.only(
        "number", "subject", "kind", "channel", "merchant_id", "order_id", "department",
        "policy_id", "reasons", "received_at",
    ).order_by("-received_at", "-id")  # fmt: skip


def _first_words(case_ids: Sequence[int]) -> dict[int, str]:
    """What each case began with, in one query; numbers of persons in it stay sealed.

    Cut short, because five thousand long letters would be a hundred megabytes.
    """
    rows = Entry.objects.filter(case_id__in=case_ids, internal=False)
    first = rows.order_by("case_id", "id").distinct("case_id")
    return dict(first.values_list("case_id", Left("text", READ)))


def rerouted(case: Case) -> str:
    """The department for a case as it is sorted now, when that was changed since it came in.

    "" while it is sorted as it was, and where the handbook's override or nobody's rule says more.
    """
    first = {reason["field"]: reason["value"] for reason in reversed(case.reasons)}
    if (first.get("category"), first.get("issue")) == (case.category, case.issue):
        return ""
    book, rules = policy.pinned(case.policy_id), in_force()
    taken = [one for one in book.overrides.values() if case.issue in one.issues]
    kept = any(reason["because"] == "override" for reason in case.reasons)
    text = case.subject
    if rules.reads_words:
        text += f"\n{_first_words([case.id]).get(case.id, '')}"
    asked = Asked(
        kind=case.kind, channel=case.channel, category=case.category, issue=case.issue,
        severity=case.severity, priority=case.priority,
        department=taken[0].department if taken else book.routes[case.category].department,
        fixed=bool(taken), merchant=case.merchant_id,
        fen=orders.paid([case.order_id]).get(case.order_id, 0) if case.order_id else 0, text=text,
    )  # fmt: skip
    return "" if kept and not taken else rules.department(asked)


def waiting_unrouted(at: datetime, *, longer_than: timedelta, most: int = 200) -> list[Case]:
    """Open cases that nobody could route, that have waited longer, and without an alarm yet."""
    said = QueueAlarm.objects.filter(case_id=OuterRef("id"))
    rows = Case.objects.filter(state__in=OPEN, department=UNROUTED, round_at__lte=at - longer_than)
    return list(rows.exclude(Exists(said)).order_by("round_at")[:most])


def alarmed(by: Actor) -> int:
    """How many cases wait in the watched queue although the alarm was given; for supervisors."""
    if not by.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        return 0
    said = QueueAlarm.objects.filter(case_id=OuterRef("id"))
    rows = visible(by).filter(state__in=OPEN, department=UNROUTED)
    return rows.filter(Exists(said)).count()
