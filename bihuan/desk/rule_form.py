"""The form of one routing rule."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases.fields import CATEGORIES, KINDS, SEVERITIES
from bihuan.cases.routing import shape
from bihuan.cases.routing.faults import inward
from bihuan.cases.routing.shape import Rule
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid
from bihuan.desk.forms import Choices, Shown, working_units
from bihuan.desk.rule_words import LANGUAGES
from bihuan.desk.shown import say

BETWEEN = re.compile(r"[,，、;；\n]+")
MOST_FEN = 10**12
SEVERAL = (*shape.LISTS, "merchants")


class RuleForm(Shown):
    """Which cases, and where to; the room checks what was filled in (Shown)."""

    def __init__(self, data: QueryDict | None, *, book: Handbook, rule: Rule | None = None) -> None:
        super().__init__(data, initial=_initial(rule) if rule else None)
        units = working_units()
        issues = [
            (say(category), [(i.id, say(i)) for i in book.issues.values() if i.category == id])
            for id, category in book.categories.items()
        ]
        priorities = [(id, say(term)) for id, term in book.priorities.items()]
        self.fields["name"] = forms.CharField(
            label=_("规则名称"),
            max_length=shape.NAME_MOST,
            help_text=_("写给同事看，例如：大额订单"),
        )
        self._boxes("kinds", _("性质"), [(id, _(label)) for id, label in KINDS.items()])
        self._boxes("channels", _("渠道"), [(id, say(book.channels[id])) for id in inward(book)])
        self._boxes("categories", _("类别"), [(id, _(label)) for id, label in CATEGORIES.items()])
        self._list("issues", _("问题类型"), [group for group in issues if group[1]])
        self._choice("severity", _("严重程度不低于"), [(i, _(v)) for i, v in SEVERITIES.items()])
        self._boxes("priorities", _("优先级"), priorities)
        self._list("merchants", _("商家"), [(str(m.id), m.name) for m in people.merchants()])
        self.fields["words"] = forms.CharField(
            label=_("文中词语"), required=False, help_text=_("出现其一即可，用顿号隔开")
        )
        self.fields["fen_over"] = forms.CharField(
            label=_("订单实付超过（元）"),
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )
        self._boxes("languages", _("语言"), [(id, _(label)) for id, label in LANGUAGES.items()])
        self._choice("department", _("主办部门"), units, required=True)
        self._choice("fallback", _("后备部门"), units, _("主办部门无人当值时"))
        skills = [(name, name) for name in people.skill_names()]
        self._choice("skill", _("优先的技能"), skills, _("技能在“团队”页登记"))
        self._choice("priority", _("优先级不低于"), priorities, _("只会调高，不会调低"))

    def _boxes(self, name: str, label: str, choices: Choices) -> None:
        self.fields[name] = forms.MultipleChoiceField(
            label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )

    def _list(self, name: str, label: str, choices: Any) -> None:
        self.fields[name] = forms.MultipleChoiceField(
            label=label, required=False, choices=choices, help_text=_("可多选；不选即不限"),
            widget=forms.SelectMultiple(attrs={"size": 6}),
        )  # fmt: skip

    def _choice(
        self, name: str, label: str, choices: Choices, help: str = "", *, required: bool = False
    ) -> None:
        empty = _("请选择") if required else "—"
        self.fields[name] = forms.ChoiceField(
            label=label, required=required, choices=[("", empty), *choices], help_text=help
        )

    def rule(self) -> Rule:
        """What was filled in. Invalid names each field that cannot be read."""
        given: dict[str, Any] = {name: self.data.get(name, "") for name in self.fields}
        given |= {name: self.data.getlist(name) for name in SEVERAL}  # type: ignore[attr-defined]
        given["words"] = [word.strip() for word in BETWEEN.split(given["words"])]
        given["fen_over"] = fen(given["fen_over"])
        return shape.rule(given)

    def conditions(self) -> list[forms.BoundField]:
        """The fields that say which cases are meant."""
        names = (
            "kinds", "channels", "categories", "issues", "severity", "priorities", "merchants",
            "words", "fen_over", "languages",
        )  # fmt: skip
        return [self[name] for name in names]

    def targets(self) -> list[forms.BoundField]:
        """The fields that say where they go."""
        return [self[name] for name in ("department", "fallback", "skill", "priority")]


def fen(text: str) -> int | None:
    """Yuan as somebody writes them, in whole fen; None when nothing was written."""
    plain = text.strip().replace(",", "").replace("，", "")
    if not plain:
        return None
    try:
        found = Decimal(plain) * 100
        whole = int(found)
    except (ArithmeticError, ValueError):
        raise Invalid({"fen_over": "not_a_number"}) from None
    if whole != found or not 0 <= whole <= MOST_FEN:
        raise Invalid({"fen_over": "not_a_number"})
    return whole


def _initial(rule: Rule) -> dict[str, Any]:
    kept = rule.kept()
    kept["words"] = "、".join(rule.words)
    if rule.fen_over is not None:
        yuan, rest = divmod(rule.fen_over, 100)
        kept["fen_over"] = f"{yuan}.{rest:02}" if rest else str(yuan)
    kept["merchants"] = [str(id) for id in rule.merchants]
    return kept
