"""What is asked at the counter and about service points; the commands judge what was filled in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.core.opening import WEEK, write_spans
from bihuan.counter.commands import PointGiven
from bihuan.counter.models import Point
from bihuan.counter.words import CHECKED, TO, WEEKDAYS
from bihuan.web import messages
from bihuan.web.asking import ASKED, Refusable


def line(label: str, *, required: bool = False, most: int = 60, **rest: Any) -> forms.CharField:
    """A line whose length the command judges."""
    return forms.CharField(
        label=label, required=required, max_length=most, strip=False, error_messages=ASKED, **rest
    )


class PointForm(Refusable):
    """A service point; what is left empty is shown as not configured (X-26)."""

    def __init__(self, data: Any = None, *, row: Point | None = None) -> None:
        super().__init__(data, initial=_initial(row) if row else {"minutes": 15, "windows": 0})
        unset = _("不填为未配置，页面上会这样写明")
        self.fields["name"] = line(_("名称"), required=True)
        self.fields["city"] = line(_("城市"), required=True, most=30)
        self.fields["address"] = line(_("地址"), most=200, help_text=unset)
        self.fields["directions"] = line(
            _("怎么走"), most=300, help_text=_("地铁、公交、停车和入口")
        )
        self.fields["phone"] = line(_("电话"), most=40, help_text=unset)
        for n in WEEK:
            self.fields[f"hours_{n}"] = line(
                str(WEEKDAYS[n]), most=120, help_text=_("例如 09:00-12:00，13:30-17:30") * (n == 1)
            )
        self.fields["windows"] = forms.IntegerField(
            label=_("窗口数"), help_text=_("也是每个时段可预约的人数")
        )
        self.fields["minutes"] = forms.IntegerField(label=_("每位用户的分钟数"))
        self.fields["wheelchair"] = forms.BooleanField(label=_("无障碍通道"), required=False)
        self.fields["hearing_loop"] = forms.BooleanField(label=_("助听环路"), required=False)
        self.fields["priority"] = forms.BooleanField(
            label=_("老年人和残疾人优先窗口"), required=False
        )
        self.fields["bring"] = forms.CharField(
            label=_("请带什么"), required=False, max_length=500, strip=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )  # fmt: skip

    def given(self) -> PointGiven:
        """What was filled in, as its command takes it."""
        values = dict(self.cleaned_data)
        hours = {n: values.pop(f"hours_{n}") for n in WEEK}
        return PointGiven(**values, hours=hours)


def _initial(row: Point) -> dict[str, Any]:
    names = (
        "name", "city", "address", "directions", "phone", "windows", "minutes", "wheelchair",
        "hearing_loop", "priority", "bring",
    )  # fmt: skip
    hours = {f"hours_{n}": write_spans(spans) for n, spans in row.week.items()}
    return {name: getattr(row, name) for name in names} | hours


class DayForm(Refusable):
    """A day with hours of its own."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["day"] = forms.DateField(
            label=_("日期"),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": messages.fault("not_a_day", {})},
        )
        self.fields["hours"] = line(_("营业时间"), most=120, help_text=_("留空为当天不营业"))
        self.fields["note"] = line(_("说明"), help_text=_("例如：设备检修；用户看得到"))


class ToldForm(Refusable):
    """To whom it was told, and how that was known."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["to"] = forms.ChoiceField(
            label=_("告知了谁"), choices=list(TO.items()), widget=forms.RadioSelect
        )
        self.fields["checked"] = forms.ChoiceField(
            label=_("怎么核对身份"), choices=list(CHECKED.items()), widget=forms.RadioSelect
        )


class BookingForm(Refusable):
    """What it is about, who comes, and whether they need to go first."""

    def __init__(
        self, data: Any = None, *, cases: list[tuple[str, str]], needs: list[tuple[str, str]],
        known: bool,
    ) -> None:  # fmt: skip
        super().__init__(data)
        if cases:
            self.fields["number"] = forms.ChoiceField(
                label=_("为了什么事来"), required=False, widget=forms.RadioSelect,
                choices=[("", _("新的投诉或请求")), *cases],
            )  # fmt: skip
        self.fields["need"] = forms.ChoiceField(
            label=_("是否需要优先"), required=False, widget=forms.RadioSelect,
            choices=[("", _("不需要")), *needs],
            help_text=_("到店后不需要出示证明"),
        )  # fmt: skip
        if not known:
            self.fields["name"] = line(
                _("姓名"), required=True,
                widget=forms.TextInput(attrs={"autocomplete": "name"}),
            )  # fmt: skip
            self.fields["phone"] = line(
                _("手机号"), required=True, most=40, help_text=_("提醒和改期的通知发到这里"),
                widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            )  # fmt: skip
