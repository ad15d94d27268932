"""Close a case to all but named people, and open it again (3.3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, CaseReader
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.events import log

CLAUSE = "3.3"
REASON_MOST = 300


@transaction.atomic
def restrict(
    *, number: str, reason: str, readers: Collection[int] = (), by: Actor, at: datetime
) -> Case:
    """限制查看：from now on it exists for its owner and the named alone; who closes it is named."""
    case = _held(number, "restrict", by)
    if case.restricted:
        raise NotPossible(CLAUSE, state=case.state, action="restrict", possible=["unrestrict"])
    words = _reason(reason)
    case.restricted = True
    case.save(update_fields=["restricted"])
    said = speak(case, words, kind="note", by=by, at=at, internal=True)
    log.append(
        "case.restricted", stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number, **said
    )
    for staff_id in dict.fromkeys((by.id, *readers)):
        _add(case, staff_id, by, at)
    return case


@transaction.atomic
def unrestrict(*, number: str, reason: str, by: Actor, at: datetime) -> Case:
    """解除限制：every colleague may read it again; who was named is forgotten."""
    case = _closed(number, "unrestrict", by)
    words = _reason(reason)
    case.restricted = False
    case.save(update_fields=["restricted"])
    CaseReader.objects.filter(case_id=case.id).delete()
    said = speak(case, words, kind="note", by=by, at=at, internal=True)
    log.append(
        "case.unrestricted", stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number,
        **said,
    )  # fmt: skip
    return case


@transaction.atomic
def add_reader(*, number: str, staff_id: int, by: Actor, at: datetime) -> Case:
    """加入可查看人员：one more colleague; naming somebody twice names him once."""
    case = _closed(number, "add_reader", by)
    _add(case, staff_id, by, at)
    return case


@transaction.atomic
def remove_reader(*, number: str, staff_id: int, by: Actor, at: datetime) -> Case:
    """移出可查看人员：Invalid when nobody would be left who may open the case again."""
    case = _closed(number, "remove_reader", by)
    rows = CaseReader.objects.filter(case_id=case.id)
    left = people.colleagues(rows.exclude(staff_id=staff_id).values_list("staff_id", flat=True))
    if not any(one.active and queries.may_close(one.actor) for one in left.values()):
        raise Invalid({"staff_id": "last_keeper"}, CLAUSE)
    if rows.filter(staff_id=staff_id).delete()[0]:
        _say("case.reader_removed", case, staff_id, by, at)
    return case


def _held(number: str, action: str, by: Actor) -> Case:
    case = queries.locked(number, by)
    if not queries.may_close(by):
        raise NotPermitted(CLAUSE, action=action)
    return case


def _closed(number: str, action: str, by: Actor) -> Case:
    case = _held(number, action, by)
    if not case.restricted:
        raise NotPossible(CLAUSE, state=case.state, action=action, possible=["restrict"])
    return case


def _reason(given: str) -> str:
    return inputs.words(given, field="reason", least=2, most=REASON_MOST, lines=False)


def _add(case: Case, staff_id: int, by: Actor, at: datetime) -> None:
    colleague = people.staff(staff_id)
    if colleague is None or not colleague.active:
        raise Invalid({"staff_id": "not_known"}, CLAUSE)
    row = CaseReader(case_id=case.id, staff_id=staff_id, added_by=by.id, at=at)
    if CaseReader.objects.filter(case_id=case.id, staff_id=staff_id).exists():
        return
    CaseReader.objects.bulk_create([row])
    _say("case.reader_added", case, staff_id, by, at)


def _say(kind: str, case: Case, staff_id: int, by: Actor, at: datetime) -> None:
    log.append(
        kind, stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number, staff=staff_id
    )
