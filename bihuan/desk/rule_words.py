"""A routing rule, what is wrong with it and what changed, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases.routing.faults import Fault
from bihuan.cases.routing.shape import Rule
from bihuan.core.handbook import Handbook
from bihuan.desk.forms import unit_choices
from bihuan.desk.shown import say
from bihuan.web import words

LANGUAGES = {"zh": "中文", "en": "英文", "other": "其他语言"}
#: Conditions by the field of the rule, and the sentence each is part of.
_SAID = {
    "kinds": "性质是{values}",
    "channels": "渠道是{values}",
    "categories": "类别是{values}",
    "issues": "问题是{values}",
    "priorities": "优先级是{values}",
    "merchants": "商家是{values}",
    "languages": "语言是{values}",
    "words": "文中提到{values}",
}
_FAULTS = {
    "shadowed": "永远轮不到：前面的“{other}”已经全部接走",
    "contradictory": "条件互相矛盾，没有案件能同时满足",
    "issue_of_another_category": "所选问题不属于所选类别",
    "override_first": "手册的特别规定“{other}”总是先行，规则不能改变",
    "unknown_department": "没有这个部门",
    "department_empty": "“{other}”没有任何人员",
    "same_department": "后备部门与主办部门相同",
    "skill_nobody_has": "主办部门没有人具备“{other}”",
    "duplicate_name": "与另一条规则重名",
    "not_known": "“{other}”已不在手册中",
    "gap": "类别“{other}”在手册中没有主办部门",
}


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words for the ids that rules are made of, in the reader's language."""

    book: Handbook
    units: Mapping[str, str] = field(default_factory=lambda: dict(unit_choices()))
    shops: Mapping[int, str] = field(default_factory=dict)

    def of(self, name: str, value: Any) -> str:
        """A value of this field of a rule."""
        if name == "merchants":
            return self.shops.get(value, str(value))
        if name == "languages":
            return _(LANGUAGES.get(value, value))
        if name == "words":
            return _("“{word}”").format(word=value)
        return say(getattr(self.book, name).get(value)) or str(value)

    def unit(self, id: str) -> str:
        """A department."""
        return self.units.get(id) or say(self.book.departments.get(id)) or id

    def rule(self, one: Rule) -> str:
        """The whole rule as one sentence."""
        found = [
            _(said).format(values=_("或").join(self.of(name, v) for v in getattr(one, name)))
            for name, said in _SAID.items()
            if getattr(one, name)
        ]
        if one.severity:
            grave = say(self.book.severities.get(one.severity)) or one.severity
            found.append(_("严重程度不低于{value}").format(value=grave))
        if one.fen_over is not None:
            found.append(_("订单实付超过 {money} 元").format(money=words.money(one.fen_over)))
        unit = self.unit(one.department)
        if not found:
            return _("其余的都交给{unit}").format(unit=unit)
        return _("{conditions}，交给{unit}").format(conditions=_("，且").join(found), unit=unit)

    def extras(self, one: Rule) -> list[str]:
        """What else the rule asks for."""
        found = []
        if one.fallback:
            found.append(_("无人当值时转{unit}").format(unit=self.unit(one.fallback)))
        if one.skill:
            found.append(_("优先分给会“{skill}”的人").format(skill=one.skill))
        if one.priority:
            least = say(self.book.priorities.get(one.priority))
            found.append(_("优先级不低于{value}").format(value=least))
        return found

    def fault(self, one: Fault) -> str:
        """What is wrong, and what stands in the way."""
        named = {
            "override_first": self.book.overrides,
            "gap": self.book.categories,
        }.get(one.code, {})
        other = say(named.get(one.other)) if named else one.other
        if one.code == "department_empty":
            other = self.unit(one.other)
        return _(_FAULTS[one.code]).format(other=other)


def tongue(book: Handbook, *lists: Sequence[Rule]) -> Tongue:
    """With the names of the shops that these rules speak of."""
    shops = {id for rules in lists for one in rules for id in one.merchants}
    return Tongue(book, shops=people.merchant_names(shops) if shops else {})


def rows(
    rules: Sequence[Rule],
    said: Tongue,
    *,
    live: Sequence[Rule] | None = None,
    faults: Sequence[Fault] = (),
    used: Mapping[str, int] | None = None,
) -> list[dict[str, Any]]:
    """The rules in their order as the page lists them; beside `live`, what is new in each."""
    before = {one.name: one for one in live or ()}
    moved = _moved(rules, live) if live is not None else set()
    return [
        {
            "place": place,
            "name": one.name,
            "says": said.rule(one),
            "extras": said.extras(one),
            "faults": [said.fault(fault) for fault in faults if fault.place == place],
            "change": "" if live is None else _change(one, before, moved),
            "used": (used or {}).get(one.name, 0),
            "first": place == 1,
            "last": place == len(rules),
            "up": place - 1,
            "down": place + 1,
        }
        for place, one in enumerate(rules, start=1)
    ]


def _change(one: Rule, before: Mapping[str, Rule], moved: set[str]) -> str:
    if one.name not in before:
        return _("新增")
    if before[one.name] != one:
        return _("已修改")
    return _("已移动") if one.name in moved else ""


def _moved(rules: Sequence[Rule], live: Sequence[Rule]) -> set[str]:
    """Those that stand before or behind others than they did, of the rules that both lists have."""
    old = [one.name for one in live if one.name in {r.name for r in rules}]
    new = [one.name for one in rules if one.name in set(old)]
    return {name for name, was in zip(new, old, strict=True) if name != was}


def removed(rules: Sequence[Rule], live: Sequence[Rule]) -> list[str]:
    """The names of rules in force that the draft has not."""
    kept = {one.name for one in rules}
    return [one.name for one in live if one.name not in kept]
