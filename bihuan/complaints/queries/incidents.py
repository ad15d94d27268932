"""Incidents and their cases, as far as this reader may see the cases (2.2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.cases import queries as cases
from bihuan.cases.queries import OPEN, Alike, Case
from bihuan.complaints import rules
from bihuan.complaints.models import Incident, IncidentCase, IncidentMessage, IncidentNote
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.events.models import Event
from bihuan.policy import queries as policy
from bihuan.store import secrets

TABLE, COLUMN = "complaints_incidentmessage", "sealed"
IN = Q(removed_at=None)
NOW_IN = Q(removed_at=None, over=False)
_LISTED = 60  # incidents on one page
_STORY = 200  # lines of an incident's story


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an incident goes, over the cases this reader may see; `late` is past its due."""

    cases: int = 0
    open: int = 0
    people: int = 0
    merchants: int = 0
    late: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What customers are told of an incident; `mended_at` once it works again."""

    text: str
    mended_at: datetime | None


def incident(id: int, by: Actor) -> Incident:
    """That incident; it exists for staff alone."""
    row = Incident.objects.filter(id=id).first() if by.is_staff else None
    if row is None:
        raise NotFound()
    return row


def locked_incident(id: int, by: Actor) -> Incident:
    """That row, held until the transaction ends. For commands, which lock a case before it."""
    row = Incident.objects.select_for_update().filter(id=id).first() if by.is_staff else None
    if row is None:
        raise NotFound()
    return row


def led_by(row: Incident, by: Actor) -> bool:
    """Whether this actor speaks for it: changes it, and tells all its cases."""
    return rules.leads(by, lead_id=row.lead_id, department=row.department)


def opened_with(mark: str, by: Actor) -> Incident | None:
    """What this form has opened already."""
    return Incident.objects.filter(opened_by=by.id, mark=mark).first()


def incidents(by: Actor, at: datetime, most: int = _LISTED) -> list[tuple[Incident, Reach]]:
    """Those that go on first, then the newest that have ended; each with how far it goes."""
    if not by.is_staff:
        return []
    rows = list(Incident.objects.exclude(state="closed").order_by("-opened_at")[:most])
    ended = Incident.objects.filter(state="closed").order_by("-opened_at")
    rows += ended[: most - len(rows)]
    return list(zip(rows, _reaches(rows, by, at), strict=True))


def open_incidents(by: Actor, most: int = _LISTED) -> list[Incident]:
    """What a case can be added to, the newest first."""
    rows = Incident.objects.exclude(state="closed").order_by("-opened_at")
    return list(rows[:most]) if by.is_staff else []


def reach(row: Incident, by: Actor, at: datetime) -> Reach:
    """How far this one goes."""
    return _reaches([row], by, at)[0]


def _reaches(rows: Iterable[Incident], by: Actor, at: datetime) -> list[Reach]:
    """Two queries for all of them: the pairs, and what is counted of the cases."""
    pairs: dict[int, list[int]] = {row.id: [] for row in rows}
    members = IncidentCase.objects.filter(IN, incident_id__in=list(pairs))
    for incident_id, case_id in members.values_list("incident_id", "case_id"):
        pairs[incident_id].append(case_id)
    ids = {id for some in pairs.values() for id in some}
    columns = ("id", "state", "person_id", "merchant_id", "received_at", "next_due_at")
    seen = {one[0]: one[1:] for one in cases.visible(by).filter(id__in=ids).values_list(*columns)}
    return [_counted([seen[id] for id in some if id in seen], at) for some in pairs.values()]


def _counted(found: Sequence[tuple[Any, ...]], at: datetime) -> Reach:
    """Of state, person, shop, receipt and nearest due; people are counted once each."""
    moments = [received for *_, received, _due in found]
    nobody = sum(person == 0 for _, person, *_ in found)  # nameless ones are one each
    return Reach(
        cases=len(found),
        open=sum(state in OPEN for state, *_ in found),
        people=len({person for _, person, *_ in found if person}) + nobody,
        merchants=len({shop for _, _, shop, *_ in found if shop}),
        late=sum(state in OPEN and due is not None and due < at for state, *_, due in found),
        first_at=min(moments, default=None),
        last_at=max(moments, default=None),
    )


def members(row: Incident, by: Actor) -> QuerySet[Case]:
    """The cases that belong to it, as far as this reader may see them."""
    rows = IncidentCase.objects.filter(IN, incident_id=row.id)
    return cases.visible(by).filter(id__in=rows.values("case_id"))


def membership(case_id: int) -> IncidentCase | None:
    """Where a case is gathered now. For staff, who may see the case."""
    return IncidentCase.objects.filter(NOW_IN, case_id=case_id).first()


def incident_of(case: Case, by: Actor) -> Incident | None:
    """The incident a case belongs to, the newest where it has been in several."""
    if not by.is_staff:
        return None
    rows = IncidentCase.objects.filter(IN, case_id=case.id).order_by("over", "-id")
    found = rows.values_list("incident_id", flat=True).first()
    return Incident.objects.filter(id=found).first() if found else None


def suggested(row: Incident, by: Actor, at: datetime) -> list[Alike]:
    """Open cases that it has likely caused too, and why; a person adds them."""
    some = list(members(row, by).order_by("-id")[:3])
    gathered = IncidentCase.objects.filter(NOW_IN).values("case_id")
    return cases.likely_of_cause(some, but=gathered, by=by, at=at)


def removed(row: Incident, by: Actor) -> list[IncidentCase]:
    """What was taken out of it, and why; not of cases that are hidden from this reader."""
    rows = IncidentCase.objects.filter(incident_id=row.id, removed_at__isnull=False)
    seen = cases.visible(by).filter(id__in=rows.values("case_id")).values("id")
    return list(rows.filter(case_id__in=seen).order_by("-removed_at")[:50])


def severity_wanted(found: Reach, at: datetime) -> str:
    """The severity that so many people would make it, by the text in force; "" when none."""
    rung = rules.severity_of_reach(policy.current(at).severities.values(), found.people)
    return rung.id if rung else ""


def severities_of_reach(at: datetime) -> list[str]:
    """The rungs that a number of people reaches, by the text in force."""
    rungs = policy.current(at).severities.values()
    return [rung.id for rung in rungs if rung.people_over is not None]


def below_severity(row: Incident, severity: str, by: Actor, at: datetime) -> QuerySet[Case]:
    """Its open cases that are not so grave and for which nobody has proposed it."""
    ranks = policy.current(at).severities
    lower = [rung.id for rung in ranks.values() if rung.rank < ranks[severity].rank]
    rows = members(row, by).filter(state__in=OPEN, severity__in=lower)
    return rows.exclude(proposed_severity=severity)


def below_tier_three(row: Incident, by: Actor) -> QuerySet[Case]:
    """Its open cases of the platform's own systems that are not answered as faults (4.2)."""
    return members(row, by).filter(state__in=OPEN, category="system_tech", tier__lt=3)


def story(row: Incident, by: Actor) -> list[Event]:
    """What happened to it and which cases came and went, the newest first."""
    ids = list(IncidentCase.objects.filter(incident_id=row.id).values_list("case_id", flat=True))
    seen = list(cases.visible(by).filter(id__in=ids).values_list("id", flat=True))
    gathered = Q(stream__in=seen, kind__in=("incident.case_added", "incident.case_removed"))
    rows = Event.objects.filter(Q(stream=row.id) | gathered & Q(data__incident=row.id))
    return list(rows.order_by("-at", "-stream", "-seq")[:_STORY])


def note(row: Incident) -> IncidentNote | None:
    """What its customers are told."""
    return IncidentNote.objects.filter(incident_id=row.id).first()


def public_note(case: Case) -> Note | None:
    """What the person of this case is told of a fault that many have met."""
    found = IncidentCase.objects.filter(NOW_IN, case_id=case.id).values("incident_id")
    row = IncidentNote.objects.filter(incident_id__in=found).exclude(text="").first()
    return Note(row.text, row.mended_at) if row else None


def message_text(row: IncidentMessage) -> str:
    """What was written, before it was filled in for each case."""
    return secrets.open_for_house(TABLE, COLUMN, row.id, bytes(row.sealed))
