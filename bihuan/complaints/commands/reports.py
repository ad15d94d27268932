"""Ask for a special report, write it, have it reviewed, sign it, send it (2.2.4)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts import queries as accounts
from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.complaints import queries
from bihuan.complaints.commands import papers
from bihuan.complaints.commands.parts import checked
from bihuan.complaints.fields import MOST, REMARKS_LEAST
from bihuan.complaints.lifecycle import REPORT, is_own, may_write, no_longer
from bihuan.complaints.models import ReportText, SpecialReport
from bihuan.core import inputs, personal, seal
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.lifecycle import Step
from bihuan.core.refusals import NotPermitted, OwnReport, Stale
from bihuan.events import log
from bihuan.store.blocks import new_id

CLAUSE = "2.2.4"


@transaction.atomic
def ask_for_report(*, number: str, by: Actor, at: datetime) -> SpecialReport | None:
    """启动专项分析：one report for a major complaint, however often it is asked for.

    The case waits for it before it may close. None where none is due, or one is there.
    """
    case = seen.locked(number, by)
    if not case.is_open or not seen.asks_for_report(case) or queries.standing(case.id):
        return None
    lead = queries.lead_of(case.id) or case.owner_id
    row = SpecialReport.objects.create(
        id=new_id(at), case_id=case.id, author_id=lead, department=case.department, asked_at=at,
        due_at=queries.due_of(case),
    )  # fmt: skip
    cases.need(
        number=number, code=seen.REPORT, before="close", ref=row.id, due_at=row.due_at, by=by
    )
    _say("report.asked", row, case.number, by, at, due_at=_iso(row.due_at))
    return row


@transaction.atomic
def follow(*, id: int, by: Actor, at: datetime) -> bool:
    """Keep an unfinished report in step with its case; whether anything had to change.

    Its author is who leads the case now, while nobody has written; its due counts from the
    decision; it lapses with the reason for it; and once it is late, that is said.
    """
    row, case = queries.locked_report(id, by)
    reason = no_longer(asks=seen.asks_for_report(case), kind=case.kind, state=case.state)
    if reason:
        _take(row, "lapse", by)
        row.lapsed_at, row.version = at, row.version + 1
        _keep(row, "state", "version", "lapsed_at")
        _say("report.lapsed", row, case.number, by, at, reason_code=reason)
        cases.meet(number=case.number, ref=row.id, by=by, at=at)
        return True
    changed = _author_moved(row, case) | _due_known(row, case)
    if row.due_at and row.due_at < at and row.late_at is None:
        row.late_at, changed = at, True
        _say("report.late", row, case.number, by, at, due_at=row.due_at.isoformat())
    if changed:
        _keep(row, "author_id", "department", "due_at", "late_at")
    return changed


def _author_moved(row: SpecialReport, case: Any) -> bool:
    now = (queries.lead_of(case.id) or case.owner_id, case.department)
    if row.text_id or now == (row.author_id, row.department):
        return False
    row.author_id, row.department = now
    return True


def _due_known(row: SpecialReport, case: Any) -> bool:
    row.due_at, before = row.due_at or queries.due_of(case), row.due_at
    return row.due_at != before


@transaction.atomic
def write_report(
    *, id: int, given: dict[str, Any], expected_version: int, by: Actor, at: datetime
) -> SpecialReport:
    """撰写：keep a version, however much is still missing. Stale when somebody else kept one."""
    row, _ = _begin(id, "write", by, expected_version)
    _version(row, given, by, at, whole=False)
    _keep(row, "state", "version", "text_id", "author_id")
    return row


@transaction.atomic
def submit_report(
    *, id: int, given: dict[str, Any], expected_version: int, by: Actor, at: datetime
) -> SpecialReport:
    """提交复核：every part is there. Invalid names each that is not."""
    row, number = _begin(id, "submit", by, expected_version)
    text = _version(row, given, by, at, whole=True)
    row.submitted_at = at
    _keep(row, "state", "version", "text_id", "author_id", "submitted_at")
    _say("report.submitted", row, number, by, at, written=text.id, words=_hash(text))
    return row


@transaction.atomic
def return_report(
    *, id: int, remarks: str, expected_version: int, by: Actor, at: datetime
) -> SpecialReport:
    """退回：with what is to be changed, by somebody who did not write it."""
    row, number = _begin(id, "return", by, expected_version)
    said = inputs.words(remarks, field="remarks", least=REMARKS_LEAST, most=MOST)
    row.version += 1
    text = _written(row, "remarks", personal.mask(said), by, at)
    row.remarks_id, row.submitted_at = text.id, None
    _keep(row, "state", "version", "remarks_id", "submitted_at")
    _say("report.returned", row, number, by, at, written=text.id, words=_hash(text))
    return row


@transaction.atomic
def sign_report(*, id: int, expected_version: int, by: Actor, at: datetime) -> SpecialReport:
    """签发：a supervisor who wrote none of it. The paper is printed, kept, and the case may close.

    Who signs has reviewed it: one person may do both, never its author (2.2.4).
    """
    row, number = _begin(id, "sign", by, expected_version)
    row.version += 1
    row.reviewer_id = row.signed_by = by.id
    row.signed_at = at
    text = queries.text_of(row)
    kept = papers.print_signed(row, text, at)
    row.paper, row.blob, row.sha256, row.size = kept.facts, kept.blob, kept.sha256, kept.size
    _keep(
        row, "state", "version", "reviewer_id", "signed_by", "signed_at", "paper", "blob",
        "sha256", "size",
    )  # fmt: skip
    said = {"written": text.id, "words": _hash(text), "files": [row.sha256]}
    _say("report.signed", row, number, by, at, reviewer=by.id, **said)
    cases.meet(number=number, ref=row.id, by=SYSTEM, at=at)
    return row


@transaction.atomic
def send_report(*, id: int, by: Actor, at: datetime) -> list[int]:
    """报送管理层：whom it goes to, once; nobody when it went before."""
    row, case = queries.locked_report(id, by)
    if row.state == "sent":
        return []
    _take(row, "send", by)
    row.sent_at = at
    _keep(row, "state", "sent_at")
    readers = queries.management()
    _say("report.sent", row, case.number, by, at, readers=readers)
    return readers


def _begin(id: int, action: str, by: Actor, expected_version: int) -> tuple[SpecialReport, str]:
    """The row, the step taken on it, and the number of its case; or why not."""
    row, case = queries.locked_report(id, by)
    if expected_version != row.version:
        raise Stale(CLAUSE, version=row.version, state=row.state)
    _take(row, action, by)
    if action in ("write", "submit"):
        if not may_write(by, author_id=row.author_id, owner_id=case.owner_id):
            raise NotPermitted(CLAUSE, action=action)
    elif is_own(by, queries.authors(row)):
        raise OwnReport(CLAUSE, action=action)
    return row, case.number


def _take(row: SpecialReport, action: str, by: Actor) -> Step:
    step = REPORT.step(row.state, action, by.roles)
    row.state = step.target
    return step


def _version(
    row: SpecialReport, given: dict[str, Any], by: Actor, at: datetime, *, whole: bool
) -> ReportText:
    parts = checked(given, staff=accounts.active_staff(), today=at, whole=whole)
    row.version += 1
    row.author_id = row.author_id or by.id
    text = _written(row, "report", seal.text(parts.kept), by, at)
    row.text_id = text.id
    return text


def _written(row: SpecialReport, kind: str, text: str, by: Actor, at: datetime) -> ReportText:
    return ReportText.objects.create(
        id=new_id(at), case_id=row.case_id, report_id=row.id, version=row.version, kind=kind,
        author_id=by.id, text=text, salt=secrets.token_bytes(16), at=at,
    )  # fmt: skip


def _hash(text: ReportText) -> str:
    return log.words(text.text, bytes(text.salt))


def _keep(row: SpecialReport, *fields: str) -> None:
    row.save(update_fields=fields)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _say(
    kind: str, row: SpecialReport, number: str, by: Actor, at: datetime, **said: object
) -> None:
    told = {name: value for name, value in said.items() if value is not None}
    log.append(
        kind, stream=row.case_id, by=by, at=at, clause=CLAUSE, number=number, report=row.id,
        staff=row.author_id, department=row.department, version=row.version, **told,
    )  # fmt: skip
