"""What is masked is looked at with a reason, and the look is kept (3.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts.commands.recognising import SEALED, TABLE
from bihuan.accounts.models import Person, Reveal
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.events import log
from bihuan.store import secrets
from bihuan.store.blocks import new_id

REASON_LEAST, REASON_MOST = 4, 200


@transaction.atomic
def reveal(
    *, person_id: int, field: str, reason: str, case_id: int = 0, by: Actor, at: datetime
) -> str:
    """查看原文：a masked value in clear, with the reason kept and the look logged (3.3).

    The caller has checked that `by` may see the case. NotPermitted for anybody but staff,
    NotFound when there is no such value or it was erased, Invalid for field and reason.
    """
    why = _reason(reason, by)
    inputs.one_of(field, list(SEALED), field="field")
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFound(clause="3.3")
    value = secrets.open_(person_id, TABLE, field, person_id, getattr(person, field))
    if value is None:
        raise NotFound(clause="3.3")
    look(person_id=person_id, field=field, reason=why, case_id=case_id, by=by, at=at)
    return value


def _reason(reason: str, by: Actor) -> str:
    if not by.is_staff:
        raise NotPermitted(clause="3.3")
    return inputs.words(reason, field="reason", least=REASON_LEAST, most=REASON_MOST, lines=False)


@transaction.atomic
def look(
    *,
    person_id: int,
    field: str,
    reason: str,
    case_id: int = 0,
    stream: int = 0,
    by: Actor,
    at: datetime,
) -> Reveal:
    """留痕：somebody looks at something masked, whose room opens it; why, and an event (3.3).

    `stream` is what the look is said of, where it is neither the case nor the person.
    """
    why = _reason(reason, by)
    row = Reveal.objects.create(
        id=new_id(at),
        staff_id=by.id,
        person_id=person_id,
        case_id=case_id,
        field=field,
        reason=why,
        at=at,
    )
    log.append(
        "person.revealed",
        stream=stream or case_id or person_id,
        person=person_id,
        case=case_id,
        field=field,
        reveal=row.id,
        clause="3.3",
        by=by,
        at=at,
    )
    return row
