"""The form of a canned reply, and who may use one, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.commands import BODY_MOST
from bihuan.cases.fields import PRIORITIES
from bihuan.cases.models import COMPOSERS, Macro
from bihuan.core.actors import Actor
from bihuan.desk.forms import LABELS, Shown, working_units
from bihuan.web.door import Who
from bihuan.web.words import english

SCOPES = {"own": "仅自己", "department": "本部门", "everybody": "所有人"}
VARIABLES = {
    "name": "用户称呼（按规定遮盖）",
    "number": "案件编号",
    "order": "订单号（按规定遮盖）",
    "product": "商品",
    "issue": "问题类型",
    "due": "最近一项时限",
    "next_step": "最近一项时限要完成的步骤",
    "clause": "该时限的条款",
    "department": "处理部门",
    "agent": "您的姓名",
    "platform": "平台名称",
}
FIELDS = ("name", "shortcut", "composer", "body", "priority", "tag", "assign_to", "scope")


class MacroForm(Shown):
    """Its fields; the room checks them and names the faults."""

    def __init__(self, data: Mapping[str, Any] | None, row: Macro | None, by: Actor) -> None:
        known = {name: getattr(row, name) for name in FIELDS} if row else {}
        super().__init__(data, initial={"composer": "answer", "scope": "own"} | known)
        scopes = SCOPES if queries.may_share(by) else {"own": SCOPES["own"]}
        text, pick = forms.CharField, forms.ChoiceField
        self.fields["name"] = text(label=_("名称"), max_length=60)
        self.fields["shortcut"] = text(
            label=_("快捷码"), max_length=20, required=False,
            help_text=_("在输入框里按 ; 后键入它就能找到，例如 tk"),
        )  # fmt: skip
        self.fields["composer"] = pick(
            label=_("用在哪里"), choices=[(id, _(LABELS[id])) for id in COMPOSERS]
        )
        self.fields["body"] = text(
            label=_("内容"), max_length=BODY_MOST, widget=forms.Textarea(attrs={"rows": 9})
        )
        self.fields["scope"] = pick(
            label=_("谁可以用"), choices=[(id, _(name)) for id, name in scopes.items()]
        )
        nothing = ("", _("不改"))
        self.fields["priority"] = pick(
            label=_("同时改优先级"), required=False,
            choices=[nothing, *((id, _(name)) for id, name in PRIORITIES.items())],
        )  # fmt: skip
        self.fields["tag"] = text(label=_("同时加上标签"), max_length=20, required=False)
        now = row.assign_to if row else ""
        self.fields["assign_to"] = pick(
            label=_("同时转给部门"), required=False, choices=[("", _("不转")), *working_units(now)]
        )

    def raw(self) -> dict[str, Any]:
        """What was filled in, or stands there."""
        if self.is_bound:
            return {n: self.data.get(n, "") for n in (*FIELDS, "version")}
        return {name: self.initial.get(name, "") for name in FIELDS}

    def initial_case(self, who: Who) -> str:
        """The case that a preview begins with: the first of the reader's own, else of all."""
        for view in ("mine", "all"):
            for case in queries.inbox(who["by"], view=view, limit=1, at=who["at"]).cases[:1]:
                return case.number
        return ""


def variable_list() -> list[dict[str, str]]:
    """Each variable as it is written, and what it becomes."""
    return [{"name": f"{{{{{name}}}}}", "label": _(label)} for name, label in VARIABLES.items()]


def scope_words(row: Macro) -> str:
    """Who may use it."""
    if row.scope != "department":
        return _(SCOPES[row.scope])
    unit = next((u for u in people.departments() if u.code == row.department), None)
    if unit is None:
        return _(SCOPES["department"])
    return unit.name_en if english() else unit.name
