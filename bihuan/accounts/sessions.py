"""Who a customer's session says they are: ids only, never a contact."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.contrib.auth import logout
from django.http import HttpRequest

_PERSON, _CASE, _ASKED = "person_id", "guest_case", "asked"


@dataclass(frozen=True, slots=True)
class Signed:
    """A person, signed in; `case_id` is not 0 for a guest, who sees that case alone."""

    person_id: int
    case_id: int


def begin(request: HttpRequest, *, person_id: int, case_id: int = 0) -> None:
    """Sign this person in, under a new session key; whoever was signed in is signed out."""
    language = request.session.get("_language")
    logout(request)  # flushes: nothing of the earlier session is kept, nor its key
    request.session[_PERSON], request.session[_CASE] = person_id, case_id
    if language:
        request.session["_language"] = language


def asker(request: HttpRequest) -> str:
    """What marks this browser while it asks for a code; nothing is known by it."""
    if _ASKED not in request.session:
        request.session[_ASKED] = secrets.token_urlsafe(18)
    return str(request.session[_ASKED])


def end(request: HttpRequest) -> None:
    """Sign out and forget the session."""
    logout(request)


def customer(request: HttpRequest) -> Signed | None:
    """Who is signed in as a customer."""
    person_id = request.session.get(_PERSON)
    if not isinstance(person_id, int) or person_id <= 0:
        return None
    case_id = request.session.get(_CASE)
    return Signed(person_id, case_id if isinstance(case_id, int) else 0)
