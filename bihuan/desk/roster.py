"""What the team page shows of each member of staff: presence, shifts, load, what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.accounts.models import Qualification, Shift
from bihuan.accounts.queries import Colleague, Roster
from bihuan.cases.queries import figures
from bihuan.desk.forms import unit_choices
from bihuan.desk.listing import INBOX, MONDAY
from bihuan.desk.team_forms import HELD, REASONS, clock
from bihuan.policy import queries as policy
from bihuan.web import charts, words
from bihuan.web.door import Who

TEAM = "/desk/team/"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is read once for the whole page."""

    who: Who
    today: date
    warn_by: date
    rosters: Mapping[int, Roster]
    demands: Mapping[str, Sequence[str]]
    on_duty: frozenset[int]
    loads: Mapping[int, figures.Load]


def sight(who: Who) -> Sight:
    """Six queries, however large the house."""
    today = words.local(who["at"]).date()
    warned = timedelta(days=policy.default("qualification_warning", who["at"]))
    return Sight(
        who, today, today + warned, people.rosters(today), people.demands(),
        people.on_duty_ids(who["at"]), figures.loads(who["by"], who["at"]),
    )  # fmt: skip


def departments(seen: Sight) -> list[dict[str, Any]]:
    """Everybody by department; those of none last."""
    team: dict[str, list[Colleague]] = {}
    for one in people.everybody():
        team.setdefault(one.department, []).append(one)
    units = [*unit_choices(), ("", _("不属于部门"))]
    return [
        {
            "id": id,
            "name": name,
            "demands": list(seen.demands.get(id, ())),
            "people": [member(one, seen) for one in team.get(id, [])],
            "there": sum(one.id in seen.on_duty for one in team.get(id, [])),
        }
        for id, name in units
        if team.get(id)
    ]


def member(one: Colleague, seen: Sight) -> dict[str, Any]:
    """One line of the page."""
    roster = seen.rosters.get(one.id) or Roster()
    load = seen.loads.get(one.id) or figures.Load(one.id, 0, 0, 0)
    return {
        "id": one.id,
        "name": one.name,
        "url": f"{TEAM}{one.id}/",
        "cases_url": f"{INBOX}?view=all&owner={one.id}",
        "state": _state(one, roster, seen),
        "bar": charts.load_bar(
            name=one.name, over=load.over, soon=load.soon, ok=load.ok, cap=one.capacity
        ),
        "total": load.total,
        "capacity": one.capacity,
        "shifts": shifts(roster.shifts),
        "held": [held(row, seen) for row in roster.held],
        "lacking": roster.lacking(seen.demands.get(one.department, ()), seen.today),
    }


def _state(one: Colleague, roster: Roster, seen: Sight) -> dict[str, str]:
    away = roster.away(seen.today)
    if away:
        until = words.date_words(away.last_on, seen.today)
        return {"tone": "warn", "icon": "calendar-x", "label": _("请假至{day}").format(day=until)}
    if not one.on_duty:
        return {"tone": "", "icon": "circle-minus", "label": _("不在岗")}
    if one.id not in seen.on_duty:
        return {"tone": "", "icon": "moon", "label": _("班外")}
    return {"tone": "ok", "icon": "circle-check", "label": _("当值")}


def shifts(rows: Sequence[Shift]) -> list[str]:
    """The week in words: days with the same hours together."""
    hours: dict[str, list[int]] = {}
    for row in rows:
        told = f"{clock(row.starts)}–{clock(row.ends)}"
        hours.setdefault(told, []).append(row.weekday)
    names = {day: words.weekday_words(MONDAY + timedelta(days=day - 1)) for day in range(1, 8)}
    return [f"{_('、').join(names[day] for day in days)} {told}" for told, days in hours.items()]


def held(row: Qualification, seen: Sight) -> dict[str, Any]:
    """A skill or qualification; it warns before it ends, and when it has."""
    until = row.valid_until
    tone, icon, told = "", "", ""
    if until:
        told = _("至{day}").format(day=words.date_words(until, seen.today))
        if until < seen.today:
            tone, icon, told = "bad", "badge-x", _("{day}已过期").format(
                day=words.date_words(until, seen.today)
            )  # fmt: skip
        elif until <= seen.warn_by:
            tone, icon = "warn", "triangle-alert"
    return {
        "id": row.id, "kind": _(HELD[row.kind]), "name": row.name, "until": told, "tone": tone,
        "icon": icon, "drop_url": f"{TEAM}skills/{row.id}/drop/",
    }  # fmt: skip


def warnings(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who holds what is over or nearly so, or lacks what the department demands (1.3)."""
    told = []
    for unit in found:
        for one in unit["people"]:
            told += [
                _("{name}的{kind}“{what}”{until}").format(
                    name=one["name"], kind=row["kind"], what=row["name"], until=row["until"]
                )
                for row in one["held"]
                if row["tone"]
            ]
            told += [
                _("{name}缺少{unit}要求的资质“{what}”，不会自动分到案件").format(
                    name=one["name"], unit=unit["name"], what=what
                )
                for what in one["lacking"]
            ]
    return told


def absences(roster: Roster, seen: Sight) -> list[dict[str, Any]]:
    """Now and to come; why is for those who plan and for themselves."""
    return [
        {
            "days": f"{words.date_words(row.first_on, seen.today)}—"
            f"{words.date_words(row.last_on, seen.today)}",
            "reason": _(REASONS[row.reason]),
            "end_url": f"{TEAM}absences/{row.id}/end/",
        }
        for row in roster.absences
    ]
