"""One message for every case of an incident, taken by each as a step of its own (2.2.3, 4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.queries import Case
from bihuan.complaints import queries
from bihuan.complaints.commands.incidents import led, save, say
from bihuan.complaints.lifecycle import INCIDENT
from bihuan.complaints.models import Incident, IncidentMessage, IncidentNote, IncidentTold
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.store import secrets
from bihuan.store.blocks import new_id

CLAUSE = "2.2.3"
FAILED_MOST, TEXT_MOST = 300, 4000
#: What is written once for all; a repair is said when the incident is mended.
WRITTEN = ("answer", "tell")
RAISED = ("set_severity", "set_tier")


@transaction.atomic
def tell_incident(
    *, id: int, action: str, text: str, mark: str, seconds: int, by: Actor, at: datetime
) -> IncidentMessage:
    """统一发送：one text, with variables, as an answer or a first result on every open case.

    Held for so many seconds; then each case takes it by its own permission and version. The same
    `mark` of a form is one message. Invalid when no case is left to be told.
    """
    row = led(id, "tell", by)
    earlier = queries.message_with(row.id, mark)
    if earlier is not None:
        return earlier
    inputs.one_of(action, list(WRITTEN), field="action")
    words = inputs.words(text, field="text", least=2, most=TEXT_MOST)
    message = _written(row, action, words, mark, by, at)
    some = queries.not_reached(message, row, by)
    _order(message, row, some, seconds=seconds, by=by, at=at)
    return message


@transaction.atomic
def tell_rest(*, message_id: int, seconds: int, by: Actor, at: datetime) -> int:
    """补发：what was said before, to cases that came later or could not take it; how many.

    Whoever speaks for the incident tells all of them, others the cases that they work on.
    """
    message = queries.message(message_id, by)
    row = queries.locked_incident(message.incident_id, by)
    INCIDENT.step(row.state, "tell", by.roles)
    for run_id in queries.runs_waiting(message.id):
        note_told(run_id=run_id)
    some = queries.not_reached(message, row, by)
    if not queries.led_by(row, by):
        some = [case for case in some if cases.may_work(case, by)]
    _order(message, row, some, seconds=seconds, by=by, at=at)
    return len(some)


@transaction.atomic
def mend_incident(
    *, id: int, ended_at: datetime, failed: str, mark: str, seconds: int, by: Actor, at: datetime
) -> Incident:
    """已恢复：it works again; every case that owes a repair takes it as its own step (4.2)."""
    row = led(id, "mend", by)
    words = inputs.words(failed, field="failed", least=2, most=FAILED_MOST, lines=False)
    if ended_at > at:
        raise Invalid({"ended_at": "in_the_future"}, "4.2")
    if ended_at < row.started_at:
        raise Invalid({"ended_at": "ended_before_it_began"}, "4.2")
    row.state, row.ended_at = "mended", ended_at
    save(row, "state", "ended_at")
    IncidentNote.objects.filter(incident_id=row.id).update(mended_at=ended_at)
    say("incident.mended", row, by, at, ended_at=ended_at.isoformat())
    message = _written(row, "repair", words, mark, by, at)
    if some := queries.not_reached(message, row, by):
        _order(message, row, some, seconds=seconds, by=by, at=at)
    return row


def _written(
    row: Incident, action: str, text: str, mark: str, by: Actor, at: datetime
) -> IncidentMessage:
    id = new_id(at)
    message = IncidentMessage(
        id=id, incident_id=row.id, action=action, mark=mark, by_id=by.id, at=at,
        sealed=secrets.seal_for_house(queries.TABLE, queries.COLUMN, id, text),
    )  # fmt: skip
    message.save(force_insert=True)
    return message


def _order(
    message: IncidentMessage, row: Incident, some: Sequence[Case], *, seconds: int, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Through the bulk runs: held, taken back, and what failed is named case by case."""
    some = some[: case_queries.MOST_CASES]
    if not some:
        raise Invalid({"text": "nobody_to_tell"}, CLAUSE)
    mark = f"m{message.id} {at.isoformat()}"
    run, _new = _run(message.action, _raw(message, row), some, mark, seconds, by, at)
    IncidentTold.objects.bulk_create(
        IncidentTold(
            id=new_id(at), message_id=message.id, case_id=case.id, number=case.number,
            run_id=run, at=at,
        )
        for case in some
    )  # fmt: skip
    say(
        "incident.told", row, by, at, message=message.id, action=message.action, run=run,
        total=len(some),
    )  # fmt: skip


def _raw(message: IncidentMessage, row: Incident) -> dict[str, Any]:
    """The fields of the step."""
    text = queries.message_text(message)
    if message.action == "repair":
        assert row.ended_at is not None  # a repair is written when it is mended
        return {"failed": text, "restored_at": row.ended_at.isoformat()}
    return {"text": text, cases.FILLED: "yes"}


def _run(
    action: str, raw: Mapping[str, Any], some: Sequence[Case], mark: str, seconds: int, by: Actor,
    at: datetime,
) -> tuple[int, bool]:  # fmt: skip
    """The id of the run, and whether this form has ordered it just now."""
    chosen = case_queries.chosen({case.number: case.version for case in some}, by)
    run = cases.order_bulk(
        action=action, chosen=chosen, raw=raw, mark=mark, seconds=seconds, by=by, at=at
    )
    return run.id, run.ordered_at == at


@transaction.atomic
def raise_incident(
    *, id: int, action: str, to: str, reason: str, mark: str, seconds: int, by: Actor, at: datetime
) -> int:
    """提出升级：the ordinary step on each case; of a severity a second person approves (2.3.1)."""
    row = led(id, "raise", by)
    inputs.one_of(action, list(RAISED), field="action")
    if action == "set_severity":
        if to not in queries.severities_of_reach(at):
            raise Invalid({"to": "not_known"}, "2.3.1")
        some = list(queries.below_severity(row, to, by, at)[: case_queries.MOST_CASES])
        raw = {"severity": to, "reason": reason}
    else:
        some = list(queries.below_tier_three(row, by)[: case_queries.MOST_CASES])
        raw = {"tier": "3", "reason": reason}
    if not some:
        raise Invalid({"reason": "nobody_to_raise"}, "2.3.1")
    run, new = _run(action, raw, some, f"r{row.id} {mark}", seconds, by, at)
    if new:
        say("incident.raised", row, by, at, action=action, run=run, total=len(some))
    return run


@transaction.atomic
def note_told(*, run_id: int) -> int:
    """What a run that is over, or was taken back, has done for each case of an incident."""
    done = 0
    for one in queries.as_they_stand(queries.waiting_of_run(run_id)):
        if one.state != "waiting":
            one.save(update_fields=["state", "why"])
            done += 1
    return done
