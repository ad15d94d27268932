"""Puts the Actor on the request: programs by token, staff and customers by session."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, get_urlconf, resolve
from django.utils import translation

from bihuan.accounts import queries, sessions
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotFound, NotPermitted, NotSignedIn, Refusal
from bihuan.web import door

_SAFE = {"GET", "HEAD", "OPTIONS"}
#: Calls with a scope of their own: what may read and write cases does not send them elsewhere.
_OWN_SCOPE = {"webhooks": re.compile(r"/api/v1/webhooks(/|\Z)")}
# signing in looks for persons other than the one who is signed in
_OUTSIDE_THE_WALL = ("/signin/", "/signout/", "/s/")


class ProgramMiddleware:
    """A program is known by its token alone, and goes straight to what it asks for.

    What lies between is for browsers: sessions, CSRF, messages, the policy of contents. It is a
    fifth of the work of a filing (HOUSE §5). Sets `request.who`, `guest_case` and `scopes`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (door.is_api(request) and "HTTP_AUTHORIZATION" in request.META):
            return self.get_response(request)
        spoken = translation.get_language_from_request(request)
        with translation.override(spoken):
            try:
                response = self._answer(request)
            except Refusal as refusal:
                response = door.refuse(request, refusal)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return door.told_in(spoken, response)

    def _answer(self, request: Any) -> HttpResponse:
        scheme, _, bearer = request.META["HTTP_AUTHORIZATION"].partition(" ")
        known = scheme.lower() == "bearer"
        found = queries.bearer_of(bearer.strip(), door.moment(request)) if known else None
        if found is None:
            raise NotSignedIn
        needed = _scope(request)
        if needed not in found.scopes:
            raise NotPermitted(missing=needed)
        request.who, request.guest_case, request.scopes = found.actor, 0, found.scopes
        try:
            urls = get_urlconf() or settings.ROOT_URLCONF
            request.resolver_match = asked = _resolved(request.path_info, urls)
        except Resolver404:
            raise NotFound from None
        answer: HttpResponse = asked.func(request, *asked.args, **asked.kwargs)
        return answer


def _scope(request: HttpRequest) -> str:
    """What a token must be for to make this call."""
    own = (name for name, calls in _OWN_SCOPE.items() if calls.match(request.path_info))
    return next(own, "read" if request.method in _SAFE else "write")


@lru_cache(maxsize=64)
def _resolved(path: str, urls: str) -> ResolverMatch:
    """The view of a path; Django looks through all addresses each time."""
    return resolve(path, urls)


class WhoMiddleware:
    """Sets `request.who` (an Actor or None), `request.guest_case` and `request.scopes`.

    Synchronous on purpose: Django then runs it and the database on the request's own thread,
    under ASGI too. A customer's request is one transaction that names the person, for the
    row-level security that stands behind the queries.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked: Any = request
        asked.guest_case, asked.scopes = 0, frozenset()
        asked.who = queries.actor_for_user(request.user)
        if asked.who is None and (signed := sessions.customer(request)):
            return self._customer(asked, signed)
        return self.get_response(request)

    def _customer(self, request: Any, signed: sessions.Signed) -> HttpResponse:
        if not queries.is_person(signed.person_id):
            sessions.end(request)
            return self.get_response(request)
        request.who = Actor(signed.person_id, frozenset({Role.CUSTOMER}))
        request.guest_case = signed.case_id
        if request.path.startswith(_OUTSIDE_THE_WALL):
            return self.get_response(request)
        with transaction.atomic():
            _name(signed.person_id, signed.case_id)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if connection.in_atomic_block:
            # ours was a savepoint of somebody's transaction, which must not go on as this person
            _name(None, None)
        return response


def _name(person_id: int | None, case_id: int | None) -> None:
    """Tell the database for whom it works until the transaction ends; None for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('bihuan.person', %s, true),"
            " set_config('bihuan.guest_case', %s, true)",
            [str(person_id or ""), str(case_id or "")],
        )
