"""What is asked at the committee and about feedback; lengths are judged by the commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _

from bihuan.core import inputs
from bihuan.core.scales import SCALES
from bihuan.web import messages
from bihuan.web.asking import ASKED, Refusable

Choices = Sequence[tuple[str, str]]
Time = TypeVar("Time", date, datetime)


class Plain(Refusable):
    """A form whose faults a command names; ids are its own, for there may be two on a page."""

    name = "form"

    def __init__(self, data: Any = None, **rest: Any) -> None:
        super().__init__(data, **rest)
        self.auto_id = f"{self.name}_%s"


class Day(forms.DateField):
    """A day of a year that can be meant."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **rest: Any) -> None:
        said = messages.fault("not_a_day", {})
        super().__init__(error_messages={**ASKED, "invalid": said}, **rest)

    def to_python(self, value: Any) -> date | None:
        return _meant(super().to_python(value), self.error_messages["invalid"])


class Moment(forms.DateTimeField):
    """A moment in Shanghai, of a year that can be meant."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **rest: Any) -> None:
        said = _("请填写日期和时间，例如 2026-02-13 16:00")
        super().__init__(error_messages={**ASKED, "invalid": said}, **rest)

    def to_python(self, value: Any) -> datetime | None:
        return _meant(super().to_python(value), self.error_messages["invalid"])


def _meant(value: Time | None, said: Any) -> Time | None:
    if value is not None and value.year not in inputs.YEARS:
        raise forms.ValidationError(said)
    return value


def _one(label: Any, choices: Choices, *, required: bool = True, **rest: Any) -> forms.ChoiceField:
    """A list to choose from, with nothing chosen at first."""
    given = [("", "—"), *choices]
    return forms.ChoiceField(
        label=label, choices=given, required=required, error_messages=ASKED, **rest
    )


def _words(label: Any, *, rows: int = 0, required: bool = True, **rest: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=label, required=required, widget=widget, strip=False, error_messages=ASKED, **rest
    )


class SeatForm(Plain):
    """Who stands for which function, from when to when."""

    def __init__(self, *args: Any, functions: Choices, staff: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["function"] = _one(_("职能"), functions)
        self.fields["staff_id"] = _one(_("委员"), staff)
        self.fields["from_on"] = Day(label=_("任期开始"))
        self.fields["until_on"] = Day(
            label=_("任期结束"), required=False, help_text=_("不填为没有确定的结束日期")
        )


class EndForm(Plain):
    """The last day of a seat."""

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["until_on"] = Day(label=_("最后一天"))


class MeetingForm(Plain):
    """When and where."""

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["starts_at"] = Moment(label=_("开始时间"))
        self.fields["place"] = _words(_("地点"), help_text=_("会议室，或线上会议的名称"))


class ItemForm(Plain):
    """What is to be decided, under which clause."""

    def __init__(self, *args: Any, clauses: Choices, staff: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["title"] = _words(_("议题"))
        self.fields["clause"] = _one(_("依据条款"), clauses)
        self.fields["put_by"] = _one(_("提出人"), staff)
        self.fields["papers"] = _words(
            _("说明和材料"), rows=5, required=False, help_text=_("不写用户的个人信息")
        )
        self.fields["numbers"] = _words(
            _("有关的案件"), required=False, help_text=_("案件编号，几件之间用逗号或空格隔开")
        )


class AttendanceForm(Plain):
    """Which seats are there."""

    def __init__(self, *args: Any, seats: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["present"] = forms.MultipleChoiceField(
            label=_("到会的席位"), choices=list(seats), widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("请勾选到会的席位")},
        )  # fmt: skip


class WordsForm(Plain):
    """One text, named as its command calls it."""

    def __init__(self, *args: Any, field: str, label: str, said: str, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields[field] = _words(label, rows=10, help_text=said)


class RecusalForm(Plain):
    """Who has an interest in an item, and which."""

    def __init__(self, *args: Any, seats: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["seat_id"] = _one(_("回避的席位"), seats)
        self.fields["reason"] = _words(_("回避的原因"))


class DecisionForm(Plain):
    """The words of a decision, its clauses, one vote a seat, and what follows."""

    name = "decision"

    def __init__(
        self, *args: Any, voters: Choices, votes: Choices, staff: Choices, replaceable: Choices,
        **rest: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **rest)
        self.voters = [id for id, _name in voters]
        self.fields["text"] = _words(_("决议内容"), rows=6, help_text=_("会公开，不写个人信息"))
        self.fields["clauses"] = _words(_("条款"), help_text=_("至少一条，例如 1.4、2.3.1"))
        for id, name in voters:
            self.fields[f"vote_{id}"] = forms.ChoiceField(
                label=name, choices=list(votes), widget=forms.RadioSelect, error_messages=ASKED
            )
        self.fields["owner_id"] = _one(
            _("由谁落实"), staff, required=False, help_text=_("没有后续工作的，负责人和日期都不填")
        )
        self.fields["due_on"] = Day(label=_("何时完成"), required=False)
        self.fields["replaces"] = _one(_("替代的决议"), replaceable, required=False)

    def votes(self) -> dict[int, str]:
        """How each seat voted."""
        return {int(id): self.cleaned_data[f"vote_{id}"] for id in self.voters}


class TriageForm(Plain):
    """One rung of each scale, and another level with its reason."""

    name = "triage"

    def __init__(
        self, *args: Any, scales: Mapping[str, tuple[str, Choices, str]], levels: Choices,
        **rest: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **rest)
        for id, (label, rungs, why) in scales.items():
            self.fields[id] = forms.ChoiceField(
                label=label, choices=list(rungs), widget=forms.RadioSelect, help_text=why,
                error_messages=ASKED,
            )  # fmt: skip
        self.fields["level"] = forms.ChoiceField(
            label=_("级别"), choices=[("", _("按上面三项得出")), *levels], required=False,
            error_messages=ASKED,
        )  # fmt: skip
        self.fields["reason"] = _words(
            _("理由"), required=False, help_text=_("改用其他级别时必须写明；记入案件的内部备注")
        )

    def values(self) -> dict[str, int]:
        """The three values."""
        return {name: int(self.cleaned_data[name]) for name in SCALES}


class PlanForm(Plain):
    """Who sees to it, by when, and what the sender is told."""

    name = "plan"

    def __init__(self, *args: Any, staff: Choices, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["owner_id"] = _one(_("负责人"), staff)
        self.fields["due_on"] = Day(label=_("计划完成日期"))
        self.fields["text"] = forms.CharField(
            label=_("给提出人的答复"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("提出人会看到这段话和日期"),
            error_messages={**ASKED, "max_length": _("内容太长，请缩短")},
        )  # fmt: skip
