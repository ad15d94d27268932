"""Notices are read, not at once and not all; a letter comes back, and one is sent once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.cast import Cast
from bihuan.notify import commands, queries
from bihuan.notify.queries import Sought

UNREAD = timedelta(days=2)  # what came since is what somebody who signs in finds
CLOSELY = timedelta(days=5)  # before that a look a week tells the same
MAILBOX_FULL = "5.2.2"
BACK, AGAIN = 2, 3  # days before the end on which a letter comes back, or is said to be missing
DAY = timedelta(days=1)


def read_notices(cast: Cast, at: datetime, until: datetime) -> None:
    """What each of them has been told by now; asked once a day."""
    left = until - at
    if left > UNREAD and (left < CLOSELY or at.astimezone(SHANGHAI).weekday() == 0):
        for one in cast.staff.values():
            commands.mark_read(by=one, at=at)
    if DAY < left <= 2 * DAY:
        for place, person in enumerate(cast.persons):
            if place % 3:  # one in three never looks
                commands.mark_read(by=person, at=at)
    _mishaps(cast, left // DAY, at)


def _mishaps(cast: Cast, days_left: int, at: datetime) -> None:
    """A full mailbox sends a letter back, which goes by text instead; one is asked for again."""
    chief = cast.by_login["chenzhuguan"]
    if days_left == BACK and (id := _last_letter(chief)):
        commands.bounced(message_id=id, permanent=True, status=MAILBOX_FULL, by=SYSTEM, at=at)
    if days_left == AGAIN and (id := _last_letter(chief)):
        by = cast.by_login["linyue"]
        commands.resend(message_id=id, reason="用户来电说没有收到", by=by, at=at)


def _last_letter(by: Actor) -> int:
    page = queries.found(Sought(state="arrived", way="email"), by)
    return page.rows[0].fate.id if page.rows else 0
