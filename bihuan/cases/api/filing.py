"""POST /cases, the hot path: a plain view that decodes, files and answers by msgspec (HOUSE §5)."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse

from bihuan.accounts import queries as people
from bihuan.cases import answers, commands
from bihuan.cases.api import bodies
from bihuan.cases.commands import Asked, Contact, Filing, Line
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotPermitted
from bihuan.web.door import enter


class ContactIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who asks; any of these may be missing, which is marked (2.2.1)."""

    name: str = ""
    phone: str = ""
    email: str = ""
    user_id: str = ""
    address: str = ""


class LineIn(msgspec.Struct, forbid_unknown_fields=True):
    """One thing said in a chat or on the phone, by the `user`, the `agent` or the `system`."""

    at: datetime
    by: str
    text: str
    name: str = ""


class CaseIn(msgspec.Struct, forbid_unknown_fields=True):
    """A case as it comes in.

    `external_id` is what the channel calls it: a message, or a conversation. `transcript` is the
    conversation it began in; without `received_at` it was received when the user first wrote.
    """

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
    transcript: list[LineIn] = msgspec.field(default_factory=list)


#: In the scope of a request: after this fault nobody knows whether it was filed (quick.py).
FAULT = "bihuan.fault"

_decode = msgspec.json.Decoder(CaseIn).decode


def file(request: HttpRequest) -> HttpResponse:
    """POST /cases: a plain view (HOUSE §5); described in config/openapi.py."""
    who = enter(request)
    if not who["by"].is_staff:
        raise NotPermitted(action="file_by_api")
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    request.keyed = bool(key)  # type: ignore[attr-defined]  # web/door.py: may_ask_again
    if fault := getattr(request, "scope", {}).get(FAULT):
        raise fault
    filed = commands.file_asked(asked(read(request.body), request.body, key, **who))
    # the same answer to the same key: what was created then is told again, status and all
    return HttpResponse(filed.answer, status=201, content_type="application/json")


def read(body: bytes) -> CaseIn:
    """The case a program sent; Invalid names the field that does not read."""
    given: CaseIn = bodies.read(body, _decode)
    return given


def asked(given: CaseIn, body: bytes, key: str, *, by: Actor, at: datetime) -> Asked:
    """What is asked for by this body, which was read. Invalid for a merchant nobody knows."""
    return Asked(
        filing=_filing(given, at),
        key=key,
        digest=hashlib.sha256(body).digest(),
        answer=lambda case, rows: answers.encoded(answers.case_out(case, rows, at)),
        by=by,
        at=at,
    )


def _filing(given: CaseIn, at: datetime) -> Filing:
    said = [Line(line.at, line.by, line.text, line.name) for line in given.transcript]
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
        received_at=given.received_at or commands.heard_at(said),
        transcript=commands.transcribed(said, at) if said else "",
    )
