"""One matter becomes a case of its own, by hand or by a late answer; both say so (2.2.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts.commands import Contact
from bihuan.cases import queries
from bihuan.cases.commands.filing import Filing
from bihuan.cases.commands.intake import Asked, file_asked
from bihuan.cases.commands.steps import begin, say
from bihuan.cases.commands.words import say as speak
from bihuan.cases.models import Case, Entry
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid
from bihuan.events import log


@transaction.atomic
def split(
    *,
    number: str,
    entry_id: int,
    text: str,
    reason: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """File these words, out of something the person said, as another case of the same person.

    Its clocks count from when they arrived, not from now (X-09). Returns the case that was split.
    """
    case, step = begin(number, "split", by, expected_version)
    entry = Entry.objects.filter(id=entry_id, case_id=case.id, voice="user", internal=False).first()
    if entry is None:
        raise Invalid({"entry_id": "not_known"}, clause=step.clause)
    filing = Filing(
        kind=case.kind, channel=case.channel, text=text, contact=Contact(),
        person_id=case.person_id, order_id=case.order_id, merchant_id=case.merchant_id,
        received_at=entry.at,
    )  # fmt: skip
    new = file_asked(Asked(filing=filing, by=by, at=at)).case
    if case.restricted:
        new.restricted = True
        new.save(update_fields=["restricted"])
    said = speak(case, reason, kind="note", by=by, at=at, internal=True)
    log.hold([case.id, new.id])
    log.append(
        "case.split", stream=new.id, by=by, at=at, clause=step.clause, number=new.number,
        round=new.round, version=new.version, other=case.number,
    )  # fmt: skip
    return say(case, step, by, at, other=new.number, **said)


@transaction.atomic
def follow(*, case_id: int, before_id: int, at: datetime) -> None:
    """What was answered to an ended case became this one: each names the other, for staff (1.3).

    A door says so that opened the second because the first took no more; nobody's step.
    """
    log.hold([case_id, before_id])
    one, before = queries.made(case_id), queries.made(before_id)
    said: dict[str, Any] = {"by": SYSTEM, "at": at}
    log.append("case.follows", stream=one.id, other=before.number, **_place(one), **said)
    log.append("case.followed_by", stream=before.id, other=one.number, **_place(before), **said)


def _place(case: Case) -> dict[str, Any]:
    return {"number": case.number, "round": case.round, "version": case.version}
