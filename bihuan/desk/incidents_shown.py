"""What an incident looks like: its line, its page, its cases, its messages, its story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import commands as case_commands
from bihuan.cases.models import Case
from bihuan.cases.queries import unsealed
from bihuan.complaints import queries
from bihuan.complaints.models import Incident
from bihuan.complaints.queries import Reach, Sent
from bihuan.core import personal
from bihuan.desk import alike, bulk_shown
from bihuan.desk.forms import LABELS
from bihuan.desk.shown import case_sla, say
from bihuan.events import catalog
from bihuan.events.models import Event
from bihuan.policy import queries as policy
from bihuan.web import words
from bihuan.web.door import Who
from bihuan.web.words import english

MOST = 200  # cases on one page, the most urgent
STATES = {"open": ("hot", "处理中"), "mended": ("ok", "已恢复"), "closed": ("", "已结束")}


def short(row: Incident) -> dict[str, Any]:
    """Its name and how it stands."""
    tone, state = STATES[row.state]
    return {
        "number": row.number, "title": row.title, "url": row.desk_url, "tone": tone,
        "state": _(state),
    }  # fmt: skip


def line(row: Incident, reach: Reach, who: Who) -> dict[str, Any]:
    """One of the list; the names are put in for all at once."""
    return short(row) | {
        "reach": reach,
        "lead_id": row.lead_id,
        "opened": words.moment_words(row.opened_at, who["at"]),
        "first": words.moment_words(reach.first_at, who["at"]) if reach.first_at else "",
        "last": words.moment_words(reach.last_at, who["at"]) if reach.last_at else "",
    }


def named(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """With who leads each."""
    names = people.staff_names(row["lead_id"] for row in rows)
    return [row | {"lead": names.get(row["lead_id"], "")} for row in rows]


def page(row: Incident, who: Who) -> dict[str, Any]:
    """Everything of one incident that this reader may see."""
    by, at = who["by"], who["at"]
    reach = queries.reach(row, **who)
    some = list(queries.members(row, by).order_by("rank", "sort_due_at")[:MOST])
    over = row.is_over
    note = queries.note(row)
    return {
        "row": row,
        "incident": named([line(row, reach, who)])[0],
        "unit": say(policy.current(at).departments.get(row.department)),
        "times": _times(row, at),
        "cases": _cases(some, who),
        "more": max(reach.cases - len(some), 0),
        "told": _messages(queries.sent(row, by), row, who),
        "likely": [] if over else alike.listed(queries.suggested(row, by, at), at),
        "removed": _removed(row, who),
        "story": _story(queries.story(row, by), who),
        "note_shown": note.text if note else "",
        "may_lead": not over and queries.led_by(row, by),
        "may_add": not over,
        "may_close": row.state == "mended" or not reach.cases,
    } | _raised(row, reach, who)


def _times(row: Incident, at: datetime) -> list[tuple[str, str]]:
    found = [
        (_("开始"), row.started_at), (_("发现"), row.found_at), (_("恢复"), row.ended_at),
        (_("结束"), row.closed_at),
    ]  # fmt: skip
    return [(label, words.moment_words(moment, at)) for label, moment in found if moment]


def _cases(some: Sequence[Case], who: Who) -> list[dict[str, Any]]:
    book = policy.current(who["at"])
    owners = people.staff_names(case.owner_id for case in some)
    shops = people.merchant_names({case.merchant_id for case in some if case.merchant_id})
    return [
        {
            "number": case.number,
            "url": case.desk_url,
            "subject": unsealed(case.subject),
            "shop": shops.get(case.merchant_id, ""),
            "state": say(book.states.get(case.state)),
            "severity": say(book.severities.get(case.severity)),
            "owner": owners.get(case.owner_id, ""),
            "sla": case_sla(case, who["at"]),
        }
        for case in some
    ]


def _messages(sent: Sequence[Sent], row: Incident, who: Who) -> list[dict[str, Any]]:
    names = people.staff_names(one.message.by_id for one in sent)
    return [_message(one, names.get(one.message.by_id, ""), row, who) for one in sent]


def _message(one: Sent, writer: str, row: Incident, who: Who) -> dict[str, Any]:
    """Who leads the incident is offered all the rest, others the cases that they work on."""
    rest = one.rest
    if not queries.led_by(row, who["by"]):
        rest = [case for case in rest if case_commands.may_work(case, who["by"])]
    return {
        "label": _(LABELS[one.message.action]),
        "text": personal.mask(one.text),
        "writer": writer,
        "at": words.moment_words(one.message.at, who["at"]),
        "done": one.done,
        "waiting": one.waiting,
        "failed": [
            {"number": number, "url": f"/desk/cases/{number}/", "why": bulk_shown.why(why)}
            for number, why in one.failed
        ],
        "rest": len(rest),
        "rest_url": f"/desk/incidents/messages/{one.message.id}/rest/",
    }


def _raised(row: Incident, reach: Reach, who: Who) -> dict[str, Any]:
    """What so many people, or a fault of the system, would make of its cases."""
    found: dict[str, Any] = {"graver": None, "faults": 0}
    if row.is_over or not queries.led_by(row, who["by"]):
        return found
    if wanted := queries.severity_wanted(reach, who["at"]):
        lower = queries.below_severity(row, wanted, who["by"], who["at"]).count()
        rung = policy.current(who["at"]).severities[wanted]
        if lower:
            found["graver"] = {
                "id": wanted, "label": say(rung), "many": lower, "over": rung.people_over,
            }  # fmt: skip
    return found | {"faults": queries.below_tier_three(row, who["by"]).count()}


def _removed(row: Incident, who: Who) -> list[dict[str, Any]]:
    rows = queries.removed(row, who["by"])
    names = people.staff_names(one.removed_by for one in rows)
    return [
        {
            "number": one.number,
            "url": f"/desk/cases/{one.number}/",
            "reason": one.reason,
            "by": names.get(one.removed_by, ""),
            "at": words.moment_words(one.removed_at, who["at"]) if one.removed_at else "",
        }
        for one in rows
    ]


def _story(events: Sequence[Event], who: Who) -> list[dict[str, Any]]:
    names = people.staff_names(event.actor_id for event in events)
    return [_told(event, names.get(event.actor_id, ""), who) for event in events]


def _told(event: Event, name: str, who: Who) -> dict[str, Any]:
    """A total is shown to whoever ordered it: it may count cases that others do not see."""
    mine = event.actor_id == who["by"].id
    kind = catalog.CATALOG[event.kind]
    number = event.data["number"] if event.kind.startswith("incident.case_") else ""
    return {
        "icon": kind.icon,
        "label": kind.label_en if english() else kind.label,
        "at": words.moment_words(event.at, who["at"]),
        "by": name,
        "number": number,
        "url": f"/desk/cases/{number}/" if number else "",
        "total": event.data.get("total", 0) if mine else 0,
    }
