"""Uploads that go on after a break: tus 1.0.0 (https://tus.io/protocols/resumable-upload).

The protocol alone: where the bytes go, and who may send them, is told by whoever answers by it.
"""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple, Protocol, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date

from bihuan.core.refusals import Invalid, Refusal
from bihuan.web import door

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256")
PART = "application/offset+octet-stream"
METHODS = ["POST", "HEAD", "PATCH", "DELETE", "OPTIONS"]
_LONGEST = 15  # digits of a number of bytes
View = Callable[..., HttpResponse]


class Malformed(Refusal):
    """A request that is none of the protocol. Facts: status."""


class Upload(Protocol):
    """As far as the protocol knows it."""

    token: str
    length: int
    received: int
    file: str
    expires_at: datetime


class Asked(NamedTuple):
    """What is to be sent."""

    length: int
    name: str


@dataclass(frozen=True, slots=True)
class Keeper:
    """What becomes of an upload: functions that take `token=` and end with who and when."""

    look: Callable[..., Upload]
    append: Callable[..., Upload]
    end: Callable[..., None]


def speaks(request: HttpRequest) -> bool:
    """Whether this request is of the protocol."""
    return request.method == "OPTIONS" or "Tus-Resumable" in request.headers


def spoken(view: View) -> View:
    """A view of the protocol: the versions agree, and every refusal is a document."""

    @functools.wraps(view)
    def told(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if _meant(request) == "OPTIONS":
            answer = _offer()
        elif request.headers.get("Tus-Resumable") != VERSION:
            answer = refused(Malformed(status=412))
            answer["Tus-Version"] = VERSION
        else:
            try:
                answer = view(request, *args, **named)
            except Refusal as refusal:
                answer = refused(refusal)
        answer["Tus-Resumable"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    return told


def asked(request: HttpRequest) -> Asked:
    """What a creation declares. Malformed without a length, or with data that do not read."""
    if _meant(request) != "POST":
        raise Malformed(status=405)
    return Asked(_number(request, "Upload-Length"), _metadata(request).get("filename", ""))


def made(upload: Upload, place: str) -> HttpResponse:
    """The answer to a creation."""
    return _dated(
        HttpResponse(status=201, headers={"Location": place, "Upload-Offset": "0"}), upload
    )


def one(request: HttpRequest, *, token: str, keeper: Keeper, **who: Any) -> HttpResponse:
    """HEAD, PATCH and DELETE of one upload; PATCH and DELETE also as a POST that says so."""
    method = _meant(request)
    if method == "HEAD":
        return _dated(HttpResponse(), keeper.look(token=token, **who))
    if method == "PATCH":
        if request.content_type != PART:
            raise Malformed(status=415)
        row = keeper.append(
            token=token,
            offset=_number(request, "Upload-Offset"),
            stream=cast(BinaryIO, request),
            checksum=_checksum(request),
            **who,
        )
        return _dated(HttpResponse(status=204), row)
    if method == "DELETE":
        keeper.end(token=token, **who)
        return HttpResponse(status=204)
    raise Malformed(status=405)


def refused(refusal: Refusal) -> HttpResponse:
    """A problem document, with the protocol's own numbers; never a page."""
    document = door.problem(refusal)
    if isinstance(refusal, Malformed):
        document["status"] = refusal.facts.get("status", 400)
    elif isinstance(refusal, Invalid) and "too_large" in refusal.fields.values():
        document["status"] = 413
    answer = JsonResponse(document, status=document["status"], content_type=door.PROBLEM)
    if wait := refusal.facts.get("retry_after"):
        answer["Retry-After"] = str(wait)
    return answer


def _meant(request: HttpRequest) -> str:
    """The method; some networks let only GET and POST pass.

    Only a POST says another: it may write, and what a token may do was asked of the method it has.
    """
    instead = request.headers.get("X-HTTP-Method-Override", "").upper()
    return instead if instead and request.method == "POST" else str(request.method)


def _offer() -> HttpResponse:
    said = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.FILE_MAX),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
    return HttpResponse(status=204, headers=said)


def _dated(answer: HttpResponse, upload: Upload) -> HttpResponse:
    answer["Upload-Offset"] = str(upload.received)
    answer["Upload-Length"] = str(upload.length)
    answer["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    if upload.file:
        answer["Bihuan-File"] = upload.file
    return answer


def _number(request: HttpRequest, name: str) -> int:
    given = request.headers.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) <= _LONGEST):
        raise Malformed()
    return int(given)


def _metadata(request: HttpRequest) -> dict[str, str]:
    found = {}
    for pair in filter(None, request.headers.get("Upload-Metadata", "").split(",")):
        key, _, value = pair.strip().partition(" ")
        found[key] = _decoded(value).decode("utf-8", "replace")
    return found


def _checksum(request: HttpRequest) -> tuple[str, bytes] | None:
    given = request.headers.get("Upload-Checksum", "")
    if not given:
        return None
    algorithm, _, digest = given.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Malformed()
    return algorithm, _decoded(digest)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed() from None
