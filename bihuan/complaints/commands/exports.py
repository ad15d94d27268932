"""Take rows out of the house: masked for who reads reports, in clear for a reason (3.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.complaints import rules
from bihuan.complaints.models import Export
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.events import log
from bihuan.store.blocks import new_id

CLAUSE = "3.3"
WHAT = ["cases", "on_time", "accountability", "drift"]
FORMATS = ["csv", "jsonl", "xlsx"]
REASON_LEAST, REASON_MOST = 4, 200


@transaction.atomic
def note_export(
    *,
    what: str,
    format: str,
    since: datetime | None = None,
    until: datetime | None = None,
    personal: bool = False,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Export:
    """导出留痕：before the first row leaves, who takes what, and why when it names people.

    NotFound for who may not read reports, NotPermitted for personal data but to compliance and
    administrators, Invalid for what, format and reason.
    """
    if not rules.reads_reports(by):
        raise NotFound()
    inputs.one_of(what, WHAT, field="what")
    inputs.one_of(format, FORMATS, field="format")
    if personal and not rules.may_take_personal(by):
        raise NotPermitted(CLAUSE, action="export", why="not_compliance")
    said = ""
    if personal:
        said = inputs.words(
            reason, field="reason", least=REASON_LEAST, most=REASON_MOST, lines=False
        )
    row = Export(
        id=new_id(at), staff_id=by.id, what=what, format=format, since=since, personal=personal,
        reason=said, at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    days = {"since": since, "until": until}
    log.append(
        "export.made", stream=row.id, by=by, at=at, clause=CLAUSE, export=row.id, what=what,
        format=format, personal=personal,
        **{name: moment.isoformat() if moment else "" for name, moment in days.items()},
    )  # fmt: skip
    return row
