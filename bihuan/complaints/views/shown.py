"""Records, objections and measures in the reader's words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.accounts import queries as people
from bihuan.complaints.loader import causes
from bihuan.complaints.queries import Measure, Objection, Part, Record
from bihuan.web import messages
from bihuan.web.door import Who
from bihuan.web.words import date_words, due_moment, english, local, moment_words, span_words

STATES = {
    "open": ("warn", "pencil", later("待说明")),
    "explained": ("info", "pen-line", later("待签字")),
    "appealed": ("hot", "hand", later("申诉中")),
    "signed": ("ok", "circle-check", later("已签字")),
    "cancelled": ("", "eraser", later("撤销")),
}
MEASURES = {
    "open": ("info", "clipboard-list", later("进行中")),
    "late": ("bad", "list-x", later("逾期")),
    "done": ("warn", "clipboard-check", later("待核验")),
    "verified": ("ok", "badge-check", later("已核验")),
}
OUTCOMES = {
    "": ("hot", "hand", later("待裁决")),
    "upheld": ("ok", "eraser", later("支持，记录撤销")),
    "changed": ("info", "user-round-cog", later("变更责任人")),
    "dismissed": ("", "gavel", later("不支持，维持记录")),
}


def record(found: Record, who: Who) -> dict[str, Any]:
    """One record as a row and as the head of its page."""
    cause = causes().get(found.cause_code)
    return {
        "record": found,
        "url": reverse("complaints:record", args=[found.id]),
        "milestone": found.milestone_en if english() else found.milestone,
        "department": found.department_en if english() else found.department,
        "due": due_moment(found.due_at, who["at"]),
        "late": late_words(found.late),
        "opened": moment_words(found.opened_at, who["at"]),
        "signed": moment_words(found.signed_at, who["at"]) if found.signed_at else "",
        "cancelled": moment_words(found.cancelled_at, who["at"]) if found.cancelled_at else "",
        "stands_in": moment_words(found.stands_in_from, who["at"]) if found.stands_in_from else "",
        "cause_kind": (cause.en if english() else cause.zh) if cause else "",
        "state": tone(STATES, found.state),
    }


def late_words(minutes: int) -> str:
    """2天4时 of whole minutes; 0分钟 in time."""
    return span_words(timedelta(minutes=minutes)) if minutes else _("{m}分钟").format(m=0)


def unit_names() -> dict[str, str]:
    """The departments by their id, in the reader's language."""
    return {u.unit: u.name_en if english() else u.name for u in people.departments()}


def holder(found: Part, names: dict[str, str]) -> dict[str, Any]:
    """One line of the table of whose hands the case was in."""
    return {
        "name": found.name or _("无人经办"),
        "department": names.get(found.part.department, found.part.department),
        "minutes": found.part.minutes,
        "time": late_words(found.part.minutes),
        "share": found.part.share,
        "late": found.part.late,
    }


def objection(found: Objection, names: dict[str, str], who: Who) -> dict[str, Any]:
    """One appeal with its decision."""
    return {
        "appeal": found,
        "department": names.get(found.department, found.department),
        "moved": names.get(found.moved_department, found.moved_department),
        "filed": moment_words(found.filed_at, who["at"]),
        "decided": moment_words(found.decided_at, who["at"]) if found.decided_at else "",
        "state": tone(OUTCOMES, found.outcome),
    }


def measure(found: Measure, who: Who) -> dict[str, Any]:
    """One measure as a row and as its page."""
    today = local(who["at"]).date()
    return {
        "measure": found,
        "url": reverse("complaints:measure", args=[found.id]),
        "due": date_words(found.due_on, today),
        "made": moment_words(found.made_at, who["at"]),
        "done": moment_words(found.done_at, who["at"]) if found.done_at else "",
        "verified": moment_words(found.verified_at, who["at"]) if found.verified_at else "",
        "records": [reverse("complaints:record", args=[id]) for id in found.record_ids],
        "state": tone(MEASURES, found.state),
    }


def tone(table: dict[str, tuple[str, str, Any]], state: str) -> dict[str, Any]:
    """The pill of a state: colour, icon and words."""
    colour, icon, label = table[state]
    return {"tone": colour, "icon": icon, "label": label}


def why(unfit: str) -> str:
    """Why somebody may not do this, in words; "" when he may."""
    return messages.detail("not_permitted", {"why": unfit}) if unfit else ""
