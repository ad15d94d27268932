"""What is asked about a missed deadline, an objection to it, and what is put right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bihuan.accounts import queries as people
from bihuan.complaints import rules
from bihuan.complaints.commands import REASON_MOST, WHAT_MOST, WORDS_MOST
from bihuan.complaints.loader import causes
from bihuan.core.actors import Actor
from bihuan.web.asking import ASKED, Refusable
from bihuan.web.words import english

NOBODY = ("", "—")


def text(label: Any, help_text: Any = "", rows: int = 4, most: int = WORDS_MOST) -> forms.CharField:
    """Words of some length, judged by the command."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        error_messages=ASKED,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": most}),
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        error_messages={**ASKED, "invalid": _("请填写日期，例如 2026-02-13")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def colleagues() -> list[tuple[str, str]]:
    """Everybody active, to choose from."""
    units = {unit.code: unit for unit in people.departments()}
    found = [NOBODY]
    for one in people.everybody():
        unit = units.get(one.department)
        name = (unit.name_en if english() else unit.name) if unit else one.department
        found.append((str(one.id), f"{one.name} · {name}" if name else one.name))
    return found


def _units() -> list[tuple[str, str]]:
    listed = people.departments()
    return [NOBODY, *((u.unit, u.name_en if english() else u.name) for u in listed)]


def _causes() -> list[tuple[str, str]]:
    listed = causes().values()
    return [NOBODY, *((one.id, one.en if english() else one.zh) for one in listed)]


class Explanation(Refusable):
    """Lengths and characters are judged by the command; the form carries the words."""

    cause_code = forms.ChoiceField(label=_("原因分类"), error_messages=ASKED, choices=_causes)
    cause = text(_("超时原因"), _("写明事实与责任环节，不写用户的个人信息"), 5)
    measure = text(_("整改措施"), _("写明由谁、在何时之前、做什么，避免再次发生"), 5)

    use_required_attribute = False


class Objection(Refusable):
    """Why the record is not his."""

    grounds = text(_("申诉理由"), _("写明为什么不应由您负责，以及可以核实的事实"), 6)

    use_required_attribute = False


class Decision(Refusable):
    """How an objection is decided, and who answers instead."""

    outcome = forms.ChoiceField(
        label=_("裁决"),
        error_messages=ASKED,
        widget=forms.RadioSelect,
        choices=[
            ("upheld", _("支持：撤销这份记录")),
            ("changed", _("变更：由其他人员或部门负责")),
            ("dismissed", _("不支持：维持记录")),
        ],
    )
    staff_id = forms.ChoiceField(
        label=_("变更为（人员）"),
        required=False,
        choices=colleagues,
        help_text=_("选择“变更”时填写人员或部门"),
    )
    department = forms.ChoiceField(label=_("变更为（部门）"), required=False, choices=_units)
    reason = text(_("裁决理由"), _("申诉人和有关人员会看到"), 5)

    use_required_attribute = False


class Task(Refusable):
    """What is to be put right, by whom and when."""

    what = text(_("整改内容"), _("写明做什么、怎样算完成"), 4, WHAT_MOST)
    owner_id = forms.ChoiceField(label=_("负责人"), error_messages=ASKED, choices=colleagues)
    due_on = _day(_("完成日期"))

    use_required_attribute = False


class Evidence(Refusable):
    """What shows that it was done."""

    evidence = text(_("完成证据"), _("写明做了什么、何时完成、在哪里可以核实"), 4)

    use_required_attribute = False


class Return(Refusable):
    """What is still missing."""

    reason = text(_("退回理由"), _("写明还缺什么"), 3)

    use_required_attribute = False


class Taking(Refusable):
    """What is taken away as a file; personal data only by those who may."""

    what = forms.ChoiceField(
        label=_("导出什么"),
        choices=[
            ("cases", _("案件（收到日期从所填日期起，直到现在）")),
            ("on_time", _("按时率")),
            ("accountability", _("问责情况")),
            ("drift", _("定级差异")),
        ],
    )
    first = _day(_("从（案件按收到日）"))
    last = _day(_("到（含当天）"))
    format = forms.ChoiceField(
        label=_("文件格式"),
        widget=forms.RadioSelect,
        choices=[
            ("xlsx", "Excel (.xlsx)"),
            ("csv", "CSV (.csv)"),
            ("jsonl", "JSON Lines (.jsonl)"),
        ],
    )
    personal = forms.BooleanField(
        label=_("包含用户姓名、手机号和邮箱原文（只用于案件）"), required=False
    )
    reason = forms.CharField(
        label=_("导出个人信息的理由"),
        required=False,
        help_text=_("勾选上一项时必填，写明用途；会留下记录"),
        max_length=REASON_MOST,
    )

    use_required_attribute = False

    def __init__(self, *given: Any, by: Actor, **named: Any) -> None:
        super().__init__(*given, **named)
        if not rules.may_take_personal(by):
            del self.fields["personal"], self.fields["reason"]
