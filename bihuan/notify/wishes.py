"""How somebody wants to be told: in which order, of what beyond the app, and not at night; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.core.clocks import SHANGHAI
from bihuan.core.terms import Notice
from bihuan.notify.rules import INBOX, other_ways

#: Quiet hours are a night, not a way to hear of nothing.
QUIET_MOST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Minutes of a Shanghai day; it begins with the first and ends before the second."""

    begins: int
    ends: int

    @property
    def length(self) -> timedelta:
        """How long it is, over midnight too."""
        return timedelta(minutes=(self.ends - self.begins) % (24 * 60))

    def until(self, at: datetime) -> datetime | None:
        """When it ends that lasts at this moment; None outside of it."""
        here = at.astimezone(SHANGHAI)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        for day in (-1, 0):
            begun = midnight + timedelta(days=day, minutes=self.begins)
            if begun <= here < begun + self.length:
                return (begun + self.length).astimezone(at.tzinfo)
        return None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody has said; nothing at first. `back_at`: when staff off duty are back."""

    then: tuple[str, ...] | None = None
    app_only: frozenset[str] = frozenset()
    quiet: Quiet | None = None
    back_at: datetime | None = None

    @property
    def may_hold(self) -> bool:
        """Whether anything may have to wait at all."""
        return self.quiet is not None or self.back_at is not None

    def app_alone(self, notice: Notice) -> bool:
        """Whether this notice, one that need not be told otherwise, stays in the app (2.4.1)."""
        return bool(notice.topic) and notice.topic in self.app_only

    def next_ways(self, notice: Notice, failed: Iterable[str]) -> tuple[str, ...]:
        """The ways to try instead, in the person's order, else in the notice's own."""
        gone = {INBOX, *failed}
        if self.then is None:
            return tuple(way for way in other_ways(notice, INBOX) if way not in gone)
        return tuple(way for way in self.then if way in notice.channels and way not in gone)

    def goes_at(self, notice: Notice, at: datetime, must_by: datetime | None = None) -> datetime:
        """When it may leave: at the end of the quiet hours, unless that would break a time limit.

        A limit that is over already is not made worse. What staff must always know, such as a
        breach, waits for nobody's shift.
        """
        end = self.quiet.until(at) if self.quiet else self.back_at if notice.topic else None
        if end is None or end <= at or (must_by is not None and end > must_by):
            return at
        return end


NOTHING_SAID = Wishes()
