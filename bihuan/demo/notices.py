"""Staff read what the house tells them, as people do: not at once, and not the newest."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.core.clocks import SHANGHAI
from bihuan.demo.cast import Cast
from bihuan.notify import commands

UNREAD = timedelta(days=2)  # what came since is what somebody who signs in finds
CLOSELY = timedelta(days=5)  # before that a look a week tells the same


def read_notices(cast: Cast, at: datetime, until: datetime) -> None:
    """What each of them has been told by now; asked once a day."""
    left = until - at
    if left > UNREAD and (left < CLOSELY or at.astimezone(SHANGHAI).weekday() == 0):
        for one in cast.staff.values():
            commands.mark_read(by=one, at=at)
