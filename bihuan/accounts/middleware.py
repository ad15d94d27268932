"""Puts the Actor on the request: staff by session, customers by session, programs by token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from bihuan.accounts import queries, sessions
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotPermitted, NotSignedIn
from bihuan.web import door

_SAFE = {"GET", "HEAD", "OPTIONS"}
# signing in looks for persons other than the one who is signed in
_OUTSIDE_THE_WALL = ("/signin/", "/signout/")


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
        asked.who, asked.guest_case, asked.scopes = None, 0, frozenset()
        if door.is_api(request) and "Authorization" in request.headers:
            return self._program(asked)
        asked.who = queries.actor_for_user(request.user)
        if asked.who is None and (signed := sessions.customer(request)):
            return self._customer(asked, signed)
        return self.get_response(request)

    def _program(self, request: Any) -> HttpResponse:
        scheme, _, bearer = request.headers["Authorization"].partition(" ")
        known = scheme.lower() == "bearer"
        found = queries.bearer_of(bearer.strip(), door.moment(request)) if known else None
        if found is None:
            return door.refuse(request, NotSignedIn())
        needed = "read" if request.method in _SAFE else "write"
        if needed not in found.scopes:
            return door.refuse(request, NotPermitted(missing=needed))
        request.who, request.scopes = found.actor, found.scopes
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
