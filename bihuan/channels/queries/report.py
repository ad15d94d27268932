"""渠道评估: what each channel was worth in a period, and in the one before (6.4, F-6.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from bihuan.cases import queries as cases
from bihuan.cases.queries import ByChannel
from bihuan.channels import rules, wires
from bihuan.channels.models import Opinion, Rated, Seen
from bihuan.channels.queries.history import Availability, availability
from bihuan.complaints import queries as complaints
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.ports import Contacts
from bihuan.core.refusals import Invalid, NotFound
from bihuan.notify import queries as notify

LONGEST = timedelta(days=366)
WHAT = ("cases", "complaints", "told", "late", "unsatisfied", "rated", "opinions")


@dataclass(frozen=True, slots=True)
class Line:
    """One channel in one period. Rates are in per cent, None of nothing."""

    channel: str
    counted: ByChannel = field(default_factory=ByChannel)
    contacts: Contacts | None = None
    everybody: int = 0
    rated: int = 0
    satisfied: int = 0
    opinions: int = 0
    works: Availability | None = None

    @property
    def reach(self) -> float | None:
        """Of all people who came in the period, the share that came this way."""
        return rules.per_cent(self.counted.people, self.everybody)

    @property
    def on_time(self) -> float | None:
        return rules.per_cent(self.counted.kept, self.counted.due)

    @property
    def satisfaction(self) -> float | None:
        return rules.per_cent(self.satisfied, self.rated)

    @property
    def is_empty(self) -> bool:
        """Nobody came this way, and it was not watched."""
        came = self.contacts.came if self.contacts else 0
        return not (came or self.counted.cases or self.rated or self.opinions or self.works)


@dataclass(frozen=True, slots=True)
class Told:
    """One way out: how many people were to be told something by it, and how many were reached."""

    channel: str
    people: int
    reached: int
    works: Availability | None = None

    @property
    def rate(self) -> float | None:
        return rules.per_cent(self.reached, self.people)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A period: the ways in, in the order in which people are shown them, and the ways out."""

    first: date
    last: date
    lines: dict[str, Line]
    told: dict[str, Told]


def may_read(by: Actor) -> bool:
    """Whoever reads the other reports."""
    return complaints.may_read(by)


def evaluation(by: Actor, first: date, last: date, at: datetime) -> Evaluation:
    """Whole days in Shanghai. NotFound for who may not read reports, Invalid for a long period."""
    if not may_read(by):
        raise NotFound()
    if not timedelta() <= last - first <= LONGEST:
        raise Invalid({"to": "not_valid"})
    since, until = _edges(first, last)
    counted, everybody = cases.by_channel(by, since, until, at)
    contacts = wires.contacts(since, until)
    rows = list(Seen.objects.filter(gone_at=None))
    works = availability(rows, since=since, until=until, at=at)
    rated, opinions = _rated(since, until), _opinions(since, until)
    lines = {
        channel: Line(
            channel, counted.get(channel, ByChannel()), contacts.get(channel), everybody,
            *rated.get(channel, (0, 0)), opinions.get(channel, 0), works.get((channel, False)),
        )
        for channel in dict.fromkeys([*rules.SHOWN, *sorted(counted)])
    }  # fmt: skip
    told = {
        channel: Told(channel, *told, works.get((channel, True)))
        for channel, told in sorted(notify.told_by_channel(since, until).items())
    }
    return Evaluation(first, last, {k: v for k, v in lines.items() if not v.is_empty}, told)


def before(first: date, last: date) -> tuple[date, date]:
    """The period of the same kind that ended the day before: months for whole months, else days."""
    end = first - timedelta(days=1)
    after = last + timedelta(days=1)
    if first.day == 1 and after.day == 1:
        months = (after.year - first.year) * 12 + after.month - first.month
        year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
        return date(year, month + 1, 1), end
    return end - (last - first), end


def _edges(first: date, last: date) -> tuple[datetime, datetime]:
    return cases.figures.midnight(first), cases.figures.midnight(last + timedelta(days=1))


def _rated(since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    rows = Rated.objects.filter(rated_at__gte=since, rated_at__lt=until).order_by()
    good = Count("case_id", filter=Q(satisfied=True))
    counted = rows.values_list("channel").annotate(n=Count("case_id"), good=good)
    return {channel: (n, satisfied) for channel, n, satisfied in counted}


def _opinions(since: datetime, until: datetime) -> dict[str, int]:
    rows = Opinion.objects.filter(said_at__gte=since, said_at__lt=until).order_by()
    return dict(rows.values_list("channel").annotate(n=Count("case_id")))


def behind(
    by: Actor, channel: str, what: str, first: date, last: date, at: datetime
) -> Iterable[cases.Case]:
    """The very cases behind a figure, those this actor may see, the newest first."""
    if not may_read(by):
        raise NotFound()
    since, until = _edges(first, last)
    if what not in ("unsatisfied", "rated", "opinions"):
        return cases.behind_channel(by, channel, what, since, until, at)
    said = Opinion.objects.filter(channel=channel, said_at__gte=since, said_at__lt=until)
    ids: QuerySet[Any, Any] = said.values("case_id")
    if what != "opinions":
        ids = _rated_of(channel, what, since, until).values("case_id")
    return cases.visible(by).filter(id__in=ids).order_by("-received_at", "-id")


def chats_behind(
    channel: str, what: str, first: date, last: date
) -> Iterable[tuple[int, datetime]]:
    """The chats behind a figure of ratings, by id and when they were rated, the newest first."""
    if channel != "chat" or what not in ("unsatisfied", "rated"):
        return []
    rated = _rated_of(channel, what, *_edges(first, last))
    of_cases = cases.visible(SYSTEM).filter(id__in=rated.values("case_id"))
    chats = rated.exclude(case_id__in=of_cases.values("id"))
    return chats.order_by("-rated_at", "-case_id").values_list("case_id", "rated_at")


def _rated_of(channel: str, what: str, since: datetime, until: datetime) -> QuerySet[Rated]:
    rows = Rated.objects.filter(channel=channel, rated_at__gte=since, rated_at__lt=until)
    return rows.filter(satisfied=False) if what == "unsatisfied" else rows
