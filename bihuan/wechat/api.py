"""/api/v1/wechat: WeChat asks whether we are we, and says what people wrote (docs/wechat.md)."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from bihuan.core.refusals import Invalid, NotFound, Unsigned
from bihuan.web import door, programs
from bihuan.wechat import commands
from bihuan.wechat.rules import envelope
from bihuan.wechat.rules import said as rules

logger = logging.getLogger(__name__)
_ECHO_MOST = 200


@csrf_exempt  # nobody's browser: the signature is the proof
def messages(request: HttpRequest) -> HttpResponse:
    """GET: the echo that WeChat asks for. POST: one message; an answer in words, or `success`.

    401 for a wrong signature, one of another time, or one that came with another body.
    """
    if not settings.WECHAT.connected:
        raise NotFound()
    if refused := programs.only(request, "GET", "POST"):
        return refused
    at = door.moment(request)
    if request.method == "GET":
        _believe(request, at)
        return _plain(request.GET.get("echostr", "")[:_ECHO_MOST])
    raw = _message(request, at)
    try:
        said = rules.read(envelope.fields(raw))
    except envelope.Unreadable as fault:
        raise Invalid({"body": "not_valid"}, why=str(fault)) from None
    answer = commands.receive(said=said, raw=raw, at=at)
    if not answer:
        return _plain("success")
    return _xml(envelope.reply(answer, to=said.openid, sender=said.to, at=at), at)


def _believe(request: HttpRequest, at: datetime, *more: str) -> None:
    """Unsigned unless whoever knows the token signed this now; `more` is signed with it."""
    name = "msg_signature" if more else "signature"
    stamp, nonce = request.GET.get("timestamp", ""), request.GET.get("nonce", "")
    given = request.GET.get(name, "")
    if not envelope.is_signed(given, settings.WECHAT.token, stamp, nonce, *more):
        logger.warning("a message by WeChat was refused: %s is wrong", name)
        raise Unsigned("1.3")
    if not envelope.is_of_now(stamp, at):
        logger.warning("a message by WeChat was refused: not of now")
        raise Unsigned("1.3")


def _message(request: HttpRequest, at: datetime) -> bytes:
    """The XML of the message in plain, believed."""
    account, raw = settings.WECHAT, programs.body_of(request, envelope.MOST)
    if not account.aes_key:
        _believe(request, at)
        if commands.is_altered(signature=request.GET["signature"], body=raw, at=at):
            logger.warning("a message by WeChat was refused: altered")
            raise Unsigned("1.3")
        return raw
    try:
        sealed = envelope.fields(raw).get("Encrypt", "").strip()
        _believe(request, at, sealed)
        return envelope.opened(account.aes_key, sealed, account.app_id)
    except envelope.Unreadable as fault:
        raise Invalid({"body": "not_valid"}, why=str(fault)) from None


def _xml(said: bytes, at: datetime) -> HttpResponse:
    account = settings.WECHAT
    if account.aes_key:
        encrypted = envelope.sealed(account.aes_key, said, account.app_id, secrets.token_bytes(16))
        stamp, nonce = str(int(at.timestamp())), secrets.token_hex(8)
        said = envelope.in_envelope(encrypted, token=account.token, timestamp=stamp, nonce=nonce)
    return HttpResponse(said, content_type="application/xml; charset=utf-8")


def _plain(said: str) -> HttpResponse:
    return HttpResponse(said, content_type="text/plain; charset=utf-8")
