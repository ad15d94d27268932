"""What happens to mails by itself: they are taken, fetched from a mailbox, forgotten."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from bihuan.mail import commands, fetching
from bihuan.mail.reader import Reader

#: Mails in one call: the worker is asked to stop between two.
AT_ONCE = 200
_reader = Reader()


def now() -> datetime:
    """What the clock says."""
    return timezone.now()


def take(at: datetime, *, most: int = AT_ONCE) -> int:
    """Every half second: read what was kept, and let it become cases (1.3); how many were taken.

    After `most` of them it ends with the batch in hand.
    """
    done = 0
    while done < most and (waiting := commands.lease(now())):
        for row in waiting:
            commands.take(row, _reader, at=now())
        done += len(waiting)
    return done


def look(at: datetime) -> int:
    """By the clock: what came into the watched mailbox since the last look; how many were kept."""
    return fetching.fetch(now)


def forget(at: datetime) -> int:
    """Every hour: the bytes of what opened no case, when their days are over."""
    return commands.forget(at=at)
