"""The queue of people now: who waits, who is there to answer, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from bihuan.accounts import queries as people
from bihuan.chat import loader, rules
from bihuan.chat.models import Attendance, Conversation
from bihuan.chat.rules import ENDED, OPEN, WAITING, Room
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.policy import queries as policy

LAST = 40  # chats from which the length of the next is taken
TYPICAL = 8 * 60  # seconds, before there are enough of them
NOT_AGAIN = timedelta(seconds=60)  # who has put a chat back is not given it at once
LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: the first is 1, and has 0 ahead; `wait` in seconds, None unknown.

    `there`: how many agents take chats of this line now.
    """

    place: int
    ahead: int
    wait: int | None
    there: int


@dataclass(frozen=True, slots=True)
class Present:
    """An agent as the desk lists them: whether he takes chats, how many he has and may have."""

    staff_id: int
    name: str
    on: bool
    there: bool
    lines: tuple[str, ...]
    open: int
    most: int
    off_why: str


def in_order(line: str = "") -> QuerySet[Conversation]:
    """Who waits, in the order of being taken: those that came back first, then the oldest."""
    rows = Conversation.objects.filter(state=WAITING)
    if line:
        rows = rows.filter(line=line)
    return rows.order_by("-returned", "queued_at", "id")


def seen_since(at: datetime) -> datetime:
    """Whose page gave a sign of life after this is there."""
    return at - timedelta(minutes=policy.default("chat_away", at))


def there(at: datetime, line: str = "") -> list[Attendance]:
    """The agents who take chats now, of this line or of any."""
    rows = Attendance.objects.filter(on=True, seen_at__gt=seen_since(at))
    if line:
        rows = rows.filter(lines__contains=[line])
    return list(rows.order_by("staff_id"))


def rooms(at: datetime, line: str = "") -> list[Room]:
    """The same with the chats each has now: those of other lines count too."""
    found = there(at, line)
    counts = open_counts(one.staff_id for one in found)
    usual = policy.default("chat_at_once", at)
    return [
        Room(one.staff_id, counts.get(one.staff_id, 0), one.most or usual, one.last_given_at)
        for one in found
    ]


def open_counts(staff_ids: Iterable[int]) -> dict[int, int]:
    """How many chats each of these holds now; who holds none is missing."""
    rows = Conversation.objects.filter(state=OPEN, agent_id__in=set(staff_ids))
    return dict(rows.order_by().values_list("agent_id").annotate(n=Count("id")))


def place(row: Conversation, at: datetime) -> Place | None:
    """Where a waiting chat stands; None for one that does not wait."""
    if row.state != WAITING:
        return None
    earlier = Q(queued_at__lt=row.queued_at) | Q(queued_at=row.queued_at, id__lt=row.id)
    before = Q(returned=row.returned) & earlier
    if not row.returned:
        before |= Q(returned=True)
    ahead = Conversation.objects.filter(before, state=WAITING, line=row.line).count()
    present = rooms(at, row.line)
    wait = rules.expected_wait(ahead=ahead, rooms=present, seconds=seconds_of_one(at))
    return Place(ahead + 1, ahead, wait, len(present))


def wait_of_next(at: datetime, line: str = "") -> Place:
    """The same for somebody who would ask now."""
    line = line or loader.first_line()
    ahead = Conversation.objects.filter(state=WAITING, line=line).count()
    present = rooms(at, line)
    wait = rules.expected_wait(ahead=ahead, rooms=present, seconds=seconds_of_one(at))
    return Place(ahead + 1, ahead, wait, len(present))


def seconds_of_one(at: datetime) -> int:
    """How long an agent has a chat, by the last that ended."""
    rows = Conversation.objects.filter(
        state=ENDED, ended_at__gt=at - LATELY, answered_at__isnull=False
    )
    last = rows.order_by("-ended_at", "-id").values_list("given_at", "ended_at")[:LAST]
    return rules.typical([end - begun for begun, end in last if begun and end], TYPICAL)


def attendance(by: Actor) -> Attendance | None:
    """Whether this member of staff takes chats; None when he never did."""
    return Attendance.objects.filter(staff_id=by.id).first() if by.is_staff else None


def present(by: Actor, at: datetime) -> list[Present]:
    """Who takes chats or did lately, those who are there first. NotFound for outsiders."""
    if not by.is_staff:
        raise NotFound()
    rows = Attendance.objects.filter(Q(on=True) | Q(seen_at__gt=at - timedelta(hours=12)))
    found = list(rows)
    names = people.staff_names(one.staff_id for one in found)
    counts = open_counts(one.staff_id for one in found)
    usual, since = policy.default("chat_at_once", at), seen_since(at)
    listed = [
        Present(
            one.staff_id, names.get(one.staff_id, ""), one.on, one.on and one.seen_at > since,
            tuple(one.lines), counts.get(one.staff_id, 0), one.most or usual, one.off_why,
        )
        for one in found
    ]  # fmt: skip
    return sorted(listed, key=lambda one: (not one.there, not one.on, one.name))


# ---- what time brings: for tasks and commands


def unanswered(at: datetime) -> list[int]:
    """Open chats whose agent does not answer: never since it was given, too long, or gone."""
    pick_up = at - timedelta(minutes=policy.default("chat_pick_up", at))
    silence = at - timedelta(minutes=policy.default("chat_silence", at))
    gone = Attendance.objects.filter(seen_at__lte=seen_since(at)).values("staff_id")
    rows = Conversation.objects.filter(state=OPEN, unanswered_at__isnull=False)
    rows = rows.filter(
        Q(held_at=None, given_at__lte=pick_up)
        | Q(unanswered_at__lte=silence)
        | Q(agent_id__in=gone, given_at__lte=seen_since(at))
    )
    return list(rows.order_by("id").values_list("id", flat=True)[:200])


def idle(at: datetime) -> list[int]:
    """Open chats in which the person has said nothing since an answer, for too long."""
    since = at - timedelta(minutes=policy.default("chat_idle", at))
    rows = Conversation.objects.filter(state=OPEN, unanswered_at=None, said_at__lte=since)
    return list(rows.order_by("id").values_list("id", flat=True)[:200])


def left_alone(at: datetime) -> list[int]:
    """Waiting chats nobody will answer: no agent of the line is there, or the person has gone."""
    since = at - timedelta(minutes=policy.default("chat_nobody", at))
    empty = [line for line in loader.lines() if not there(at, line)]
    rows = Conversation.objects.filter(
        Q(line__in=empty) | Q(here_at__lte=since), state=WAITING, said_at__lte=since
    )
    return list(rows.order_by("id").values_list("id", flat=True)[:200])


def is_anybody_waiting(line: str) -> bool:
    """Whether this line has a queue."""
    return Conversation.objects.filter(state=WAITING, line=line).exists()


def waiting_ids(at: datetime, line: str) -> list[tuple[int, int]]:
    """(id, who has just lost it) of those who wait for this line, in order."""
    rows = in_order(line).values_list("id", "lost_by", "lost_at")[:200]
    return [
        (id, lost_by if lost_at and at - lost_at < NOT_AGAIN else 0)
        for id, lost_by, lost_at in rows
    ]


def past_their_time(at: datetime) -> list[int]:
    """Chats that have ended so long ago that their words are kept no longer (3.3)."""
    since = at - timedelta(days=policy.default("chat_kept", at))
    rows = Conversation.objects.filter(state=ENDED, ended_at__lt=since, forgotten_at=None)
    return list(rows.order_by("ended_at").values_list("id", flat=True)[:200])
