"""Read cases, take every step of the lifecycle, and hand in evidence, as JSON (CONTRACT)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, BinaryIO, cast

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Query, Router, Schema, UploadedFile

from bihuan.cases import answers, commands, queries
from bihuan.cases.api import bodies
from bihuan.cases.models import CATEGORIES, ENDED, KINDS, SEVERITIES, STATES, Entry
from bihuan.core import inputs
from bihuan.core.refusals import NotPermitted
from bihuan.events.models import Event
from bihuan.web import evidence
from bihuan.web.door import enter

router = Router(tags=["cases"])
_object = msgspec.json.Decoder(dict[str, Any]).decode


def answered(answer: Any, status: int = 200) -> HttpResponse:
    """JSON by msgspec."""
    return HttpResponse(answers.encoded(answer), status=status, content_type="application/json")


class Listed(Schema):
    """What the list can be narrowed by, and its order."""

    order: str = ""
    state: str = ""
    kind: str = ""
    category: str = ""
    severity: str = ""
    department: str = ""
    owner: int = 0
    due_before: datetime | None = None
    q: str = ""
    external_id: str = ""
    cursor: str = ""
    limit: int = 40


#: The values a filter may have.
ALLOWED = {
    "order": ["urgent", "newest"],
    "state": STATES,
    "kind": KINDS,
    "category": CATEGORIES,
    "severity": SEVERITIES,
}


@router.get(
    "/cases", summary="Open cases, the most urgent first; or cases of any state, newest first"
)
def list_cases(request: HttpRequest, listed: Annotated[Listed, Query()]) -> HttpResponse:
    """Keyset pages: hand `next` back as `cursor`, with the same filters and order."""
    who = enter(request)
    page = queries.inbox(
        who["by"],
        view=_view(listed),
        filters=_filters(listed),
        cursor=inputs.words(listed.cursor, field="cursor", most=400),
        limit=inputs.whole(listed.limit, field="limit", least=1, most=200),
        at=who["at"],
    )
    rows = queries.clocks_of(page.cases)
    cases = [answers.case_out(case, rows[case.id], who["at"]) for case in page.cases]
    return answered(answers.PageOut(cases, page.cursor))


def _view(listed: Listed) -> str:
    """Ended cases have no urgency: asked for by state, or by what they began as, newest first."""
    ended = listed.state in ENDED or bool(listed.external_id)
    newest = listed.order == "newest" or (ended and not listed.order)
    return "every" if newest else "all"


def _filters(listed: Listed) -> queries.Filters:
    for name, allowed in ALLOWED.items():
        if given := getattr(listed, name):
            inputs.one_of(given, allowed, field=name)
    due_before = listed.due_before
    return queries.Filters(
        state=listed.state,
        kind=listed.kind,
        category=listed.category,
        severity=listed.severity,
        department=inputs.words(listed.department, field="department", most=30),
        owner=inputs.whole(listed.owner, field="owner"),
        due_before=inputs.moment(due_before, field="due_before") if due_before else None,
        q=inputs.words(listed.q, field="q", most=100),
        external_id=inputs.words(listed.external_id, field="external_id", most=190),
    )


@router.get("/cases/{number}", summary="One case with its clocks")
def show(request: HttpRequest, number: str) -> HttpResponse:
    """404 for an unknown case and for somebody else's alike."""
    who = enter(request)
    case = queries.get(number, who["by"])
    return answered(answers.case_out(case, queries.clocks(case), who["at"]))


@router.get("/cases/{number}/clocks", summary="Every clock of the case, void ones too")
def clocks(request: HttpRequest, number: str) -> HttpResponse:
    """All rounds."""
    who = enter(request)
    case = queries.get(number, who["by"])
    book = queries.handbook(case)
    return answered([answers.clock_out(r, book, who["at"]) for r in queries.all_clocks(case)])


@router.get("/cases/{number}/events", summary="The sealed log of the case")
def events(request: HttpRequest, number: str) -> HttpResponse:
    """Staff only: it names who acted."""
    who = enter(request)
    case = queries.get(number, who["by"])
    if not who["by"].is_staff:
        raise NotPermitted(action="events")
    rows = Event.objects.filter(stream=case.id).order_by("seq")
    return answered([answers.event_out(e) for e in rows])


@router.get("/cases/{number}/entries", summary="What was said on the case")
def entries(request: HttpRequest, number: str) -> HttpResponse:
    """Internal notes for staff only; personal numbers masked."""
    who = enter(request)
    case = queries.get(number, who["by"])
    rows = Entry.objects.filter(case_id=case.id).order_by("id")
    return answered(
        [
            answers.entry_out(e, queries.unsealed(e.text))
            for e in rows
            if who["by"].is_staff or not e.internal
        ]
    )


@router.post("/cases/{number}/files", summary="Add evidence")
def add_file(
    request: HttpRequest, number: str, file: Annotated[UploadedFile, File()]
) -> HttpResponse:
    """One file, known by its content; it and its event are kept together, or neither is."""
    who = enter(request)
    row = commands.add_evidence(
        number=number, stream=cast(BinaryIO, file), name=file.name or "", **who
    )
    return answered({"token": row.token, "sha256": row.sha256, "size": row.size}, 201)


@router.get("/files/{token}", summary="An evidence file")
def evidence_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """To those who may see its case; never as something a browser would run."""
    return evidence.given(queries.file_by_token(token, enter(request)["by"]), "saved")


@router.post("/cases/{number}/{action}", summary="Any step of the lifecycle")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The body holds the step's fields, and `expected_version` to refuse a stale write."""
    who = enter(request)
    raw: dict[str, Any] = bodies.read(request.body or b"{}", _object)
    expected = raw.pop("expected_version", None)
    case = commands.take(
        action,
        number=number,
        raw=raw,
        expected_version=None
        if expected is None
        else inputs.whole(expected, field="expected_version"),
        **who,
    )
    return answered(answers.case_out(case, queries.clocks(case), who["at"]))
