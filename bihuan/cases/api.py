"""The cases as JSON: the same commands as the pages, one door further (CONTRACT)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, BinaryIO, cast

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import File, Query, Router, Schema, UploadedFile

from bihuan.accounts import queries as people
from bihuan.cases import answers, commands, queries
from bihuan.cases.commands import Contact, Filing
from bihuan.cases.models import Entry
from bihuan.core import inputs
from bihuan.core.actors import Role
from bihuan.core.refusals import Invalid, NotPermitted
from bihuan.events.models import Event
from bihuan.web.door import enter

router = Router(tags=["cases"])
BODY_MOST = 200_000


class ContactIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who asks; any of these may be missing, which is marked (2.2.1)."""

    name: str = ""
    phone: str = ""
    email: str = ""
    user_id: str = ""
    address: str = ""


class CaseIn(msgspec.Struct, forbid_unknown_fields=True):
    """A case as it comes in."""

    kind: str
    channel: str
    text: str
    subject: str = ""
    order_no: str = ""
    merchant: str | int = ""
    contact: ContactIn = msgspec.field(default_factory=ContactIn)
    category: str = ""
    external_id: str = ""
    received_at: datetime | None = None


_decode = msgspec.json.Decoder(CaseIn).decode


@csrf_exempt  # a bearer token is no cookie; a session must send the CSRF header (see filed)
def file(request: HttpRequest) -> HttpResponse:
    """POST /cases: the hot path, a plain view (HOUSE §5); documented by `file_documented`."""
    who = enter(request)
    if Role.CUSTOMER in who["by"].roles or not who["by"].is_staff:
        raise NotPermitted(action="file_by_api")
    body = request.body
    if len(body) > BODY_MOST:
        raise Invalid({"body": "too_long"}, limit=BODY_MOST)
    try:
        given = _decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Invalid({_field(str(fault)): "not_valid"}, why=str(fault)[:200]) from None
    filed = commands.file(
        filing=_filing(given),
        key=request.headers.get("Idempotency-Key", ""),
        digest=hashlib.sha256(body).digest(),
        answer=lambda case, rows: answers.encoded(answers.case_out(case, rows)),
        **who,
    )
    return HttpResponse(
        filed.answer, status=200 if filed.replayed else 201, content_type="application/json"
    )


def _field(fault: str) -> str:
    """The field msgspec complains about: its messages end in `$.field` or name it in backticks."""
    if "`$." in fault:
        return fault.rpartition("`$.")[2].rstrip("`")
    parts = fault.split("`")
    return parts[1] if "field" in fault and len(parts) > 2 else "body"


def _filing(given: CaseIn) -> Filing:
    return Filing(
        kind=given.kind,
        channel=given.channel,
        text=given.text,
        subject=given.subject,
        contact=Contact(
            name=given.contact.name,
            phone=given.contact.phone,
            email=given.contact.email,
            account=given.contact.user_id,
            address=given.contact.address,
        ),
        order_no=given.order_no,
        merchant_id=people.merchant_id(given.merchant) if given.merchant else 0,
        category=given.category,
        external_id=given.external_id,
        received_at=given.received_at,
    )


def answered(answer: Any, status: int = 200) -> HttpResponse:
    """JSON by msgspec."""
    return HttpResponse(answers.encoded(answer), status=status, content_type="application/json")


class Listed(Schema):
    """What the list can be narrowed by."""

    view: str = "all"
    state: str = ""
    kind: str = ""
    category: str = ""
    severity: str = ""
    department: str = ""
    owner: int = 0
    due_before: datetime | None = None
    q: str = ""
    cursor: str = ""
    limit: int = 40


@router.get("/cases", summary="Cases by urgency, or ended ones newest first")
def list_cases(request: HttpRequest, listed: Annotated[Listed, Query()]) -> HttpResponse:
    """Keyset pages: hand `next` back as `cursor`."""
    who = enter(request)
    filters = queries.Filters(
        state=inputs.words(listed.state, field="state", most=20),
        kind=inputs.words(listed.kind, field="kind", most=20),
        category=inputs.words(listed.category, field="category", most=20),
        severity=inputs.words(listed.severity, field="severity", most=20),
        department=inputs.words(listed.department, field="department", most=30),
        owner=listed.owner,
        due_before=listed.due_before,
        q=inputs.words(listed.q, field="q", most=100),
    )
    ended = filters.state in {"closed", "archived", "declined", "withdrawn", "merged"}
    page = queries.inbox(
        who["by"],
        view="closed" if ended else listed.view,
        filters=filters,
        cursor=listed.cursor,
        limit=inputs.whole(listed.limit, field="limit", least=1, most=200),
        at=who["at"],
    )
    rows = queries.clocks_of(page.cases)
    return answered(
        answers.PageOut([answers.case_out(c, rows[c.id]) for c in page.cases], page.cursor)
    )


@router.get("/cases/{number}", summary="One case with its clocks")
def show(request: HttpRequest, number: str) -> HttpResponse:
    """404 for an unknown case and for somebody else's alike."""
    case = queries.get(number, enter(request)["by"])
    return answered(answers.case_out(case, queries.clocks(case)))


@router.get("/cases/{number}/clocks", summary="Every clock of the case, void ones too")
def clocks(request: HttpRequest, number: str) -> HttpResponse:
    """All rounds."""
    case = queries.get(number, enter(request)["by"])
    return answered(
        [answers.clock_out(r, queries.handbook(case)) for r in queries.all_clocks(case)]
    )


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
    """One file, checked by its content."""
    who = enter(request)
    row = commands.add_file(stream=cast(BinaryIO, file), name=file.name or "", number=number, **who)
    commands.add_material(number=number, file_ids=(row.id,), **who)
    return answered({"token": row.token, "sha256": row.sha256, "size": row.size}, 201)


@router.post("/cases/{number}/{action}", summary="Any step of the lifecycle")
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The body holds the step's fields, and `expected_version` to refuse a stale write."""
    who = enter(request)
    raw = _object(request.body)
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
    return answered(answers.case_out(case, queries.clocks(case)))


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > BODY_MOST:
        raise Invalid({"body": "too_long"}, limit=BODY_MOST)
    if not body:
        return {}
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid({"body": "not_json"}) from None
    if not isinstance(given, dict):
        raise Invalid({"body": "not_an_object"})
    return given
