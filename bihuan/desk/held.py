"""What waits to be sent or came back, as the case and every page of the desk show it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases.models import Case
from bihuan.cases.queries import Waiting
from bihuan.core.actors import Actor
from bihuan.desk import canned
from bihuan.desk.forms import LABELS, StepForm
from bihuan.web import messages

#: The field that holds the words the person will read.
WORDS = {"answer": "text", "propose": "solution", "tell": "text"}


def toasts(waiting: Sequence[Waiting], at: datetime) -> list[dict[str, Any]]:
    """For every page: what is still to be taken back, and what the house could not send."""
    return [toast for one in waiting if (toast := _toast(one, at))]


def _toast(one: Waiting, at: datetime) -> dict[str, Any] | None:
    name, left = _(LABELS[one.action]), (one.due_at - at).total_seconds()
    if not one.came_back:
        told = _("“{step}”即将发出").format(step=name)
        return {
            "text": told, "number": one.number, "undo": f"/desk/held/{one.id}/undo/",
            "left": max(int(1000 * left), 1000),
        } if left > 0 else None  # fmt: skip
    if one.came_back == "taken_back":
        return None
    told = _("“{step}”没有发出").format(step=name)
    return {"text": told, "number": one.number, "url": f"/desk/cases/{one.number}/"}


def pending(waiting: Sequence[Waiting], by: Actor) -> list[dict[str, Any]]:
    """Words on their way, at the end of the timeline of their writer."""
    return [
        {
            "author": by.name,
            "initial": by.name[:1],
            "step": _(LABELS[one.action]),
            "text": one.raw.get(WORDS[one.action], ""),
            "undo": f"/desk/held/{one.id}/undo/",
        }
        for one in waiting
        if not one.came_back
    ]


def came_back(case: Case, waiting: Sequence[Waiting]) -> dict[str, Any]:
    """Words that were not sent: a reply in the composer, another step as its open form."""
    found: dict[str, Any] = {}
    for one in waiting:
        if not one.came_back:
            continue
        back = {"why": _why(one), "drop": f"/desk/held/{one.id}/drop/"}
        if one.action == "answer":
            words = {"text": one.raw.get("text", ""), "also": canned.written(one.also)}
            found["reply"] = back | words
        else:
            form = StepForm(one.raw, [one.action])
            form.auto_id = f"back_{one.action}_%s"
            found["form"] = back | {
                "label": _(LABELS[one.action]),
                "url": f"{case.desk_url}do/{one.action}/",
                "fields": list(form),
                "also": canned.ticked(canned.written(one.also)),
            }
    return found


def _why(one: Waiting) -> str:
    if one.came_back == "taken_back":
        return _("已撤销，没有发出；文字还在。")
    return _("没有发出：{why}。文字还在。").format(why=messages.title(one.came_back))
