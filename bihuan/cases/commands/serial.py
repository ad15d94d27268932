"""判断是否批量索赔：a person's word on claims that look like a series; nothing else changes."""

from __future__ import annotations

import secrets as random
from datetime import datetime

from django.db import transaction

from bihuan.cases import queries
from bihuan.cases.models import SerialMark
from bihuan.cases.models.serial import VERDICTS
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.events import log
from bihuan.store.blocks import new_id


@transaction.atomic
def mark_serial(
    *,
    person_id: int = 0,
    merchant_id: int = 0,
    fingerprint: int = 0,
    verdict: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> SerialMark:
    """Not a series, or to be watched, with the reason; the last word of somebody stands (L-26).

    NotPermitted for whoever may not see the groups, NotFound when there is no such group now.
    """
    key = (person_id, merchant_id, fingerprint)
    if key not in {group.key for group in queries.serials(by, at)}:
        raise NotFound()
    faults: dict[str, str] = {}
    if verdict not in VERDICTS:
        faults["verdict"] = "not_known"
    try:
        reason = inputs.words(reason, field="reason", least=2, most=300, lines=False)
    except Invalid as fault:
        faults |= fault.fields
    if faults:
        raise Invalid(faults, clause="2.2.3")
    stream = person_id or merchant_id
    log.hold([stream])  # two at once: the second finds the row of the first
    named = {"person_id": person_id, "merchant_id": merchant_id, "fingerprint": fingerprint}
    row = SerialMark.objects.filter(**named).first() or SerialMark(id=new_id(at), **named)
    row.verdict, row.reason, row.salt = verdict, reason, random.token_bytes(16)
    row.staff_id, row.at = by.id, at
    row.save()
    log.append(
        "serial.marked", stream=stream, by=by, at=at, clause="2.2.3", person=person_id,
        merchant=merchant_id, fingerprint=fingerprint, verdict=verdict,
        words=log.words(reason, row.salt),
    )  # fmt: skip
    return row
