"""Gather many cases under the one thing that caused them; each is closed on its own (2.2.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import queries as case_queries
from bihuan.complaints import queries
from bihuan.complaints.lifecycle import INCIDENT
from bihuan.complaints.models import Incident, IncidentCase, IncidentNote
from bihuan.core import inputs, personal
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import AlreadyGathered, Invalid, NotPermitted, NotPossible, Stale
from bihuan.events import log
from bihuan.policy import queries as policy
from bihuan.store import statements
from bihuan.store.blocks import new_id

CLAUSE = "2.2.3"
TITLE_MOST, WHAT_MOST, CAUSE_MOST, NOTE_MOST, REASON_MOST = 120, 2000, 500, 300, 300
_ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('incident'), %s::bigint::bit(32)::int)"
_DIGITS = 10**7
Raw = Mapping[str, Any]


@transaction.atomic
def open_incident(*, raw: Raw, mark: str, by: Actor, at: datetime) -> Incident:
    """立事件：something has happened that many complain of. The same `mark` of a form opens one.

    Invalid names every faulty field at once.
    """
    INCIDENT.step("open", "add", by.roles)
    statements.run(_ONE_BY_ONE, [by.id])
    earlier = queries.opened_with(mark, by)
    if earlier is not None:
        return earlier
    values = _clean(raw, at)
    id = new_id(at)
    row = Incident(
        id=id, number=f"SJ{at.astimezone(SHANGHAI):%Y%m%d}{id % _DIGITS:07d}", mark=mark,
        opened_by=by.id, opened_at=at, **values,
    )  # fmt: skip
    row.save(force_insert=True)
    say(
        "incident.opened", row, by, at, started_at=row.started_at.isoformat(),
        found_at=row.found_at.isoformat(),
    )  # fmt: skip
    return row


@transaction.atomic
def change_incident(
    *, id: int, raw: Raw, expected_version: int | None = None, by: Actor, at: datetime
) -> Incident:
    """更新事件：what is known by now. Stale when somebody else has written since it was read."""
    row = led(id, "change", by, expected_version)
    values = _clean(raw, at)
    if row.ended_at and row.ended_at < values["started_at"]:
        raise Invalid({"started_at": "after_its_end"}, CLAUSE)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    save(row, *changed)
    say("incident.changed", row, by, at, fields=changed)
    return row


def _clean(raw: Raw, at: datetime) -> dict[str, Any]:
    """Every value checked, the numbers of persons masked."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    facts: dict[str, object] = {}
    for field, read in _FIELDS.items():
        try:
            values[field] = read(raw.get(field), at)
        except Invalid as fault:
            faults |= fault.fields
            facts |= {name: fact for name, fact in fault.facts.items() if name != "fields"}
    if not faults and values["found_at"] < values["started_at"]:
        faults["found_at"] = "found_before_it_began"
    if faults:
        raise Invalid(faults, CLAUSE, **(facts if len(faults) == 1 else {}))
    return values


def _words(field: str, most: int, *, least: int = 0, lines: bool = True) -> Callable[..., str]:
    def read(given: object, at: datetime) -> str:
        text = inputs.words(given, field=field, least=least, most=most, lines=lines)
        return personal.mask(text)[:most]

    return read


def _department(given: object, at: datetime) -> str:
    return inputs.one_of(given, dict(policy.current(at).departments), field="department")


def _lead(given: object, at: datetime) -> int:
    if given in (None, ""):
        raise Invalid({"lead_id": "missing"})
    id = inputs.whole(given, field="lead_id", least=1)
    colleague = people.staff(id)
    if colleague is None or not colleague.active:
        raise Invalid({"lead_id": "not_known"})
    return id


def _past(field: str) -> Callable[..., datetime]:
    def read(given: object, at: datetime) -> datetime:
        moment = inputs.moment(given, field=field)
        if moment > at:
            raise Invalid({field: "in_the_future"})
        return moment

    return read


_FIELDS: Mapping[str, Callable[..., Any]] = {
    "title": _words("title", TITLE_MOST, least=2, lines=False),
    "what": _words("what", WHAT_MOST, least=2),
    "started_at": _past("started_at"),
    "found_at": _past("found_at"),
    "department": _department,
    "lead_id": _lead,
    "cause": _words("cause", CAUSE_MOST),
}


@transaction.atomic
def add_to_incident(*, id: int, number: str, by: Actor, at: datetime) -> IncidentCase:
    """归入事件：an open case belongs to one open incident at most; its clocks run on.

    AlreadyGathered names the incident it is in, NotPossible a case or an incident that has ended.
    """
    case = case_queries.locked(number, by)
    row = queries.locked_incident(id, by)
    INCIDENT.step(row.state, "add", by.roles)
    if not case.is_open:
        raise NotPossible(CLAUSE, state=case.state, action="add", possible=[])
    if (now := queries.membership(case.id)) is not None:
        raise AlreadyGathered(CLAUSE, incident=now.incident_id)
    member = IncidentCase(
        id=new_id(at), incident_id=row.id, case_id=case.id, number=case.number, added_by=by.id,
        at=at,
    )  # fmt: skip
    member.save(force_insert=True)
    _say_of_case("incident.case_added", member, by, at)
    return member


@transaction.atomic
def remove_from_incident(
    *, id: int, number: str, reason: str, by: Actor, at: datetime
) -> IncidentCase:
    """移出事件：for a reason that is kept; what was said to the case stays said."""
    case = case_queries.locked(number, by)
    row = queries.locked_incident(id, by)
    INCIDENT.step(row.state, "remove", by.roles)
    member = queries.membership(case.id)
    if member is None or member.incident_id != row.id:
        raise NotPossible(CLAUSE, state="not_in_it", action="remove", possible=[])
    if not queries.led_by(row, by) and by.id != member.added_by:
        raise NotPermitted(CLAUSE, action="remove", department=row.department)
    words = inputs.words(reason, field="reason", least=2, most=REASON_MOST, lines=False)
    member.removed_at, member.removed_by = at, by.id
    member.reason = personal.mask(words)[:REASON_MOST]
    member.save(update_fields=["removed_at", "removed_by", "reason"])
    _say_of_case("incident.case_removed", member, by, at)
    return member


@transaction.atomic
def note_incident(*, id: int, text: str, by: Actor, at: datetime) -> IncidentNote:
    """对用户的说明：what the people of all its cases read; empty, they read nothing of it."""
    row = led(id, "change", by)
    words = personal.mask(inputs.words(text, field="text", most=NOTE_MOST))[:NOTE_MOST]
    mended_at = row.ended_at if row.state == "mended" else None
    found = IncidentNote(
        incident_id=row.id, text=words, written_by=by.id, at=at, mended_at=mended_at
    )
    found.save()
    say("incident.noted", row, by, at, shown=bool(words))
    return found


@transaction.atomic
def close_incident(
    *, id: int, expected_version: int | None = None, by: Actor, at: datetime
) -> Incident:
    """结束事件：once it is mended, or when nothing is left in it. Its cases go on by themselves."""
    row = led(id, "close", by, expected_version)
    inside = IncidentCase.objects.filter(incident_id=row.id, removed_at=None)
    if row.state == "open" and inside.exists():
        raise NotPossible(CLAUSE, state="not_mended", action="close", possible=["mend"])
    row.state, row.closed_at = "closed", at
    save(row, "state", "closed_at")
    many = inside.update(over=True)
    say("incident.closed", row, by, at, cases=many)
    return row


def led(id: int, action: str, by: Actor, expected_version: int | None = None) -> Incident:
    """That incident, locked, for whoever speaks for it; Stale, NotPossible or NotPermitted."""
    row = queries.locked_incident(id, by)
    if expected_version is not None and expected_version != row.version:
        raise Stale(version=row.version, state=row.state)
    INCIDENT.step(row.state, action, by.roles)
    if not queries.led_by(row, by):
        raise NotPermitted(CLAUSE, action=action, department=row.department)
    return row


def save(row: Incident, *fields: str) -> None:
    """With another version, so that a form that was opened before is told so."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def say(kind: str, row: Incident, by: Actor, at: datetime, **more: object) -> None:
    """On the stream of the incident."""
    log.append(
        kind, stream=row.id, by=by, at=at, clause=CLAUSE, incident=row.id, number=row.number,
        department=row.department, lead=row.lead_id, version=row.version, **more,
    )  # fmt: skip


def _say_of_case(kind: str, member: IncidentCase, by: Actor, at: datetime) -> None:
    """On the stream of the case."""
    log.append(
        kind, stream=member.case_id, by=by, at=at, clause=CLAUSE, incident=member.incident_id,
        number=member.number,
    )  # fmt: skip
