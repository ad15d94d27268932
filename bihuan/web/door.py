"""The door kit: who stands here and when, and what a refusal looks like from outside."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import get_language
from django_htmx.http import HttpResponseClientRedirect

from bihuan.core import refusals
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound, NotSignedIn, Refusal
from bihuan.web import messages

STATUS: dict[type[Refusal], int] = {
    refusals.NotSignedIn: 401,
    refusals.Unsigned: 401,
    refusals.NotPermitted: 403,
    refusals.NotFound: 404,
    refusals.NotPossible: 409,
    refusals.NotReady: 409,
    refusals.Stale: 409,
    refusals.AlreadyGathered: 409,
    refusals.AlreadyAppealed: 409,
    refusals.OutOfTime: 409,
    refusals.Conflict: 409,
    refusals.Gone: 410,
    refusals.Damaged: 460,
    refusals.Unreachable: 409,
    refusals.Invalid: 422,
    refusals.TooMany: 429,
    Refusal: 400,
}
#: Facts that may be told to a program; the others are for our own log.
TOLD = (
    "action",
    "state",
    "possible",
    "missing",
    "version",
    "retry_after",
    "limit",
    "allowed",
    "offset",
)
PROBLEM = "application/problem+json"
_ONCE = re.compile(r"[A-Za-z0-9_-]{24}")
LARGE_TEXT = "bihuan_text"  # the cookie of somebody who reads large letters


class Who(TypedDict):
    """What every command is told last: `accept(number=…, **who)`."""

    by: Actor
    at: datetime


def now() -> datetime:
    """When, for a door that has no request of the framework."""
    return timezone.now()


def moment(request: HttpRequest) -> datetime:
    """When: the clock is read once a request, here and nowhere below."""
    if not hasattr(request, "_at"):
        request._at = now()  # type: ignore[attr-defined]  # kept for this request
    at: datetime = request._at  # type: ignore[attr-defined]
    return at


def enter(request: HttpRequest) -> Who:
    """Who and when. NotSignedIn for a stranger; a page open to strangers asks moment() alone."""
    who: Actor | None = getattr(request, "who", None)
    if who is None:
        raise NotSignedIn
    return {"by": who, "at": moment(request)}


def staff(request: HttpRequest) -> Who:
    """Who and when, of the staff; their pages do not exist for anybody else."""
    who = enter(request)
    if not who["by"].is_staff:
        raise NotFound()
    return who


def told_in(language: str, response: HttpResponse) -> HttpResponse:
    """The answer to a program, which says in what language it is."""
    response.headers.setdefault("Content-Language", language)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def status(refusal: Refusal) -> int:
    """The HTTP status of a refusal, by the nearest class that has one."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def problem(refusal: Refusal) -> dict[str, Any]:
    """An RFC 9457 problem document, in the language of the request.

    Unknown and forbidden things look the same: NotFound tells nothing but its code.
    """
    made = _document(refusal.code(), status(refusal), refusal.facts)
    if isinstance(refusal, NotFound):
        return made
    if refusal.clause:
        made["clause"] = refusal.clause
    if said := messages.faults(refusal):
        made["fields"] = said
        made["codes"] = dict(getattr(refusal, "fields", {}))
    return made | {name: _plain(refusal.facts[name]) for name in TOLD if name in refusal.facts}


def _document(code: str, number: int, facts: dict[str, object]) -> dict[str, Any]:
    return {
        "type": f"urn:bihuan:problem:{code}",
        "title": messages.title(code),
        "status": number,
        "detail": messages.detail(code, facts),
        "code": code,
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str | int | None):
        return value
    return [_plain(item) for item in value] if isinstance(value, Iterable) else str(value)


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal: a document for programs, a page or the sign-in for people."""
    if isinstance(refusal, NotSignedIn) and not is_api(request):
        return _to_sign_in(request)
    response = answer(request, problem(refusal))
    if wait := refusal.facts.get("retry_after"):
        response["Retry-After"] = str(wait)
    if isinstance(refusal, NotSignedIn):
        response["WWW-Authenticate"] = "Bearer"
    return response


def failure(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The same for a fault that is no refusal: malformed, failed, unavailable."""
    return answer(request, _document(code, number, {}))


def answer(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    """This problem document as it is, or as a page that says the same."""
    number = int(document["status"])
    response: HttpResponse
    if is_api(request):
        response = JsonResponse(document, status=number, content_type=PROBLEM)
    else:
        own = number in {400, 403, 404, 429}
        page = f"{number}.html" if own else "refused.html"
        response = render(request, page, {"problem": document}, status=number)
    add_never_cache_headers(response)
    return response


def may_ask_again(request: HttpRequest) -> bool:
    """Whether the same request once more does nothing twice, whatever became of this one.

    A view that knows it by a key says so (`request.keyed`); before a view nothing was done.
    """
    unseen = request.resolver_match is None
    return unseen or request.method in {"GET", "HEAD"} or getattr(request, "keyed", False)


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks: it is told in JSON."""
    return request.path.startswith("/api/")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    for_staff = request.path.startswith(("/desk/", "/staff/"))
    place = settings.LOGIN_URL if for_staff else "/signin/"
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(place)
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    return HttpResponseRedirect(f"{place}?{urlencode({'next': back})}" if back else place)


class RefusalMiddleware(MiddlewareMixin):
    """Turns every Refusal that a view lets pass into its answer."""

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        return refuse(request, fault) if isinstance(fault, Refusal) else None


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page may show: the platform, who reads it, the moment, the languages."""
    spoken = get_language()
    return {
        "platform": settings.PLATFORM_NAME,
        "demo": settings.DEMO,
        "actor": getattr(request, "who", None),
        "now": moment(request),
        "large_text": request.COOKIES.get(LARGE_TEXT) == "large",
        "languages": [
            {"code": code, "name": name, "current": code == spoken}
            for code, name in settings.LANGUAGES
        ],
    }


def once(request: HttpRequest) -> str:
    """What marks one visit to a form: the same words with the same mark are filed once."""
    given = request.POST.get("once", "")
    return given if _ONCE.fullmatch(given) else secrets.token_urlsafe(18)
