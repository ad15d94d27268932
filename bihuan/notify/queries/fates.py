"""What became of each message to a person: found by filters, told step by step, counted (2.4.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from bihuan.accounts import queries as accounts
from bihuan.core import ids
from bihuan.core.actors import Actor, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotFound
from bihuan.notify import rules, wires
from bihuan.notify.models import FAILED, Message, Step
from bihuan.notify.queries.messages import ARRIVED, Fate, fate
from bihuan.store import statements

SHOWN = 50  # messages on one page
DAY = 86_400  # seconds; in Shanghai no clock is ever turned
COUNTED, COUNTED_MOST = timedelta(days=7), 200_000
STATES: dict[str, Q] = {
    "failed": Q(state__in=FAILED),
    "waiting": Q(state="queued"),
    "held": Q(state="queued", held__gt="", tries=0),
    "arrived": Q(state__in=ARRIVED),
    "all": Q(),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """Which messages: all that are given must fit; `before` is the last id of the page above."""

    state: str = "all"
    way: str = ""
    template: str = ""
    number: str = ""
    day: date | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class Traced:
    """A message, the person's name masked, the case to open, and whether it was read in the app."""

    fate: Fate
    person: str
    link: str
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages, the newest first; `next` is what the page below begins after, 0 at the end."""

    rows: tuple[Traced, ...]
    next: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a message: what, when, until when, in whose words, by which way, by whom."""

    what: str
    at: datetime
    until: datetime | None = None
    said: str = ""
    way: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A message, what happened to it in order, and the same notice by other ways."""

    traced: Traced
    template: str
    body: str
    lines: tuple[Line, ...]
    beside: tuple[Fate, ...]
    ways: tuple[str, ...]
    person_id: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What became of the messages of one way: how many left, reached, were lost, and wait."""

    way: str
    left: int
    arrived: int
    failed: int
    waiting: int
    read: int

    @property
    def share(self) -> float | None:
        """Which part of those whose end is known arrived; None while none is known."""
        ended = self.arrived + self.failed
        return self.arrived / ended if ended else None


def found(sought: Sought, by: Actor) -> Page:
    """The messages to persons that fit, of the cases this actor may see."""
    rows = _may(by).filter(STATES[sought.state])
    if sought.way:
        rows = rows.filter(channel=sought.way)
    if sought.template:
        rows = rows.filter(template=sought.template)
    if sought.number:
        rows = rows.filter(case_id=wires.case_called(sought.number, by) or -1)
    if sought.day:
        begins = datetime(sought.day.year, sought.day.month, sought.day.day, tzinfo=SHANGHAI)
        second = int(begins.timestamp())
        rows = rows.filter(id__gte=ids.least(second), id__lt=ids.least(second + DAY))
    if sought.before:
        rows = rows.filter(id__lt=sought.before)
    page = list(rows.order_by("-id")[: SHOWN + 1])
    below = page[SHOWN - 1].id if len(page) > SHOWN else 0
    return Page(tuple(traced(page[:SHOWN], by)), below)


def traced(rows: Iterable[Message], by: Actor) -> list[Traced]:
    """As they are shown, without those of cases that do not exist for this actor."""
    given = list(rows)
    links = wires.case_links({row.case_id for row in given if row.case_id}, by)
    seen = [row for row in given if row.case_id in links or not row.case_id]
    people = accounts.shown({row.person_id for row in seen}, by)
    return [
        Traced(fate(row), people[row.person_id].name, links.get(row.case_id, ""), row.read_at)
        for row in seen
    ]


def message_of(message_id: int, by: Actor, *, hold: bool = False) -> Message:
    """That message to a person; NotFound when this actor may not see it."""
    rows = _may(by).filter(id=message_id)
    row = (rows.select_for_update() if hold else rows).first()
    if row is None or (row.case_id and row.case_id not in wires.case_links({row.case_id}, by)):
        raise NotFound()
    return row


def story(message_id: int, by: Actor, ways: Callable[[int], tuple[str, ...]]) -> Story:
    """All that is known of how it went; `ways` tells by which the person can be reached now."""
    row = message_of(message_id, by)
    (shown,) = traced([row], by)
    steps = list(Step.objects.filter(message_id=row.id).order_by("at", "id"))
    names = accounts.staff_names(one.staff_id for one in steps if one.staff_id)
    lines = [Line("queued", row.created_at)]
    lines += [
        Line(one.what, one.at, one.until, one.said, one.way, names.get(one.staff_id, ""))
        for one in steps
    ]
    if row.sent_at and not any(line.what in ARRIVED for line in lines):
        lines.append(Line(row.state if row.state in ARRIVED else "sent", row.sent_at))
    if row.read_at:
        lines.append(Line("read", row.read_at))
    beside = [one for one in same_notice(row) if one.id != row.id]
    for one in beside:
        if one.read_at:
            lines.append(Line("read", one.read_at))
    return Story(
        shown, row.template, row.body, tuple(sorted(lines, key=lambda line: line.at)),
        tuple(fate(one) for one in beside), ways(row.person_id), row.person_id,
    )  # fmt: skip


def same_notice(row: Message) -> list[Message]:
    """This notice to this reader by every way, resent or not, the oldest first."""
    occasion = rules.occasion(row.key)
    keys = [f"{occasion}:{way}" for way in wires.ways()]
    keys += [f"{key}.{again}" for key in keys for again in range(1, rules.RESENT_MOST + 1)]
    return list(Message.objects.filter(key__in=keys).order_by("id"))


def times_resent(row: Message) -> int:
    """How often a colleague had this notice sent to its reader again."""
    same = [one.id for one in same_notice(row)]
    return Step.objects.filter(message_id__in=same, what="resent").count()


_REACH = """
WITH lately AS (
    SELECT channel, state, read_at, created_at FROM notify_message
    WHERE person_id > 0 AND id >= %s ORDER BY id DESC LIMIT %s
)
SELECT channel, state, count(*), count(read_at), min(created_at) FROM lately GROUP BY 1, 2
"""


def reach(by: Actor, at: datetime) -> tuple[list[Reach], datetime | None]:
    """What became of the last messages by each way, and since when they are counted.

    Of a week, but of `COUNTED_MOST` at most: a house of many counts hours. For who answers for it;
    nothing for others.
    """
    if not by.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR}:
        return [], None
    rows = statements.run(_REACH, [ids.least(int((at - COUNTED).timestamp())), COUNTED_MOST])
    counted: dict[str, dict[str, tuple[int, int]]] = {}
    for way, state, many, read, _since in rows:
        counted.setdefault(way, {})[state] = (many, read)
    order = {way: place for place, way in enumerate(wires.ways())}
    found = [
        _reach(way, states)
        for way, states in sorted(counted.items(), key=lambda one: order.get(one[0], 99))
    ]
    return found, min((row[4] for row in rows), default=None)


def _reach(way: str, states: Mapping[str, tuple[int, int]]) -> Reach:
    def of(*named: str) -> int:
        return sum(states.get(state, (0, 0))[0] for state in named)

    read = sum(one for _, one in states.values())
    return Reach(way, of(*states), of(*ARRIVED), of(*FAILED), of("queued"), read)


def _may(by: Actor) -> QuerySet[Message]:
    """Messages to persons, less those of cases that are closed to this actor.

    What is about no case is for administrators.
    """
    if not by.is_staff:
        raise NotFound()
    rows = Message.objects.filter(person_id__gt=0)
    if Role.ADMINISTRATOR not in by.roles:
        rows = rows.exclude(case_id=0)
    closed = wires.hidden_cases(by)
    return rows if closed is None else rows.exclude(case_id__in=closed)
