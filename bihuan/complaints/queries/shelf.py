"""Special reports as the desk lists and shows them (2.2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db.models import Case as Choice
from django.db.models import Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.complaints.fields import Parts
from bihuan.complaints.lifecycle import DONE, OPEN, R, V, is_own, may_write
from bihuan.complaints.models import SpecialReport
from bihuan.complaints.queries import reports
from bihuan.core import keyset
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import NotFound
from bihuan.events import log
from bihuan.policy import queries as policy
from bihuan.web.counted import MOST, counted

NOT_YET = datetime(9999, 12, 31, tzinfo=UTC)  # as the list orders it: a due still open


@dataclass(frozen=True, slots=True)
class Line:
    """A report in a list. `case_url` is "" for a case out of sight."""

    id: int
    number: str
    case_url: str
    subject: str
    severity: str
    severity_en: str
    state: str
    author: str
    department: str
    department_en: str
    due_at: datetime | None
    late: bool
    signed_at: datetime | None
    signer: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One keyset page; `cursor` opens the next, empty at the end."""

    lines: list[Line]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """Who wrote or remarked what, when; `words_hash` is what the log keeps of it."""

    version: int
    kind: str
    author: str
    at: datetime
    words_hash: str
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A report with its words, and what this actor may do about it now."""

    row: SpecialReport
    line: Line
    parts: Parts
    written: bool
    written_by: str
    written_at: datetime | None
    words_hash: str
    remarks: Version | None
    history: list[Version] = field(default_factory=list)
    writable: bool = False
    returnable: bool = False
    signable: bool = False
    own: bool = False


def reports_listed(by: Actor, at: datetime, *, cursor: str = "", limit: int = 40) -> ReportPage:
    """Those a case waits for first, the nearest due at the top; then the last signed."""
    if not by.is_staff:
        raise NotFound()
    rows = reports.visible_reports(by).annotate(
        done=Choice(When(state__in=OPEN, then=Value(0)), default=Value(1)),
        place=Choice(
            When(state__in=OPEN, then=Coalesce("due_at", Value(NOT_YET))), default=Value(NOT_YET)
        ),
        over=Coalesce("signed_at", "lapsed_at", "asked_at"),
    )
    if cursor:
        rows = rows.filter(_after(cursor))
    found, after = keyset.cut(
        rows.order_by("done", "place", "-over", "-id")[: limit + 1],
        limit,
        lambda row: (row.done, row.place, row.over, row.id),
    )
    return ReportPage(_lines(found, by, at), after)


def _after(cursor: str) -> Q:
    done, place, over, id = keyset.read(cursor, int, datetime, datetime, int)
    return (
        Q(done__gt=done)
        | Q(done=done, place__gt=place)
        | Q(done=done, place=place, over__lt=over)
        | Q(done=done, place=place, over=over, id__lt=id)
    )


def opened_report(id: int, by: Actor, at: datetime) -> Opened:
    """That report with everything the page shows; NotFound when there is none for this actor."""
    row = reports.found_report(id, by)
    case = reports.case_of(row)
    texts = reports.versions(row)
    names = accounts.staff_names({text.author_id for text in texts})
    history = [
        Version(
            text.version, text.kind, names.get(text.author_id, ""), text.at,
            log.words(text.text, bytes(text.salt)) if text.salt else "",
            text.text if text.kind == "remarks" else "",
        )
        for text in texts
    ]  # fmt: skip
    standing = next((text for text in texts if text.id == row.text_id), None)
    own = is_own(by, reports.authors(row))
    in_review = row.state == "in_review"
    return Opened(
        row=row,
        line=_lines([row], by, at)[0],
        parts=reports.parts_of(standing) if standing else Parts(),
        written=standing is not None,
        written_by=names.get(standing.author_id, "") if standing else "",
        written_at=standing.at if standing else None,
        words_hash=log.words(standing.text, bytes(standing.salt)) if standing else "",
        remarks=next((one for one in history if one.kind == "remarks"), None)
        if row.remarks_id
        else None,
        history=history,
        writable=row.state in ("due", "drafted")
        and may_write(by, author_id=row.author_id, owner_id=case.owner_id),
        returnable=in_review and not own and bool(by.roles & R),
        signable=in_review and not own and bool(by.roles & V),
        own=own,
    )


def readable(row: SpecialReport, by: Actor) -> bool:
    """Whether this actor may open it."""
    return reports.visible_reports(by).filter(id=row.id).exists()


def waiting_reports(by: Actor, most: int = MOST) -> int:
    """How many reports wait for this actor to write or to sign; as far as a page says it."""
    if not by.is_staff:
        return 0
    mine = Q(state__in=("due", "drafted")) & (Q(author_id=by.id) | Q(reports.owned_by(by)))
    if by.roles & V:
        mine |= Q(~reports.written_by(by), ~Q(author_id=by.id), state="in_review")
    rows: QuerySet[SpecialReport] = SpecialReport.objects.filter(mine, state__in=OPEN)
    return counted(rows, most)


def _lines(rows: Iterable[SpecialReport], by: Actor, at: datetime) -> list[Line]:
    found = list(rows)
    book = policy.current(at)
    ids = {row.case_id for row in found}
    about = cases.visible(SYSTEM).in_bulk(ids)
    seen = set(cases.visible(by).filter(id__in=ids).values_list("id", flat=True))
    names = accounts.staff_names({id for row in found for id in (row.author_id, row.signed_by)})
    lines = []
    for row in found:
        case, unit = about[row.case_id], book.departments.get(row.department)
        severity = book.severities[case.severity]
        lines.append(
            Line(
                id=row.id,
                number=case.number,
                case_url=case.desk_url if row.case_id in seen else "",
                subject=cases.unsealed(case.subject),
                severity=severity.zh,
                severity_en=severity.en,
                state=row.state,
                author=names.get(row.author_id, ""),
                department=unit.zh if unit else row.department,
                department_en=unit.en if unit else row.department,
                due_at=row.due_at,
                late=row.state not in (*DONE, "lapsed") and bool(row.due_at and row.due_at < at),
                signed_at=row.signed_at,
                signer=names.get(row.signed_by, ""),
            )
        )
    return lines
