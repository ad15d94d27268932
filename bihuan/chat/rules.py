"""Which steps a chat allows, who is given the next one, and how long somebody will wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.core.actors import Actor, Role

CLAUSE = "6.2"
WAITING, OPEN, ENDED = "waiting", "open", "ended"
GOING = (WAITING, OPEN)
STATES = [WAITING, OPEN, ENDED]
#: solved: an agent says so; case: it goes on as a case; left: the person went silent or said that
#: they need nothing more.
OUTCOMES = ["solved", "case", "left"]
USER, AGENT, SYSTEM = "user", "agent", "system"
VOICES = [USER, AGENT, SYSTEM]

#: action: the states it may be taken in
STEPS: dict[str, tuple[str, ...]] = {
    "say": GOING,
    "take": (WAITING,),
    "put_back": (OPEN,),
    "hand_over": (OPEN,),
    "change_line": GOING,
    "call_person": GOING,
    "end": (OPEN,),
    "finish": GOING,
    "leave": (WAITING, OPEN),
    "reopen": (ENDED,),
    "rate": (ENDED,),
}


def plans(by: Actor) -> bool:
    """Whether somebody plans the work of others."""
    return bool(by.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Room:
    """An agent who is there: how many chats he has, how many he may have, since when no new one."""

    staff_id: int
    open: int
    most: int
    last_given_at: datetime | None

    @property
    def free(self) -> int:
        return max(self.most - self.open, 0)


def next_of(rooms: Sequence[Room], *, but: int = 0) -> Room | None:
    """Who is given the next chat: most free room, then who has waited longest for one.

    `but` is who has just lost it; None when nobody has room.
    """
    free = [room for room in rooms if room.free and room.staff_id != but]
    if not free:
        return None
    return min(free, key=lambda r: (-r.free, _moment(r.last_given_at), r.staff_id))


def _moment(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def expected_wait(*, ahead: int, rooms: Sequence[Room], seconds: int) -> int | None:
    """Seconds until somebody with so many ahead is taken; None while nobody is there.

    Each room of an agent frees once in `seconds`, on average half way through now. Rounded up to
    whole minutes; 0 while a room is free.
    """
    places = sum(room.most for room in rooms)
    if not places:
        return None
    behind = ahead + 1 - sum(room.free for room in rooms)
    if behind <= 0:
        return 0
    waited = seconds * behind / places
    return max(60, -(-int(waited) // 60) * 60)


def typical(lengths: Sequence[timedelta], otherwise: int) -> int:
    """The median of the last chats in seconds, at least 30; `otherwise` for too few."""
    if len(lengths) < 5:
        return otherwise
    middle = sorted(lengths)[len(lengths) // 2]
    return max(30, round(middle.total_seconds()))


def satisfaction(scores: Sequence[int]) -> int | None:
    """The mean of stars from one to five, as whole points of a hundred; None without any."""
    if not scores:
        return None
    return (40 * sum(scores) + len(scores)) // (2 * len(scores))
