"""Every address of the house with an example, and the people who knock at it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Staff
from bihuan.cases.tests.people import LONG_AGO, House
from bihuan.core.actors import SYSTEM, Actor

_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def patterns() -> Iterator[str]:
    """Every pattern that can be asked for, as it stands in the tables of addresses."""
    yield from sorted(set(_below(get_resolver(), "/")))


def _below(resolver: URLResolver, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            yield here
        else:
            yield from _below(pattern, here)


def example(pattern: str, number: str) -> str:
    """An address of this pattern; `number` is the case that is meant wherever one is."""
    if "(?:" in pattern:  # the doors of allauth that are shut
        return pattern.split("(?:")[0] + "signup/"
    known = {"number": number, "action": "answer", "id": "1", "name": "letter.eml"}
    plain = _PART.sub(lambda part: known.get(part[2], "1" if part[1] == "int" else "x"), pattern)
    if pattern.startswith("/policies/") or "/clauses/" in pattern:
        plain = plain.replace("/1", "/1.4")
    return re.sub(r"\(\?P<\w+>[^)]*\)", "x", plain).rstrip("$")


def callers(house: House, guest_of: int = 0) -> dict[str, Client]:
    """Somebody of each sort, signed in: the owner of the case, strangers to it, and the desk.

    The guest is its owner too, but let in to one other case by number and code.
    """
    return {
        "nobody": Client(),
        "guest": customer(house.ai_li, guest_of),
        "customer": customer(house.ai_li),
        "stranger": customer(house.ding),
        "colleague": staff("法务何"),
        "agent": staff("波波"),
        "supervisor": staff("陈主管"),
        "administrator": _administrator(),
    }


def customer(person: Actor, guest_of: int = 0) -> Client:
    """A customer, signed in; as a guest let in to that case alone."""
    client = Client()
    session = client.session
    session["person_id"], session["guest_case"] = person.id, guest_of
    session.save()
    return client


def staff(username: str) -> Client:
    """Somebody of the staff, signed in."""
    client = Client()
    user = get_user_model().objects.get(username=username)
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return client


def at_desk(actor: Actor) -> Client:
    """The same by whom it is."""
    return staff(Staff.objects.select_related("user").get(id=actor.id).user.username)


def _administrator() -> Client:
    accounts.create_staff(
        name="管理员", username="admin", roles=["administrator"], by=SYSTEM, at=LONG_AGO
    )
    return staff("admin")
