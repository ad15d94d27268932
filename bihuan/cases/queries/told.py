"""What notices may say of a case: facts in the reader's language, personal numbers masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation

from bihuan.accounts import queries as people
from bihuan.cases.fields import OUTCOMES
from bihuan.cases.models import Case, Clock, Entry, FollowUp
from bihuan.cases.queries.rows import visible
from bihuan.cases.queries.story import clocks, handbook, headline, unsealed
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.events.models import Event
from bihuan.web import words

OUTCOMES_EN = {
    "supported": "Upheld",
    "partly_supported": "Partly upheld",
    "not_supported": "Not upheld",
    "settled": "Settled between the parties",
    "answered": "Answered",
}
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Told:
    """What `notify` may know of a case to tell people about it."""

    case_id: int
    number: str
    person_id: int
    owner_id: int
    department: str
    variables: Mapping[str, str]


def facts(stream: int, event: Event) -> Told | None:
    """The facts behind an event of a case, in the active language; None if it is no case."""
    case = Case.objects.filter(id=stream).first()
    if case is None:
        return None
    return Told(
        case_id=case.id,
        number=case.number,
        person_id=case.person_id,
        owner_id=case.owner_id,
        department=case.department,
        variables=_variables(case, event, handbook(case)),
    )


def links(case_ids: Iterable[int], by: Actor) -> dict[int, str]:
    """Where this actor may look at these cases."""
    found = visible(by).filter(id__in=list(case_ids))
    return {case.id: case.desk_url if by.is_staff else case.url for case in found}


def _variables(case: Case, event: Event, book: Handbook) -> dict[str, str]:
    english = (translation.get_language() or "").startswith("en")
    row = headline(clocks(case))
    department = book.departments.get(case.department)
    kind = book.kinds[case.kind]
    severity = book.severities[case.severity]
    outcomes = OUTCOMES_EN if english else OUTCOMES
    progress, text = _progress_and_words(case, event)
    return {
        "number": case.number,
        "kind": kind.en if english else kind.zh,
        "clause": _clause(row, event, book),
        "due": _due(row.effective_due_at if row else case.waits_until, event.at),
        "department": (department.en if english else department.zh) if department else NOTHING,
        "severity": severity.en if english else severity.zh,
        "outcome": outcomes.get(case.outcome, NOTHING),
        "words": text,
        "progress": progress,
        "before": _before(event),
        "other": str(event.data.get("other", NOTHING)),
        "waits_until": _due(case.waits_until, event.at),
        "follow_up": _follow_up(event),
        "follow_ups": _follow_ups(case, english),
        "milestone": NOTHING,
        "channel": NOTHING,
        "link": f"{settings.BASE_URL}{case.url}",
    }


def _clause(row: Clock | None, event: Event, book: Handbook) -> str:
    """What was just registered is told the clause that promises the answer, not 2.2.1 itself."""
    if event.kind == "case.filed" and row:
        promises = [book.promise(id) for id in row.promises]
        public = [p for p in promises if p.force == "commit"]  # 1.4 is worded 承诺
        return (public or promises)[0].clause
    return event.clause or NOTHING


def _progress_and_words(case: Case, event: Event) -> tuple[str, str]:
    """A result notice tells how it went and what came of it; other words are told whole."""
    text = _words(case, event)
    progress, found, result = text.partition("\n处理结果：")
    if event.kind != "case.result_notified" or not found:
        return text, text
    return progress.removeprefix("处理过程："), result


def _words(case: Case, event: Event) -> str:
    entry = Entry.objects.filter(
        id=event.data.get("entry", 0), case_id=case.id, internal=False
    ).first()
    return unsealed(entry.text) if entry else NOTHING


def _due(moment: datetime | None, at: datetime) -> str:
    """Absolute: a notice is read later than it is written."""
    return words.due_moment(moment, at) if moment else NOTHING


def _before(event: Event) -> str:
    """The old dues a rescheduling names, else nothing."""
    dues = event.data.get("dues", {})
    if not isinstance(dues, dict):
        return NOTHING
    old = [d[1:] for moved in dues.values() for d in moved if d.startswith("-")]
    return words.due_moment(datetime.fromisoformat(old[0]), event.at) if old else NOTHING


def _follow_up(event: Event) -> str:
    row = FollowUp.objects.filter(id=event.data.get("follow_up", 0)).first()
    return row.what if row else NOTHING


def _follow_ups(case: Case, english: bool) -> str:
    rows = FollowUp.objects.filter(case_id=case.id, round=case.round).order_by("due_on")
    owners = people.colleagues(row.owner_id for row in rows)
    mark = "; " if english else "；"
    return (
        mark.join(
            f"{row.what}（{owners[row.owner_id].name}，{row.due_on:%Y-%m-%d}）"
            for row in rows
            if row.owner_id in owners
        )
        or NOTHING
    )
