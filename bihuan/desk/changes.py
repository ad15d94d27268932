"""What an event changed, in words: to whom, from what to what, which step and by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.fields import CHANNELS as WAYS
from bihuan.cases.fields import OUTCOMES
from bihuan.cases.models import Case
from bihuan.core.handbook import Handbook
from bihuan.desk.shown import say
from bihuan.web import words

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What the words of a whole timeline are made of, read once."""

    book: Handbook
    names: Mapping[int, str]
    measures: Mapping[int, str]
    tags: Mapping[int, str]
    at: datetime


def known(case: Case, items: Sequence[queries.Item], at: datetime) -> Known:
    """The names of everybody who acted or was named, the measures and the tags, in few queries."""
    ids = {item.actor for item in items}
    ids |= {_number(item.data.get(key)) for item in items for key in ("owner", "staff")}
    ids |= {id for item in items for id in _listed(item.data.get("told"))}
    ids |= {_number(_before(item).get("owner")) for item in items}
    measures = {m.id: queries.unsealed(m.what) for m in queries.follow_ups(case)}
    tags = {t for i in items for key in ("tags", "untagged") for t in _listed(i.data.get(key))}
    names = queries.tag_names(tags) if tags else {}
    return Known(queries.handbook(case), people.staff_names(ids), measures, names, at)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def told(item: queries.Item, to: Known) -> str:
    """What stands behind the label of this event; "" where the label says it all."""
    read = _READ.get(item.kind)
    return read(item.data, to) if read else ""


def moved(item: queries.Item, to: Known) -> str:
    """The same with what was before, also of a hand-over: from whom to whom."""
    now = told(item, to)
    if item.kind != "case.assigned" or not _before(item):
        return now
    before = _assigned(_before(item), to)
    return f"{before or _('无人经办')} → {now}" if before != now else now


def _before(item: queries.Item) -> Data:
    found = item.data.get("before")
    return found if isinstance(found, dict) else {}


def _assigned(data: Data, to: Known) -> str:
    unit = say(to.book.departments.get(str(data.get("department", ""))))
    owner = to.names.get(_number(data.get("owner")), "")
    return " · ".join(part for part in (unit, owner) if part)


def _changed(data: Data, to: Known) -> str:
    """Old and new of every value that is another now."""
    before, after = data.get("before", {}), data.get("after", {})
    parts = [
        f"{_named(name, before[name], to)} → {_named(name, after[name], to)}"
        for name in before
        if before[name] != after.get(name)
    ]
    return _("、").join(parts)


def _named(name: str, value: object, to: Known) -> str:
    tables: Mapping[str, Mapping[str, Any]] = {
        "kind": to.book.kinds, "category": to.book.categories, "issue": to.book.issues,
        "severity": to.book.severities, "priority": to.book.priorities,
    }  # fmt: skip
    if name == "tier":
        return _("{n} 级响应").format(n=value)
    return say(tables.get(name, {}).get(str(value))) or str(value)


def _proposed(data: Data, to: Known) -> str:
    return say(to.book.severities.get(str(data.get("severity"))))


def _kind(data: Data, to: Known) -> str:
    return say(to.book.kinds.get(str(data.get("asked", {}).get("kind"))))


def _step(data: Data, to: Known) -> str:
    name = say(to.book.milestones.get(str(data.get("milestone"))))
    due = data.get("due_at")
    if not due:
        return name
    due = words.due_moment(datetime.fromisoformat(str(due)), to.at)
    return _("{step}（{due}）").format(step=name, due=due)


def _climbed(data: Data, to: Known) -> str:
    """To whom it was reported, by name (2.3.2)."""
    names = _("、").join(to.names[id] for id in _listed(data.get("told")) if id in to.names)
    rung = _("第 {n} 级").format(n=data.get("rung"))
    return " · ".join(part for part in (rung, names, _step(data, to)) if part)


def _other(data: Data, to: Known) -> str:
    return str(data.get("other", ""))


def _outcome(data: Data, to: Known) -> str:
    said = OUTCOMES.get(str(data.get("outcome")), "")
    return _(said) if said else ""  # the catalogue answers an empty text with its own head


def _measure(data: Data, to: Known) -> str:
    return to.measures.get(_number(data.get("follow_up")), "")


def _reviewed(data: Data, to: Known) -> str:
    return _("需要内部调查") if data.get("investigation") else _("无需内部调查")


def _channel(data: Data, to: Known) -> str:
    return say(to.book.channels.get(str(data.get("channel"))))


def _told_by(data: Data, to: Known) -> str:
    """How the result was told, where that was agreed (2.4.1)."""
    way = WAYS.get(str(data.get("channel", "")), "")
    return _(way) if way and data.get("channel") else ""


def _colleague(data: Data, to: Known) -> str:
    return to.names.get(_number(data.get("staff")), "")


def _tags(data: Data, to: Known) -> str:
    """What was put on, and what was taken off."""
    signs = (("+", "tags"), ("−", "untagged"))
    parts = [
        f"{sign}{to.tags[id]}"
        for sign, key in signs
        for id in _listed(data.get(key))
        if id in to.tags
    ]
    return " ".join(parts)


def _handled(data: Data, to: Known) -> str:
    """Which step of the handling."""
    return say(to.book.handling.get(str(data.get("step"))))


def _trade(data: Data, to: Known) -> str:
    """Of what trade is the party that was asked."""
    return say(to.book.party_kinds.get(str(data.get("trade"))))


def _listed(value: object) -> Sequence[int]:
    return value if isinstance(value, list) else ()


_READ = {
    "case.filed": _channel,
    "case.assigned": _assigned,
    "case.classified": _changed,
    "case.complained": _changed,
    "case.kind_approved": _changed,
    "case.kind_kept": _kind,
    "case.kind_proposed": _kind,
    "case.severity_set": _changed,
    "case.severity_approved": _changed,
    "case.tier_set": _changed,
    "case.priority_set": _changed,
    "case.severity_kept": _proposed,
    "case.severity_proposed": _proposed,
    "case.reviewed": _reviewed,
    "case.decision_retracted": _outcome,
    "case.resolved": _outcome,
    "case.result_notified": _told_by,
    "case.tagged": _tags,
    "case.reader_added": _colleague,
    "case.reader_removed": _colleague,
    "case.mentioned": _colleague,
    "case.escalated": _changed,
    "case.urged": _step,
    "case.merged": _other,
    "case.unmerged": _other,
    "case.split": _other,
    "case.follows": _other,
    "case.followed_by": _other,
    "clock.missed": _step,
    "clock.warned": _step,
    "clock.escalated": _climbed,
    "accountability.opened": _step,
    "handling.done": _handled,
    "handling.skipped": _handled,
    "handling.undone": _handled,
    "inquiry.asked": _trade,
    "inquiry.answered": _trade,
    "inquiry.dropped": _trade,
    "inquiry.late": _trade,
    "follow_up.done": _measure,
    "follow_up.escalated": _measure,
    "follow_up.late": _measure,
    "follow_up.undone": _measure,
    "message.delivered": _channel,
    "message.failed": _channel,
}
