"""Forms made from the table of fields, so that page, API and rule ask for the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from bihuan.accounts.queries import units
from bihuan.cases.fields import FIELDS, Field, clean
from bihuan.cases.queries import UNROUTED
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid
from bihuan.desk.shown import say
from bihuan.notify import queries as notices
from bihuan.web import messages
from bihuan.web.asking import Refusable

Choices = Sequence[tuple[str, str]]
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
    "retract": "撤回处理决定",
    "notify": "告知处理结果",
    "plan": "安排跟进",
    "note": "内部备注",
    "add_material": "补充材料",
    "assign": "转派",
    "classify": "改类",
    "approve_kind": "复核改类",
    "keep_kind": "维持原性质",
    "set_severity": "调整严重程度",
    "approve_severity": "复核严重程度",
    "keep_severity": "维持原严重程度",
    "set_tier": "调整响应级别",
    "set_priority": "调整优先级",
    "escalate": "上报主管",
    "tag": "标签",
    "pause": "暂停计时",
    "approve_pause": "同意暂停",
    "ask_identity": "请用户验证身份",
    "waive_identity": "免验证受理",
    "resume": "恢复计时",
    "merge": "并案",
    "unmerge": "撤销并案",
    "split": "拆分",
    "reopen": "重新处理",
}
#: Ways that are offered only where the house has them.
_UNSURE = frozenset({"sms", "wechat", "push"})


class Shown(Refusable):
    """A form that only shows: the rooms check what was filled in and name the faults."""

    use_required_attribute = True

    def full_clean(self) -> None:
        """Nothing is checked twice, so no field is told two different things."""
        self._errors = ErrorDict()
        self.cleaned_data = {}


class Files(forms.ClearableFileInput):
    """One field for several files."""

    allow_multiple_selected = True


class StepForm(Shown):
    """The fields of one or several steps; `prefixed` or several: names are `step-field`."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        steps: Sequence[str],
        *,
        book: Handbook | None = None,
        people_: Choices = (),
        prefixed: bool = False,
    ) -> None:
        super().__init__(data)
        self.steps = tuple(steps)
        self.book, self.people_ = book, list(people_)
        self.prefixed = prefixed or len(self.steps) > 1
        for step in steps:
            for field in FIELDS[step]:
                self._add(step, field)

    def name_of(self, step: str, field: str) -> str:
        """What a field of a step is called in this form."""
        return f"{step}-{field}" if self.prefixed else field

    def _add(self, step: str, field: Field) -> None:
        name = self.name_of(step, field.name)
        if field.kind == "follow_ups":
            for n in range(1, PLANS + 1):
                self._add_plan(name, n)
        elif field.name == "issue" and self.book:
            self.fields[name] = issue_field(self.book)
        elif field.name == "reason_id" and self.book:
            self.fields[name] = hold_field(self.book)
        else:
            self.fields[name] = made(field, self.people_)
            self.fields[name].either = field.either  # type: ignore[attr-defined]
            if field.name == "severity" and self.book:
                self.fields[name].help_text = criteria(self.book)

    def _add_plan(self, name: str, n: int) -> None:
        first = n == 1
        self.fields[f"{name}-what-{n}"] = forms.CharField(
            label=_("后续跟进措施") if first else _("措施 {n}").format(n=n),
            required=first,
            max_length=300,
            help_text=_("例如：三天内回访确认退款到账") if first else "",
        )
        self.fields[f"{name}-owner_id-{n}"] = forms.ChoiceField(
            label=_("负责人"), required=first, choices=[("", "—"), *self.people_]
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
                values[field.name] = list(self._plans(name).values())
            elif field.kind == "moment":
                given = str(self.data.get(name) or "")
                values[field.name] = f"{given}+08:00" if given and "+" not in given else given
            else:
                values[field.name] = self.data.get(name, "")
        return values

    def _plans(self, name: str) -> dict[int, dict[str, Any]]:
        """The rows of measures by their number: the first always, the others when begun."""
        rows = {
            n: {k: self.data.get(f"{name}-{k}-{n}", "") for k in ("what", "owner_id", "due_on")}
            for n in range(1, PLANS + 1)
        }
        return {n: row for n, row in rows.items() if n == 1 or any(row.values())}

    def _faulty_row(self, step: str, base: str, key: str) -> int:
        """Which row of measures a fault is in: one its own check refuses, or the odd one out."""
        rows = self._plans(self.name_of(step, base))
        for n, row in rows.items():
            try:
                clean(step, self.raw(step) | {base: [row]})
            except Invalid as fault:
                if f"{base}.{key}" in fault.fields:
                    return n
        if key == "due_on":
            return min(rows, key=lambda n: str(rows[n]["due_on"]))
        known = {id for id, _name in self.people_}
        return next((n for n, row in rows.items() if row["owner_id"] not in known), 1)

    def refuse_step(self, step: str, fault: Invalid) -> None:
        """Show a refusal at the field that caused it."""
        words = messages.faults(fault)
        for field, why in fault.fields.items():
            name = self.name_of(step, field.split(".")[0])
            where = next((n for n in self.fields if n == name or n.startswith(f"{name}-")), None)
            if "." in field and where:
                base, _dot, key = field.partition(".")
                where = f"{name}-{key}-{self._faulty_row(step, base, key)}"
            unchosen = why == "not_a_number" and not self.data.get(where or "")
            said = messages.fault("missing", {}) if unchosen else words.get(field, why)
            self.add_error(where, said)


def unit_choices() -> list[tuple[str, str]]:
    """The departments, in the reader's language."""
    return list(units().items())


def working_units(now: str = "") -> list[tuple[str, str]]:
    """Those that can be given work: the queue of what waits is none, unless it is so now."""
    return [unit for unit in unit_choices() if unit[0] != UNROUTED or unit[0] == now]


def issue_field(book: Handbook, empty: str = "—") -> forms.ChoiceField:
    """What the trouble is, by the category it belongs to, or nothing said about it."""
    groups = [
        (say(category), [(i.id, say(i)) for i in book.issues.values() if i.category == id])
        for id, category in book.categories.items()
    ]
    return forms.ChoiceField(
        label=_("问题类型"), required=False, choices=[("", empty), *(g for g in groups if g[1])]
    )


def criteria(book: Handbook) -> str:
    """What makes a case grave, as the policy writes it, and whether that is a default (2.3.1)."""
    told = []
    for level in sorted(book.severities.values(), key=lambda one: one.rank):
        marks = [say(book.facts[fact]) for fact in level.facts]
        if level.people_over is not None:
            marks.append(_("超过 {n} 人").format(n=level.people_over))
        if level.fen_over is not None:
            marks.append(_("超过 {yuan} 元").format(yuan=level.fen_over // 100))
        if marks:
            told.append(_("{label}：{value}").format(label=say(level), value=_("、").join(marks)))
    default = any(level.default_not_handbook for level in book.severities.values())
    end = [_("（平台默认标准，手册未写明）")] if default else []
    return "".join([_("符合任一条即达到该级。"), _("；").join(told), *end])


def hold_field(book: Handbook) -> forms.ChoiceField:
    """Why a clock may stand still: what the handbook lists, with how long at most (2.3)."""
    listed = [
        (hold.id, _("{reason}（最多 {days} 天）").format(reason=say(hold), days=hold.cap_days))
        for hold in book.holds.values()
    ]
    return forms.ChoiceField(label=_("暂停事由"), choices=[("", "—"), *listed])


def _translated(choices: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(id, _(label)) for id, label in choices.items()]


def made(field: Field, people_: list[tuple[str, str]]) -> forms.Field:
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
            shut = _UNSURE - notices.ways_out() if field.name == "channel" else frozenset[str]()
            choices = [(k, _(v)) for k, v in (field.choices or {}).items() if k not in shut]
            if "" not in (field.choices or {}):  # nobody decides by not looking
                choices = [("", _("请选择") if field.required else "—"), *choices]
            return forms.ChoiceField(choices=choices, **common)
        case "flag":
            return forms.BooleanField(**common)
        case "entry":
            return forms.ChoiceField(choices=[("", _("请选择"))], **common)
        case "staff":
            return forms.ChoiceField(choices=[("", "—"), *people_], **common)
        case "department":
            return forms.ChoiceField(choices=[("", "—"), *working_units()], **common)
        case "date":
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
        case "files":
            return forms.FileField(widget=Files(attrs={"multiple": True}), **common)
        case "moment":
            picker = forms.DateTimeInput(attrs={"type": "datetime-local"})
            return forms.DateTimeField(widget=picker, **common)
    return forms.CharField(max_length=field.most, **common)
