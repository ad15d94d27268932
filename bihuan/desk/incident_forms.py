"""What is asked of an incident: what happened, what is told to all, when it was mended (2.2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.accounts.queries import staff_choices
from bihuan.cases import commands as cases
from bihuan.complaints.models import Incident
from bihuan.core.clocks import SHANGHAI
from bihuan.desk.forms import LABELS, Choices, Shown, working_units

MOMENTS = ("started_at", "found_at", "ended_at")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _picker() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"})


def typed(moment: datetime) -> str:
    """As the browser's field of day and hour wants it."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


class Asked(Shown):
    """A form whose names are those of the command."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        name = type(self).__name__.removesuffix("Form").lower()
        super().__init__(data, initial=dict(initial or {}), label_suffix="", auto_id=f"{name}_%s")

    def raw(self) -> dict[str, str]:
        """What was filled in; moments as the clock of the house."""
        found = {name: str(self.data.get(name, "")) for name in self.fields}
        return {
            name: f"{text}+08:00" if name in MOMENTS and text else text
            for name, text in found.items()
        }


class IncidentForm(Asked):
    """What happened, and who sees to it."""

    title = forms.CharField(
        label=later("事件名称"),
        max_length=120,
        help_text=later("例如：支付页面扣款成功但订单未生成"),
    )
    what = forms.CharField(
        label=later("发生了什么"), widget=_area(4), help_text=later("不写用户的个人信息")
    )
    started_at = forms.CharField(label=later("开始时间"), widget=_picker())
    found_at = forms.CharField(label=later("发现时间"), widget=_picker())
    department = forms.ChoiceField(label=later("牵头部门"))
    lead_id = forms.ChoiceField(label=later("负责人"))
    cause = forms.CharField(
        label=later("原因"), required=False, widget=_area(2), help_text=later("查明后再填也可以")
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        units = working_units(str((initial or {}).get("department", "")))
        self.fields["department"].choices = [("", "—"), *units]  # type: ignore[attr-defined]
        self.fields["lead_id"].choices = [("", "—"), *staff_choices()]  # type: ignore[attr-defined]


class TellForm(Asked):
    """One message to all."""

    action = forms.ChoiceField(label=later("作为"))
    text = forms.CharField(label=later("内容"), widget=_area(5), max_length=4000)

    def __init__(
        self, data: Mapping[str, Any] | None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        choices = [(action, _(LABELS[action])) for action in ("answer", "tell")]
        self.fields["action"].choices = choices  # type: ignore[attr-defined]
        names = " ".join(f"{{{{{name}}}}}" for name in cases.FILLABLE)
        self.fields["text"].help_text = _(
            "写明问题是什么、下一步做什么（1.4）。变量按每件案件填写：{names}"
        ).format(names=names)


class MendForm(Asked):
    """It works again."""

    ended_at = forms.CharField(label=later("恢复时间"), widget=_picker())
    failed = forms.CharField(label=later("故障或问题"), max_length=300)


class RaiseForm(Asked):
    """Why its cases are proposed for more."""

    reason = forms.CharField(label=later("理由"), max_length=300)


class TierForm(RaiseForm):
    """The same on the same page, with ids of its own."""


class NoteForm(Asked):
    """What customers are told on the page of their case."""

    text = forms.CharField(
        label=later("对用户的说明"), required=False, max_length=300, widget=_area(2),
        help_text=later("显示在这些案件的用户进度页上；留空则不显示"),
    )  # fmt: skip


class RemoveForm(Asked):
    """Why a case is none of it."""

    reason = forms.CharField(label=later("理由"), max_length=300)


class GatherForm(Asked):
    """Which cases, into which incident."""

    incident = forms.ChoiceField(label=later("事件"))
    numbers = forms.CharField(
        label=later("案件编号"),
        widget=_area(4),
        help_text=later("每行一个，也可以用空格或逗号隔开"),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        incidents: Sequence[Incident],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        choices: Choices = [(str(row.id), f"{row.number} {row.title}") for row in incidents]
        self.fields["incident"].choices = choices  # type: ignore[attr-defined]
