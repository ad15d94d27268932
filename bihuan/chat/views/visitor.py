"""Who stands at the chat's door: the customer signed in, or whoever holds the browser's token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bihuan.chat import queries
from bihuan.core.actors import Actor, Role
from bihuan.web.door import moment
from bihuan.web.network import client_network

#: Somebody who has not said who he is; no row belongs to person 0.
GUEST = Actor(0, frozenset({Role.CUSTOMER}))
COOKIE = "bihuan_chat"
KEPT = 60 * 60 * 24 * 30  # seconds


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who, with which token, when, and from which network; `door` is what commands take."""

    by: Actor
    token: str
    at: datetime
    network: str = ""

    @property
    def door(self) -> dict[str, Any]:
        return {"by": self.by, "token": self.token, "at": self.at}


def actor(request: HttpRequest) -> Actor:
    """The customer who signed in; staff, and guests of one case, are unknown here."""
    who: Actor | None = getattr(request, "who", None)
    one_case = getattr(request, "guest_case", 0)
    return who if who is not None and Role.CUSTOMER in who.roles and not one_case else GUEST


def visitor(request: HttpRequest) -> Visitor:
    """Whoever asks; a token that cannot be one is none."""
    token = request.COOKIES.get(COOKIE, "")
    known = token if queries.mark_of(token) is not None else ""
    return Visitor(actor(request), known, moment(request), client_network(request))


def with_token(response: HttpResponse, token: str) -> HttpResponse:
    """The answer gives this browser a token of 256 bits, which no script can read."""
    response.set_cookie(
        COOKIE, token, max_age=KEPT, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, path="/",
    )  # fmt: skip
    return response


def new_token() -> str:
    return secrets.token_urlsafe(32)
