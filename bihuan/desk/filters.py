"""What the inbox can be narrowed by, as a form and as chips that each take one away again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.accounts.queries import staff_choices
from bihuan.cases import queries
from bihuan.cases.fields import CATEGORIES, KINDS, PRIORITIES, SEVERITIES
from bihuan.core import inputs
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid
from bihuan.desk.forms import unit_choices
from bihuan.desk.shown import say
from bihuan.policy import queries as policy
from bihuan.web import messages

LABELS = {
    "state": "状态",
    "kind": "性质",
    "category": "类别",
    "issue": "问题类型",
    "severity": "严重程度",
    "priority": "优先级",
    "department": "部门",
    "owner": "处理人",
    "channel": "渠道",
    "due": "时限",
    "received_from": "收到日期从",
    "received_to": "收到日期到",
    "merchant": "商家",
    "tag": "标签",
}
DUE = {
    queries.LATE: "已超期",
    "4": "4 小时内到期",
    "24": "24 小时内到期",
    "72": "3 天内到期",
}
_PLAIN: Mapping[str, Mapping[str, str]] = {
    "kind": KINDS, "category": CATEGORIES, "severity": SEVERITIES, "priority": PRIORITIES,
    "due": DUE,
}  # fmt: skip
DAYS = ("received_from", "received_to")
Options = Sequence[tuple[str, str]]


def fields(
    given: Mapping[str, str], at: datetime, fault: Invalid | None = None
) -> list[dict[str, Any]]:
    """The form by hand: as widgets, its two hundred options are half of the time of the page."""
    book, faults = policy.current(at), messages.faults(fault) if fault else {}
    return [
        {
            "name": name,
            "label": _(label),
            "value": given.get(name, ""),
            "fault": faults.get(name, ""),
            "day": name in DAYS,
            "options": [
                (value, told, value == given.get(name)) for value, told in _choices(name, book)
            ],
            "groups": _issues(book, given.get(name, "")) if name == "issue" else [],
        }
        for name, label in LABELS.items()
    ]


def _choices(name: str, book: Handbook) -> Options:
    match name:
        case "state" | "channel":
            terms = book.states if name == "state" else book.channels
            return [(id, say(term)) for id, term in terms.items()]
        case "department":
            return unit_choices()
        case "owner":
            return [(queries.ME, _("我")), (queries.NOBODY, _("未分派")), *staff_choices()]
        case "tag":
            return [(name, name) for name in queries.tag_names().values()]
    return [(id, _(label)) for id, label in _PLAIN.get(name, {}).items()]


def _issues(book: Handbook, chosen: str) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """What the trouble is, by the category it belongs to."""
    groups = [
        (
            say(category),
            [(i.id, say(i), i.id == chosen) for i in book.issues.values() if i.category == id],
        )
        for id, category in book.categories.items()
    ]
    return [group for group in groups if group[1]]


@dataclass(frozen=True, slots=True)
class Known:
    """The names of whatever some lists are narrowed to, read once for all of them."""

    book: Handbook
    units: Mapping[str, str]
    people: Mapping[str, str]
    shops: Mapping[str, str]

    def named(self, name: str, value: str) -> str:
        """The words of one filter; the bare value when nobody knows it any more."""
        match name:
            case "department":
                return self.units.get(value, value)
            case "owner":
                return self.people.get(value, value)
            case "merchant":
                return self.shops.get(value, value)
            case "issue":
                return say(self.book.issues.get(value)) or value
        return dict(_choices(name, self.book)).get(value, value)


def known(many: Sequence[Mapping[str, str]], at: datetime) -> Known:
    """Three queries at most, however many lists; none for what no list names."""
    whose = [int(one["owner"]) for one in many if one.get("owner", "").isdecimal()]
    shops = [int(one["merchant"]) for one in many if one.get("merchant", "").isdecimal()]
    names = people.staff_names(whose) if whose else {}
    sold = people.merchant_names(shops) if shops else {}
    return Known(
        policy.current(at),
        dict(unit_choices()) if any("department" in one for one in many) else {},
        {queries.ME: _("我"), queries.NOBODY: _("未分派"), **{str(i): n for i, n in names.items()}},
        {str(id): name for id, name in sold.items()},
    )


def chips(given: Mapping[str, str], around: Mapping[str, str], to: Known) -> list[dict[str, str]]:
    """One for each filter that is set, with the address of the same list without it."""
    return [
        {
            "label": _(LABELS[name]),
            "value": to.named(name, given[name]),
            "url": "?" + urlencode({**around, **{n: v for n, v in given.items() if n != name}}),
        }
        for name in LABELS
        if name in given
    ]


def gone(given: Mapping[str, str], missing: Sequence[str], to: Known) -> str:
    """What a saved view names that is no longer there, in one sentence; "" when all is."""
    if not missing:
        return ""
    told = [f"{_(LABELS[name])}“{to.named(name, given[name])}”" for name in missing]
    return _("这个视图里的{what}已不存在，请修改或删除视图。").format(what=_("、").join(told))


def read(given: Mapping[str, Any]) -> dict[str, str]:
    """The filters of an address, cleaned; a shop may be named as people know it."""
    found = {n: inputs.words(given.get(n), field=n, most=40) for n in queries.FIELDS}
    kept = {name: value for name, value in found.items() if value}
    if "merchant" in kept and not kept["merchant"].isdecimal():
        kept["merchant"] = _shop(kept["merchant"])
    for name in DAYS:
        if name in kept:
            kept[name] = inputs.day(kept[name], field=name).isoformat()
    return kept


def _shop(name: str) -> str:
    try:
        return str(people.merchant_id(name))
    except Invalid:
        raise Invalid({"merchant": "no_such_merchant"}) from None
