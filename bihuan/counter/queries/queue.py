"""The queue of a day: who waits in which order, who is called, how long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet

from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.counter import links, rules
from bihuan.counter.models import Point, Registered, Visit
from bihuan.counter.queries.points import staff_only, today
from bihuan.counter.rules import AT_A_WINDOW, ORDINARY, PRIORITY
from bihuan.policy import queries as policy

LAST = 20  # visits from which the length of the next is taken
AT_WORK = timedelta(hours=1)  # a window that called nobody for so long serves nobody
CALLED = ("called", "serving", "done", "no_show")


@dataclass(frozen=True, slots=True)
class Queue:
    """One point now: at the windows, waiting in the order of calling, minutes a visit takes."""

    point: Point
    at_windows: tuple[Visit, ...]
    waiting: tuple[Visit, ...]
    minutes: int
    windows: int

    def ahead_of(self, visit: Visit) -> int:
        """How many are called before this one, who waits."""
        return [one.id for one in self.waiting].index(visit.id)

    def wait(self, ahead: int) -> int:
        """Minutes until somebody with so many ahead is called."""
        return rules.expected_wait(
            ahead=ahead, busy=len(self.at_windows), windows=self.windows, minutes=self.minutes
        )

    @property
    def wait_of_next(self) -> int:
        """Minutes for somebody who takes an ordinary number now."""
        return self.wait(len(self.waiting))


@dataclass(frozen=True, slots=True)
class Figures:
    """One day of a point: numbers taken, served, not come, waiting; the mean wait in minutes."""

    point_id: int
    taken: int = 0
    served: int = 0
    missed: int = 0
    waiting: int = 0
    wait: int = 0


def queue(row: Point, at: datetime) -> Queue:
    """The queue of today."""
    return queues([row], at)[0]


def queues(rows: Sequence[Point], at: datetime) -> list[Queue]:
    """The same of several points, in four queries for any number."""
    day, ids = today(at), [row.id for row in rows]
    now = Visit.objects.filter(point_id__in=ids, day=day, state__in=["waiting", *AT_A_WINDOW])
    here: dict[int, list[Visit]] = {id: [] for id in ids}
    for visit in now.order_by("taken_at", "id"):
        here[visit.point_id].append(visit)
    in_a_row, minutes, windows = _in_a_row(ids, day), _minutes(rows), _windows(rows, day, at)
    return [
        Queue(
            row,
            tuple(sorted((v for v in here[row.id] if v.state != "waiting"), key=_window)),
            tuple(_ordered([v for v in here[row.id] if v.state == "waiting"], in_a_row[row.id],
                           at)),
            minutes[row.id], windows[row.id],
        )
        for row in rows
    ]  # fmt: skip


def _window(visit: Visit) -> int:
    return visit.window


def in_order(rows: Sequence[Visit], row: Point, at: datetime) -> list[Visit]:
    """Those sent on to a window first, then the lanes in turn."""
    return _ordered(rows, _in_a_row([row.id], today(at))[row.id], at)


def _ordered(rows: Sequence[Visit], in_a_row: int, at: datetime) -> list[Visit]:
    sent = [one for one in rows if one.wants]
    lanes = {
        lane: [one for one in rows if one.lane == lane and not one.wants]
        for lane in (PRIORITY, ORDINARY)
    }
    return sent + rules.in_order(
        lanes[PRIORITY], lanes[ORDINARY], called_in_a_row=in_a_row,
        most_in_a_row=policy.default("counter_priority_row", at),
    )  # fmt: skip


def callable_for(row: Point, window: int, at: datetime) -> list[int]:
    """The ids of those this window may call, in order: its own first, nobody else's."""
    rows = Visit.objects.filter(
        Q(wants=0) | Q(wants=window), point_id=row.id, day=today(at), state="waiting"
    )
    return [one.id for one in in_order(list(rows.order_by("taken_at", "id")), row, at)]


def free_to_call(visit_id: int) -> Visit | None:
    """That visit, held, if it still waits and nobody else is calling it now."""
    rows = Visit.objects.select_for_update(skip_locked=True)
    return rows.filter(id=visit_id, state="waiting").first()


def locked_visit(id: int, by: Actor) -> Visit:
    """That visit, held until the transaction ends; NotFound for anybody but staff."""
    staff_only(by)
    row = Visit.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound()
    return row


def visit(id: int, by: Actor) -> Visit:
    """That visit; NotFound for anybody but staff."""
    staff_only(by)
    row = Visit.objects.filter(id=id).first()
    if row is None:
        raise NotFound()
    return row


def visit_by_link(token: str) -> Visit:
    """The visit whose link this is, whoever holds it."""
    row = Visit.objects.filter(mark=links.mark(token)).first()
    if row is None:
        raise NotFound()
    return row


def registered(visit_id: int) -> list[int]:
    """The ids of the cases taken down during a visit."""
    rows = Registered.objects.filter(visit_id=visit_id).order_by("at", "case_id")
    return list(rows.values_list("case_id", flat=True))


def visit_of(case_id: int) -> Visit | None:
    """The visit during which a case was taken down."""
    ids = Registered.objects.filter(case_id=case_id).values("visit_id")
    return Visit.objects.filter(id__in=ids).first()


def ended(row: Point, at: datetime, most: int = 12) -> list[Visit]:
    """Who left today, the last first."""
    rows = Visit.objects.filter(
        point_id=row.id, day=today(at), state__in=["done", "no_show", "left"]
    )
    return list(rows.order_by("-ended_at", "-id")[:most])


def left_over(row: Point, at: datetime, most: int = 20) -> list[Visit]:
    """Visits of the month before today that nobody ended, the oldest first."""
    rows = Visit.objects.filter(
        point_id=row.id, day__lt=today(at), day__gte=today(at) - timedelta(days=31),
        state__in=["waiting", *AT_A_WINDOW],
    )  # fmt: skip
    return list(rows.order_by("day", "taken_at", "id")[:most])


def figures(day: date) -> dict[int, Figures]:
    """What each point did on a day, in one query; those with nothing are missing."""
    rows = (
        Visit.objects.filter(day=day)
        .exclude(state="left")
        .values("point_id")
        .annotate(
            taken=Count("id"),
            served=Count("id", filter=Q(state="done")),
            missed=Count("id", filter=Q(state="no_show")),
            waiting=Count("id", filter=Q(state="waiting")),
            wait=Avg(F("called_at") - F("taken_at")),
        )
    )
    return {
        one["point_id"]: Figures(
            one["point_id"], one["taken"], one["served"], one["missed"], one["waiting"],
            round(one["wait"].total_seconds() / 60) if one["wait"] else 0,
        )
        for one in rows
    }  # fmt: skip


def _last(rows: QuerySet[Visit], ids: Sequence[int], by: str, *what: str) -> Iterator[Any]:
    """Of each point its last few rows, in one query: the point first, then `what` of each."""
    each = [rows.filter(point_id=id).order_by(f"-{by}", "-id")[:LAST] for id in ids]
    found = [some.values_list("point_id", by, "id", *what) for some in each]
    named = found[0].union(*found[1:], all=True) if found else []
    for id, _moment, _id, *told in sorted(named, key=lambda row: row[:3], reverse=True):
        yield (id, *told)


def _in_a_row(ids: Sequence[int], day: date) -> dict[int, int]:
    """How many of the priority lane were called since the last of the ordinary one."""
    called = Visit.objects.filter(day=day, called_at__isnull=False)
    lanes: dict[int, list[str]] = {id: [] for id in ids}
    for id, lane in _last(called, ids, "called_at", "lane"):
        lanes[id].append(lane)
    return {id: [*found, ORDINARY].index(ORDINARY) for id, found in lanes.items()}


def _minutes(rows: Sequence[Point]) -> dict[int, int]:
    """How long a visit takes there, by the last that ended."""
    ids = [row.id for row in rows]
    done = Visit.objects.filter(state="done", called_at__isnull=False, ended_at__isnull=False)
    lengths: dict[int, list[timedelta]] = {id: [] for id in ids}
    for id, begun, end in _last(done, ids, "ended_at", "called_at", "ended_at"):
        lengths[id].append(end - begun)
    return {row.id: rules.typical(lengths[row.id], row.minutes) for row in rows}


def _windows(rows: Sequence[Point], day: date, at: datetime) -> dict[int, int]:
    """The windows that are at work: those with somebody, or that called somebody of late."""
    lately = Visit.objects.filter(
        Q(state__in=AT_A_WINDOW) | Q(called_at__gt=at - AT_WORK),
        point_id__in=[row.id for row in rows], day=day, window__gt=0,
    )  # fmt: skip
    found = Counter(id for id, _ in set(lately.values_list("point_id", "window")))
    return {row.id: found[row.id] or row.windows or 1 for row in rows}
