"""Canned replies as a composer offers them, and the steps that go along with their words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.cases.fields import PRIORITIES, clean
from bihuan.cases.models import COMPOSERS, Case, Macro
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.desk.forms import LABELS, unit_choices

Also = list[tuple[str, dict[str, str]]]
#: The field that a composer's words stand in.
WORDS = {"answer": "text", "propose": "solution", "tell": "text", "note": "text"}
WHY = "使用常用语时一并办理"  # kept with the case, in the house's own language


def offered(by: Actor, composers: Collection[str]) -> list[dict[str, Any]]:
    """What a composer offers, by whom it writes to; each with the words it is looked for by."""
    found = queries.macros(by, composers)
    groups = [
        (_(LABELS[id]), [_choice(row) for row in found if row.composer == id])
        for id in COMPOSERS
        if id in composers
    ]
    return [{"label": label, "macros": rows} for label, rows in groups if rows]


def _choice(row: Macro) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "shortcut": row.shortcut,
        "composer": row.composer,
        "words": " ".join(row.body.split())[:80],
    }


def places(case: Case) -> dict[str, str]:
    """Where a composer asks for a canned reply, and the variables that it must not leave."""
    return {
        "macro_url": f"{case.desk_url}macro/",
        "macros_url": f"{case.desk_url}macros/",
        "variable_names": " ".join(queries.VARIABLES),
    }


def goes_along(row: Macro) -> list[str]:
    """What is done together with the words, as the composer sends it back; a hand-over is last."""
    asked = (("set_priority", row.priority), ("tag", row.tag), ("assign", row.assign_to))
    return [f"{action}:{value}" for action, value in asked if value]


def along(given: Sequence[str]) -> Also:
    """The steps that were left ticked; Invalid for one that no canned reply brings."""
    found: Also = []
    for one in given:
        action, _colon, value = one.partition(":")
        if action not in _STEPS or not value:
            raise Invalid({"also": "not_known"})
        step = _STEPS[action](value)
        clean(action, step)
        found.append((action, step))
    return sorted(found, key=lambda step: list(_STEPS).index(step[0]))


_STEPS: dict[str, Callable[[str], dict[str, str]]] = {
    "set_priority": lambda value: {"priority": value, "reason": WHY},
    "tag": lambda value: {"add": value},
    "assign": lambda value: {"department": value, "reason": WHY},
}


def ticked(given: Sequence[str]) -> list[dict[str, str]]:
    """Each as a line of the composer: what will be done."""
    return [{"value": one, "label": label} for one in given if (label := _said(one))]


def _said(one: str) -> str:
    action, _colon, value = one.partition(":")
    match action:
        case "set_priority":
            return _("优先级改为“{value}”").format(value=_(PRIORITIES.get(value, value)))
        case "tag":
            return _("加上标签“{value}”").format(value=value)
        case "assign":
            unit = dict(unit_choices()).get(value, value)
            return _("转给{value}").format(value=unit)
    return ""


def written(also: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Steps that came back, as the composer sends them."""
    field = {"set_priority": "priority", "tag": "add", "assign": "department"}
    return [f"{action}:{given[field[action]]}" for action, given in also]
