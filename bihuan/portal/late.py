"""What a person can do when we are late: press for it, understand it, complain, go elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.core.actors import Actor
from bihuan.core.handbook import LegalNote
from bihuan.core.terms import Agency
from bihuan.policy import queries as policy
from bihuan.portal import story
from bihuan.portal.forms import named
from bihuan.portal.story import Way
from bihuan.web import words

if TYPE_CHECKING:
    from bihuan.cases.models import Case

WAYS = "5.1"  # the ways of settling a dispute, those outside of the platform among them


@dataclass(frozen=True, slots=True)
class Outside:
    """Somebody outside whose address was checked (X-26)."""

    name: str
    clause: str
    phone: str
    url: str
    address: str


@dataclass(frozen=True, slots=True)
class Late:
    """The box of a case that is late; `urged` says when its person pressed for it today."""

    urged: str
    complain: Way
    outside: list[Outside]
    notes: list[LegalNote]
    clause: str = WAYS


def box(case: Case, by: Actor, at: datetime) -> Late | None:
    """None while no hard due has passed, and for who may not write to us about it."""
    offered = story.actions(case, by)
    if "message" not in offered or not queries.late_now(case, at):
        return None
    return Late(
        urged=already(case, at),
        complain=_complain(case, offered),
        outside=outside(at),
        notes=by_law(at),
    )


def outside(at: datetime) -> list[Outside]:
    """Who may be turned to outside, of those whose addresses were checked (X-26)."""
    known = policy.current(at).agencies.values()
    return [_outside(one) for one in known if one.allowed and one.configured]


def already(case: Case, at: datetime) -> str:
    """When it was pressed for today; "" while it may be."""
    said = queries.urged_today(case, at)
    if len(said) < policy.default("urge", at):
        return ""
    return words.moment_words(said[-1], at)


def _complain(case: Case, offered: Iterable[str]) -> Way:
    """What is no complaint yet becomes one (2.1); of a complaint that is late another is made."""
    if "complain" in offered and case.kind != "complaint":
        to, note = reverse("portal:complain", args=[case.number]), _("时限从投诉时起算，编号不变")
        return Way(_("投诉这件事"), to, "message-square-warning", note)
    note = _("另立一件，有自己的时限；这件照常处理")
    return Way(_("投诉我们的服务"), reverse("portal:pick"), "message-square-warning", note)


def _outside(one: Agency) -> Outside:
    return Outside(named(one), one.clause, one.phone, one.url, one.address)


def by_law(at: datetime) -> list[LegalNote]:
    """What is said of the authorities, whose numbers the law and not the handbook gives."""
    book = policy.current(at)
    allowed = [one for one in book.agencies.values() if one.allowed]
    ids = dict.fromkeys(one.legal_note for one in allowed if one.role == "authority")
    return [book.legal_notes[id] for id in ids if id in book.legal_notes]
