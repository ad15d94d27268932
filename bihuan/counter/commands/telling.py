"""当面告知: a result heard at the counter, owed until somebody has told it there (2.4.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.cases import commands as cases
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotPossible
from bihuan.counter import queries
from bihuan.counter.models import Telling
from bihuan.counter.queries import Owed
from bihuan.events import log
from bihuan.store.blocks import new_id

CLAUSE = "2.4.1"
TO = ("person", "agent")
CHECKED = ("document", "phone", "number", "mandate")


def owe(*, case_id: int, entry_id: int, round: int, at: datetime) -> None:
    """This result is to be told in person; once, however often it is heard of."""
    Telling.objects.bulk_create(
        [Telling(id=new_id(at), case_id=case_id, entry_id=entry_id, round=round, owed_at=at)],
        ignore_conflicts=True,
    )


@transaction.atomic
def tell_in_person(*, telling_id: int, to: str, checked: str, by: Actor, at: datetime) -> Owed:
    """已当面告知：to the person or to whom they sent, and how that was known.

    The days after which silence counts as consent begin anew: only now they have heard it. The
    event on the case's stream is the receipt. NotFound for a case this actor may not see.
    """
    owed = queries.telling(telling_id, by)
    whom = inputs.one_of(to, list(TO), field="to")
    how = inputs.one_of(checked, list(CHECKED), field="checked")
    row = queries.locked_telling(telling_id)
    if row.told_at:
        raise NotPossible(CLAUSE, state="told_already", action="tell_in_person")
    if row.round != owed.case.round:
        raise NotPossible(CLAUSE, state="result_over", action="tell_in_person")
    row.to, row.checked, row.told_at, row.told_by = whom, how, at, by.id
    row.save(update_fields=["to", "checked", "told_at", "told_by"])
    log.append(
        "counter.told", stream=owed.case.id, by=by, at=at, clause=CLAUSE,
        number=owed.case.number, telling=row.id, entry=row.entry_id, whom=whom, checked=how,
        receipt=receipt(row.id), **cases.hear_result(number=owed.case.number, by=by, at=at),
    )  # fmt: skip
    return owed


def receipt(telling_id: int) -> str:
    """What the person can name when they ask later what they were told."""
    return f"GZ{telling_id % 10**10:010}"
