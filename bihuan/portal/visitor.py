"""Who stands at the customer's door: somebody signed in, a guest with one case, or nobody yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

from bihuan.cases import queries
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotFound, NotSignedIn
from bihuan.web.door import Who, moment

if TYPE_CHECKING:
    from bihuan.cases.models import Case

#: Somebody who begins to write without having said who he is; no row belongs to person 0.
GUEST = Actor(0, frozenset({Role.CUSTOMER}))


def guest_case(request: HttpRequest) -> int:
    """The one case a guest was let in for; 0 for somebody who signed in."""
    return int(getattr(request, "guest_case", 0) or 0)


def customer(request: HttpRequest) -> Actor | None:
    """The customer of this request, a guest with one case included; staff are nobody here."""
    who: Actor | None = getattr(request, "who", None)
    return who if who is not None and Role.CUSTOMER in who.roles else None


def signed_in(request: HttpRequest) -> Actor | None:
    """The customer who proved a contact, and not only filed something as a guest."""
    return None if guest_case(request) else customer(request)


def begins(request: HttpRequest) -> Who:
    """Who files something new: the customer signed in, else a guest."""
    return {"by": signed_in(request) or GUEST, "at": moment(request)}


def reads(request: HttpRequest) -> Who:
    """Who looks at a case. NotSignedIn for a stranger, whether the case exists or not."""
    by = customer(request)
    if by is None:
        raise NotSignedIn
    return {"by": by, "at": moment(request)}


def proven(request: HttpRequest) -> Who:
    """Who signed in. NotSignedIn for a stranger and for a guest with one case."""
    by = signed_in(request)
    if by is None:
        raise NotSignedIn
    return {"by": by, "at": moment(request)}


def own(request: HttpRequest, number: str) -> Case:
    """That case of the customer; a guest's only one, and NotFound for every other."""
    case = queries.get(number, reads(request)["by"])
    only = guest_case(request)
    if only and case.id != only:
        raise NotFound(number=number[:40])
    return case
