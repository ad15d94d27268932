"""POST /api/v1/calls/events: what any telephone system says, signed (docs/telephone.md)."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Literal

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Invalid, NotFound, Unsigned
from bihuan.phone import commands
from bihuan.phone.rules.facts import Fact
from bihuan.web import door, programs

logger = logging.getLogger(__name__)
SOURCE = "webhook"
MOST = 64 * 1024  # bytes


class EventIn(msgspec.Struct, rename={"number_from": "from"}, forbid_unknown_fields=True):
    """One event of one call; `at` with its offset, `seconds` whole."""

    event: Literal["started", "answered", "ended", "recording"]
    call: str
    at: datetime
    number_from: str = ""
    to: str = ""
    agent: str = ""
    direction: Literal["in", "out"] = "in"
    recording_url: str = ""
    seconds: int = 0
    reason: str = ""


_decode = msgspec.json.Decoder(EventIn).decode


@csrf_exempt  # nobody's browser: the signature is the proof
def events(request: HttpRequest) -> HttpResponse:
    """204 when it was taken. 401 for a wrong signature or time, 409 for an id that came before."""
    if refused := programs.only(request, "POST"):
        return refused
    keys, at = settings.PHONE.keys, door.moment(request)
    if not keys:
        raise NotFound()
    body = programs.body_of(request, MOST)
    if fault := programs.unsigned(request, keys, body, at):
        logger.warning("an event of a call was refused: %s", fault)
        raise Unsigned("1.3")
    given, id = _read(body), request.headers.get("webhook-id", "")
    commands.hear(source=SOURCE, ref=given.call, fact=_fact(given), receipt=id, by=SYSTEM, at=at)
    return HttpResponse(status=204)


def _read(body: bytes) -> EventIn:
    """Invalid `body`: what it says of the shape is for the log, which has no word of the body."""
    try:
        return _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        field = str(fault).partition("at `$.")[2].rstrip("`") or "body"
        raise Invalid({field[:40]: "not_valid"}) from None


def _fact(given: EventIn) -> Fact:
    return Fact(
        event=given.event,
        at=given.at,
        number_from=given.number_from,
        number_to=given.to,
        agent=given.agent,
        direction=given.direction,
        recording=given.recording_url,
        seconds=given.seconds,
        reason=given.reason,
    )
