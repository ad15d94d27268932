"""Forms made from the table of fields, so that page, API and rule ask for the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases.fields import CATEGORIES, FIELDS, KINDS, SEVERITIES, Field
from bihuan.core.refusals import Invalid
from bihuan.desk.shown import english
from bihuan.web import messages

FILTERS = ("severity", "category", "department", "owner")
PLANS = 3  # follow-up measures one form has room for
LABELS = {
    "answer": "答复用户",
    "accept": "受理",
    "decline": "不予受理",
    "confirm_problem": "确认问题",
    "review": "初步审核",
    "propose": "提出初步方案",
    "find": "记录调查认定",
    "tell": "告知初步结果",
    "repair": "记录修复",
    "resolve": "作出处理",
    "notify": "告知处理结果",
    "plan": "安排跟进",
    "note": "内部备注",
    "assign": "转派",
    "classify": "改类",
    "set_severity": "调整严重程度",
    "approve_severity": "复核严重程度",
    "set_tier": "调整响应级别",
    "set_priority": "调整优先级",
    "merge": "并案",
    "unmerge": "撤销并案",
    "reopen": "重新处理",
}


class Shown(forms.Form):
    """A form that only shows: the rooms check what was filled in and name the faults."""

    def full_clean(self) -> None:
        """Nothing is checked twice, so no field is told two different things."""
        self._errors = ErrorDict()
        self.cleaned_data = {}


class StepForm(Shown):
    """The fields of one or several steps; `prefixed` or several: names are `step-field`."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        steps: Sequence[str],
        *,
        people_: list[Any],
        prefixed: bool = False,
    ) -> None:
        super().__init__(data)
        self.steps = tuple(steps)
        self.prefixed = prefixed or len(self.steps) > 1
        for step in steps:
            for field in FIELDS[step]:
                self._add(step, field, people_)

    def name_of(self, step: str, field: str) -> str:
        """What a field of a step is called in this form."""
        return f"{step}-{field}" if self.prefixed else field

    def _add(self, step: str, field: Field, people_: list[Any]) -> None:
        name = self.name_of(step, field.name)
        if field.kind == "follow_ups":
            for n in range(1, PLANS + 1):
                self._add_plan(name, n, people_)
            return
        self.fields[name] = made(field, people_)

    def _add_plan(self, name: str, n: int, people_: list[Any]) -> None:
        first = n == 1
        self.fields[f"{name}-what-{n}"] = forms.CharField(
            label=_("后续跟进措施") if first else _("措施 {n}").format(n=n),
            required=first,
            max_length=300,
            help_text=_("例如：三天内回访确认退款到账") if first else "",
        )
        self.fields[f"{name}-owner_id-{n}"] = forms.ChoiceField(
            label=_("负责人"), required=first, choices=[("", "—"), *people_]
        )
        self.fields[f"{name}-due_on-{n}"] = forms.DateField(
            label=_("完成日期"),
            required=first,
            widget=forms.DateInput(attrs={"type": "date"}),
        )

    def raw(self, step: str) -> dict[str, Any]:
        """What was filled in for a step, as its command's check takes it."""
        values: dict[str, Any] = {}
        for field in FIELDS[step]:
            name = self.name_of(step, field.name)
            if field.kind == "follow_ups":
                values[field.name] = self._plans(name)
            elif field.kind == "moment":
                given = str(self.data.get(name) or "")
                values[field.name] = f"{given}+08:00" if given and "+" not in given else given
            else:
                values[field.name] = self.data.get(name, "")
        return values

    def _plans(self, name: str) -> list[dict[str, Any]]:
        rows = [
            {key: self.data.get(f"{name}-{key}-{n}", "") for key in ("what", "owner_id", "due_on")}
            for n in range(1, PLANS + 1)
        ]
        return [row for n, row in enumerate(rows) if n == 0 or any(row.values())]

    def refuse(self, step: str, fault: Invalid) -> None:
        """Show a refusal at the field that caused it."""
        words = messages.faults(fault)
        for field, why in fault.fields.items():
            name = self.name_of(step, field.split(".")[0])
            where = next((n for n in self.fields if n == name or n.startswith(f"{name}-")), None)
            if "." in field:
                where = f"{name}-{field.split('.')[1]}-1" if where else None
            self.add_error(where, words.get(field, why))


def staff_choices() -> list[tuple[str, str]]:
    """Everybody who can own a case, with their department."""
    units = {u.code: u.name for u in people.departments()}
    return [
        (str(c.id), f"{c.name}（{units.get(c.department, c.department)}）")
        for c in people.everybody()
    ]


class FilterForm(Shown):
    """What a list is narrowed to; an empty choice is all."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter_%s")
        units = [(u.code, u.name_en if english() else u.name) for u in people.departments()]
        for name, label, choices in (
            ("severity", _("严重程度"), _translated(SEVERITIES)),
            ("category", _("类别"), _translated(CATEGORIES)),
            ("department", _("部门"), units),
            ("owner", _("处理人"), staff_choices()),
        ):
            every = [("", _("全部")), *choices]
            self.fields[name] = forms.ChoiceField(label=label, choices=every)


def _translated(choices: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(id, _(label)) for id, label in choices.items()]


def made(field: Field, people_: list[Any]) -> forms.Field:
    """A form field for one row of the table."""
    common: dict[str, Any] = {
        "label": _(field.label),
        "required": field.required,
        "help_text": _(field.help) if field.help else "",
    }
    match field.kind:
        case "text":
            widget = forms.Textarea(attrs={"rows": 4})
            return forms.CharField(max_length=field.most, widget=widget, **common)
        case "choice":
            choices = [(k, _(v)) for k, v in (field.choices or {}).items()]
            if not field.required and "" not in (field.choices or {}):
                choices = [("", "—"), *choices]
            return forms.ChoiceField(choices=choices, **common)
        case "flag":
            return forms.BooleanField(**common)
        case "staff":
            return forms.ChoiceField(choices=[("", "—"), *people_], **common)
        case "department":
            units = [(u.code, u.name) for u in people.departments()]
            return forms.ChoiceField(choices=[("", "—"), *units], **common)
        case "date":
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
        case "moment":
            picker = forms.DateTimeInput(attrs={"type": "datetime-local"})
            return forms.DateTimeField(widget=picker, **common)
    return forms.CharField(max_length=field.most, **common)


class NewCaseForm(Shown):
    """登记来电、来信、来访：what the desk asks while the person is still there (2.2.1)."""

    channel = forms.ChoiceField(label="渠道")
    kind = forms.ChoiceField(label="性质")
    name = forms.CharField(label="姓名", required=False, max_length=60)
    phone = forms.CharField(label="手机号", required=False, max_length=30)
    email = forms.CharField(label="电子邮箱", required=False, max_length=120)
    account = forms.CharField(label="用户账号", required=False, max_length=60)
    order_no = forms.CharField(label="订单号", required=False, max_length=60)
    text = forms.CharField(
        label="发生了什么", max_length=20_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    wish = forms.CharField(label="希望怎么解决", required=False, max_length=200)
    received_at = forms.DateTimeField(
        label="接到时间",
        required=False,
        help_text="电话为接通时间，来信为到达时间；不填即现在。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = {"phone": "电话", "counter": "线下服务中心", "email": "电子邮件", "chat": "在线客服"}
        self.fields["channel"].choices = [(k, _(v)) for k, v in ways.items()]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(k, _(v)) for k, v in KINDS.items()]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.label = _(str(field.label))
            field.help_text = _(str(field.help_text)) if field.help_text else ""
