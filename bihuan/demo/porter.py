"""Hand on what has happened, at the moments at which a worker would have done it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bihuan.events import relay
from bihuan.notify import tasks as notices

AT_ONCE = timedelta(seconds=1)  # a worker looks every second
#: Long ago nobody counts the minutes: what happened within these is handed on together.
QUARTER = timedelta(minutes=15)
ALONE = -1  # nothing else is said of this case before its news are handed on


@dataclass(slots=True)
class Porter:
    """Which cases have news that nobody has been told, and when it would have been looked at.

    A look is the first and last moment of what it finds. From `lately` on each moment has its own.
    """

    lately: datetime
    looks: list[tuple[datetime, datetime]] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)

    def note(self, case_ids: Iterable[int], at: datetime, *, alone: bool = False) -> None:
        """These cases have news; `alone` for what is answered before anything else is said: a
        registration is acknowledged, a breach opens its record.
        """
        if self._is_open(at):
            self.looks[-1] = (self.looks[-1][0], at)
        else:
            self.looks.append((at, at))
        for case_id in case_ids:
            self.waiting[case_id] = ALONE if alone else len(self.looks) - 1

    def goes_first(self, case_ids: Iterable[int], at: datetime) -> bool:
        """Whether older news of one of these cases must be told before they go on."""
        now = len(self.looks) - 1 if self._is_open(at) else None
        return any(self.waiting.get(case_id, now) != now for case_id in case_ids)

    def hand_on(self, at: datetime) -> None:
        """Subscribers hear, messages leave, and say that they did; all of it before `at`."""
        if not self.looks:
            return
        relay.drain(at)
        for _, last in self.looks:
            moment = min(last + AT_ONCE, at)
            for channel in ("inbox", "email", "sms"):
                notices.send_at(channel, moment)
        self.looks.clear()
        self.waiting.clear()

    def _is_open(self, at: datetime) -> bool:
        """Whether the last look would still find what happens now."""
        return bool(self.looks) and at <= self.lately and at - self.looks[-1][0] <= QUARTER
