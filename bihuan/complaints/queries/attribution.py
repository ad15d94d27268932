"""Who held a case, from its receipt to its end, as its log tells it (2.3.3, 2.2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from bihuan.core.attribution import Holder, Move, Span, spans
from bihuan.events.models import Event

PERSON = Holder("person")


class Case(Protocol):
    """The case whose time it is."""

    @property
    def id(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


#: Once the result is told it is the person's turn; an objection gives the case back.
TO_THE_PERSON = frozenset({"case.result_notified"})
FROM_THE_PERSON = frozenset({"case.disputed", "case.reopened", "case.complained"})
SHARES = frozenset({"sub_task.opened", "sub_task.assigned", "sub_task.revived"})
SHARES_BACK = frozenset({"sub_task.done", "sub_task.dropped"})
KINDS = frozenset(
    {
        "case.filed", "case.assigned", "case.accepted", "case.planned", *TO_THE_PERSON,
        *FROM_THE_PERSON, *SHARES, *SHARES_BACK,
    }
)  # fmt: skip


def attributed(case: Case, at: datetime) -> list[Span]:
    """The whole time of the case, until its end or now, without a gap."""
    rows = Event.objects.filter(stream=case.id, kind__in=KINDS).order_by("seq")
    until = case.ended_at or at
    return spans(_moves(case, rows), max(until, case.received_at))


def _moves(case: Case, events: Iterable[Event]) -> Iterator[Move]:
    """Before it was registered nobody held it; then whoever each event names."""
    yield Move(case.received_at, Holder("nobody"))
    lead = Holder("nobody")
    for event in events:
        data = event.data
        if event.kind in SHARES:
            yield Move(event.at, given={data["sub_task"]: _holder(data)})
        elif event.kind in SHARES_BACK:
            yield Move(event.at, taken=frozenset({data["sub_task"]}))
        elif event.kind in TO_THE_PERSON:
            yield Move(event.at, PERSON)
        else:
            if event.kind not in FROM_THE_PERSON:
                lead = _holder(data, lead)
            yield Move(event.at, lead)


def _holder(data: dict[str, object], before: Holder | None = None) -> Holder:
    """A member of staff, or the queue of a department where nobody holds it."""
    staff = int(str(data.get("owner", 0)))
    department = str(data.get("department", before.department if before else ""))
    return Holder("staff" if staff else "nobody", department, staff)
