"""What was said to all cases of an incident, to whom it went, and to whom not yet (2.2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bihuan.cases import queries as cases
from bihuan.cases.queries import OPEN, Case
from bihuan.complaints.models import Incident, IncidentMessage, IncidentTold
from bihuan.complaints.queries.incidents import members, message_text
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound

REPAIRED = "incident.repaired"
REACHED = ("waiting", "done")
_SHOWN = 20  # messages, the newest


@dataclass(frozen=True, slots=True)
class Sent:
    """A message, how many cases it reached, where it failed and why, and who has not had it."""

    message: IncidentMessage
    text: str
    done: int
    waiting: int
    failed: list[tuple[str, str]]
    rest: list[Case]


def message(id: int, by: Actor) -> IncidentMessage:
    """That message; for staff."""
    row = IncidentMessage.objects.filter(id=id).first() if by.is_staff else None
    if row is None:
        raise NotFound()
    return row


def message_with(incident_id: int, mark: str) -> IncidentMessage | None:
    """What this form has ordered already."""
    return IncidentMessage.objects.filter(incident_id=incident_id, mark=mark).first()


def sent(row: Incident, by: Actor) -> list[Sent]:
    """The newest first. Cases that are hidden from this reader are not counted."""
    rows = list(IncidentMessage.objects.filter(incident_id=row.id).order_by("-id")[:_SHOWN])
    told: dict[int, dict[int, IncidentTold]] = {one.id: {} for one in rows}
    every = list(IncidentTold.objects.filter(message_id__in=list(told)).order_by("id"))
    seen = cases.visible(by).filter(id__in={one.case_id for one in every})
    known = set(seen.values_list("id", flat=True))
    for one in as_they_stand(every):
        if one.case_id in known:
            told[one.message_id][one.case_id] = one  # the last attempt counts
    some = list(members(row, by).filter(state__in=OPEN).order_by("rank", "sort_due_at"))
    owing = _owing(some) if any(one.action == "repair" for one in rows) else set()
    return [
        _sent(one, told[one.id], [c for c in some if one.action != "repair" or c.id in owing])
        for one in rows
    ]


def _sent(row: IncidentMessage, told: dict[int, IncidentTold], some: Sequence[Case]) -> Sent:
    reached = {id for id, one in told.items() if one.state in REACHED}
    return Sent(
        message=row,
        text=message_text(row),
        done=sum(one.state == "done" for one in told.values()),
        waiting=sum(one.state == "waiting" for one in told.values()),
        failed=[(one.number, one.why) for one in told.values() if one.state == "refused"],
        rest=[case for case in some if case.id not in reached],
    )


def as_they_stand(rows: Iterable[IncidentTold]) -> list[IncidentTold]:
    """With what their runs have done by now, whoever writes it down later."""
    found = list(rows)
    runs = {one.run_id for one in found if one.state == "waiting"}
    now = cases.outcomes(runs) if runs else {}
    for one in found:
        if one.state == "waiting":
            one.state, one.why = now.get((one.run_id, one.case_id), ("waiting", ""))
    return found


def waiting_of_run(run_id: int) -> list[IncidentTold]:
    """What is not known yet of a run; locked, for the command that writes it down."""
    rows = IncidentTold.objects.select_for_update().filter(run_id=run_id, state="waiting")
    return list(rows.order_by("id"))


def runs_waiting(message_id: int) -> list[int]:
    """The runs of a message of which not everything is known."""
    rows = IncidentTold.objects.filter(message_id=message_id, state="waiting")
    return sorted(set(rows.values_list("run_id", flat=True)))


def not_reached(row: IncidentMessage, incident: Incident, by: Actor) -> list[Case]:
    """Its open cases that have neither got it nor wait for it; of a repair, those that owe one."""
    reached = IncidentTold.objects.filter(message_id=row.id, state__in=REACHED).values("case_id")
    some = list(members(incident, by).filter(state__in=OPEN).exclude(id__in=reached))
    if row.action != "repair":
        return some
    owing = _owing(some)
    return [case for case in some if case.id in owing]


def _owing(some: Sequence[Case]) -> set[int]:
    """Those of which the repair is still owed (4.2, tier 3)."""
    return {
        id
        for id, rows in cases.clocks_of(some).items()
        if any(row.milestone == REPAIRED and row.done_at is None for row in rows)
    }
