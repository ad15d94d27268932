"""Special reports as far as this actor may read them, and what commands need to know (2.2.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.complaints.fields import Parts, read
from bihuan.complaints.lifecycle import DONE, MANAGEMENT, OPEN, READERS
from bihuan.complaints.models import ReportText, SpecialReport
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.clocks import due
from bihuan.core.handbook import Limit
from bihuan.core.refusals import NotFound
from bihuan.events import log
from bihuan.events.models import Event
from bihuan.events.seals import Said
from bihuan.policy import queries as policy

#: The row of a case, which is known here by what the queries of its room give.
CaseRow = Any


def visible_reports(by: Actor) -> QuerySet[SpecialReport]:
    """Every report for those who review; for the management, those it was sent; else one's own.

    One's own is what one is to write, has written, or the case of which one owns.
    """
    if Role.SYSTEM in by.roles or by.roles & READERS:
        return SpecialReport.objects.all()
    if not by.is_staff or not by.id:
        return SpecialReport.objects.none()
    mine = Q(author_id=by.id) | Q(owned_by(by)) | Q(written_by(by))
    if by.department == MANAGEMENT:
        mine |= Q(state__in=DONE)
    return SpecialReport.objects.filter(mine)


def owned_by(by: Actor) -> Exists:
    """The case of the report is this actor's."""
    return Exists(cases.visible(SYSTEM).filter(id=OuterRef("case_id"), owner_id=by.id))


def written_by(by: Actor) -> Exists:
    """A version of the report is this actor's."""
    rows = ReportText.objects.filter(report_id=OuterRef("id"), kind="report", author_id=by.id)
    return Exists(rows)


def found_report(id: int, by: Actor) -> SpecialReport:
    """That report, for reading; NotFound when there is none for this actor."""
    row = visible_reports(by).filter(id=id).first()
    if row is None:
        raise NotFound()
    return row


def locked_report(id: int, by: Actor) -> tuple[SpecialReport, CaseRow]:
    """The report and its case, both held until the transaction ends: the case first, always."""
    found = found_report(id, by)
    case = cases.locked(case_of(found).number, SYSTEM)
    return SpecialReport.objects.select_for_update().get(id=found.id), case


def case_of(row: SpecialReport) -> CaseRow:
    """The case a report is about, for whoever may read the report."""
    return cases.visible(SYSTEM).get(id=row.case_id)


def standing(case_id: int) -> SpecialReport | None:
    """The report of this case that has not lapsed."""
    return SpecialReport.objects.filter(case_id=case_id).exclude(state="lapsed").first()


def unasked(at: datetime, most: int = 200) -> list[str]:
    """The numbers of open major complaints that nobody has asked a report of yet."""
    reported = [one.id for one in policy.current(at).severities.values() if one.is_reported]
    asked = SpecialReport.objects.filter(case_id=OuterRef("id")).exclude(state="lapsed")
    rows = cases.open_complaints(reported).filter(~Exists(asked))
    return list(rows.order_by("id").values_list("number", flat=True)[:most])


def unfinished(most: int = 500) -> list[int]:
    """The reports a case still waits for, those due first."""
    rows = SpecialReport.objects.filter(state__in=OPEN)
    return list(rows.order_by("due_at", "id").values_list("id", flat=True)[:most])


def lead_of(case_id: int) -> int:
    """Who was named to lead the special procedure last (3.2); 0 when nobody was."""
    rows = Event.objects.filter(stream=case_id, kind="case.reviewed", data__lead__gt=0)
    return next((row.data["lead"] for row in rows.order_by("-seq")[:1]), 0)


def due_of(case: CaseRow) -> datetime | None:
    """By when the report is due: counted from the decision, else from the end; None before it.

    Not of the handbook (X-27): the case cannot close without it, so closing is no start.
    """
    rows = Event.objects.filter(stream=case.id, kind="case.resolved").order_by("seq")
    decided = next(iter(rows.values_list("at", flat=True)[:1]), case.ended_at)
    if decided is None:
        return None
    default = policy.pinned(case.policy_id).defaults["special_report"]
    assert default.unit == "workdays"
    return due(Limit(default.amount, default.unit), decided, policy.workdays()).at


def text_of(row: SpecialReport) -> ReportText:
    """The version that stands. ReportText.DoesNotExist when nobody has written one."""
    return ReportText.objects.get(id=row.text_id)


def parts_of(text: ReportText) -> Parts:
    """What that version says."""
    return read(json.loads(text.text))


def earlier_parts(case_id: int) -> Parts | None:
    """The last words of a report of this case that lapsed: a merge may be undone (2.2.3)."""
    lapsed = SpecialReport.objects.filter(case_id=case_id, state="lapsed").exclude(text_id=0)
    row = lapsed.order_by("-id").first()
    return parts_of(text_of(row)) if row else None


def authors(row: SpecialReport) -> set[int]:
    """Whoever wrote any version, of this report or of one that lapsed, and whoever was to."""
    of_case = SpecialReport.objects.filter(case_id=row.case_id).values("id")
    wrote = ReportText.objects.filter(report_id__in=of_case, kind="report")
    return {*wrote.values_list("author_id", flat=True).distinct(), row.author_id} - {0}


def versions(row: SpecialReport) -> list[ReportText]:
    """Everything that was written and remarked, the newest first."""
    return list(ReportText.objects.filter(report_id=row.id).order_by("-version"))


def management() -> list[int]:
    """To whom signed reports go: the staff of the management, and every supervisor (2.2.4)."""
    return [
        one.id
        for one in accounts.everybody()
        if one.department == MANAGEMENT or Role.SUPERVISOR in one.roles
    ]


def supervisors_of(department: str) -> list[int]:
    """Those who answer for a department, absent ones too."""
    staff = accounts.staff_of(department, on_duty=False)
    return [one.id for one in staff if Role.SUPERVISOR in one.roles]


def changed_report_words(said: Sequence[Said]) -> Iterator[Said]:
    """Events whose words still stand but are not the words that were said (HOUSE §7)."""
    wanted = {one.data["written"] for one in said if "written" in one.data}
    rows = ReportText.objects.filter(id__in=wanted).values_list("id", "text", "salt")
    kept = {id: log.words(text, bytes(salt)) for id, text, salt in rows if salt}
    for one in said:
        now = kept.get(one.data.get("written", 0))
        if now is not None and now != one.data["words"]:
            yield one
