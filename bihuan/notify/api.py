"""What became of a message, as its supplier says it: text messages, and what is pushed."""

from __future__ import annotations

import hmac
import logging
from typing import Literal

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from bihuan.core.actors import SYSTEM
from bihuan.core.ports import Arrival
from bihuan.core.refusals import Invalid, NotFound, Unsigned
from bihuan.notify import commands, rules
from bihuan.notify.providers import sms
from bihuan.web import door, programs

logger = logging.getLogger(__name__)
MOST = 1024 * 1024  # bytes: the supplier gathers reports
_TAKEN = {"code": 0, "msg": "OK"}  # what the supplier takes for a yes


@csrf_exempt  # nobody's browser: the address is the secret
def sms_reports(request: HttpRequest, secret: str) -> HttpResponse:
    """POST: a list of reports (SmsReport). 404 for a wrong address, 400 for what is no list."""
    kept, at = settings.SMS.reports, door.moment(request)
    if not kept or not hmac.compare_digest(kept.encode(), secret.encode()):
        raise NotFound()
    if refused := programs.only(request, "POST"):
        return refused
    try:
        told = sms.reports(programs.body_of(request, MOST))
    except (ValueError, RecursionError):
        raise Invalid({"body": "not_json"}) from None
    came, unknown = commands.reported(channel=rules.SMS, told=told, by=SYSTEM, at=at)
    if unknown:
        logger.info("%d of %d reports are of no text message of ours", unknown, came)
    return JsonResponse(_TAKEN)


class ReceiptIn(msgspec.Struct, forbid_unknown_fields=True):
    """What became of one message: the `id` it was sent with."""

    id: str
    state: Literal["delivered", "failed"]
    reason: str = ""


_decode = msgspec.json.Decoder(list[ReceiptIn] | ReceiptIn).decode


@csrf_exempt  # nobody's browser: the signature is the proof
def receipts(request: HttpRequest) -> HttpResponse:
    """POST: one receipt or a list, signed like what was pushed. 204; 401 for a wrong signature."""
    keys, at = settings.PUSH.keys, door.moment(request)
    if not keys:
        raise NotFound()
    if refused := programs.only(request, "POST"):
        return refused
    body = programs.body_of(request, MOST)
    if fault := programs.unsigned(request, keys, body, at):
        logger.warning("a receipt was refused: %s", fault)
        raise Unsigned("2.4.1")
    try:
        given = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Invalid({"body": "not_valid"}) from None
    listed = given if isinstance(given, list) else [given]
    told = [(one.id, Arrival(one.state == "delivered", one.reason[:40])) for one in listed]
    commands.reported(channel=rules.PUSH, told=told, by=SYSTEM, at=at)
    return HttpResponse(status=204)
