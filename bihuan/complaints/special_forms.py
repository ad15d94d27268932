"""What a special report on a major complaint asks (2.2.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from bihuan.accounts import queries as accounts
from bihuan.complaints.fields import MEASURES_MOST, MOST, WHAT_MOST, Parts
from bihuan.web import words
from bihuan.web.asking import Refusable

#: Label, help and rows of each part in words.
PARTS = {
    "summary": (_("概述"), _("何时何人反映何事，现在如何；不写用户的个人信息"), 4),
    "cause": (_("原因分析"), _("根据各部门的调查认定写明直接原因和深层原因"), 6),
    "responsibility": (_("责任认定"), _("各环节由谁负责，责任到岗位"), 5),
    "losses": (_("损失与影响"), _("损失的构成，对用户、商家和平台的影响"), 4),
    "similar": (_("同类投诉"), _("同类投诉是否同一原因，是否需要一并处理"), 4),
    "prevention": (_("预防"), _("怎样避免再次发生，如何检验效果"), 4),
}


MEASURES_SHOWN = 3


class ReportForm(Refusable):
    """Shows a report to be written; the command judges it and names the faults."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any] | None, parts: Parts) -> None:
        super().__init__(data, initial=_initial(parts))
        for name, (label, help_text, rows) in PARTS.items():
            area = forms.Textarea(attrs={"rows": rows, "maxlength": MOST})
            self.fields[name] = forms.CharField(label=label, help_text=help_text, widget=area)
        numeric = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        decimal = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.fields["people"] = forms.CharField(label=_("涉及人数"), widget=numeric)
        self.fields["loss"] = forms.CharField(label=_("损失金额（元）"), widget=decimal)
        choices = [("", _("请选择")), *((str(one.id), one.name) for one in accounts.everybody())]
        for n in range(1, MEASURES_MOST + 1):
            self._measure(n, choices)

    def _measure(self, n: int, choices: Any) -> None:
        first = n == 1
        what = forms.TextInput(attrs={"maxlength": WHAT_MOST})
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields |= {
            f"measure_{n}_what": forms.CharField(
                label=_("措施 {n}").format(n=n), widget=what, required=first
            ),
            f"measure_{n}_owner": forms.ChoiceField(
                label=_("负责人"), choices=choices, required=first
            ),
            f"measure_{n}_due": forms.DateField(label=_("完成日期"), widget=day, required=first),
        }

    def full_clean(self) -> None:
        """Nothing is checked twice, so no field is told two different things."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def written(self) -> Iterator[tuple[str, str]]:
        """Label and text of every field that holds something."""
        return ((str(field.label), str(field.value())) for field in self if field.value())

    def worded(self) -> Iterator[forms.BoundField]:
        """The parts in words up to the losses, whose figures stand before theirs."""
        return (self[name] for name in PARTS)

    def measures(self) -> list[list[forms.BoundField]]:
        """Rows of what, who and when: as many as most reports need."""
        return self._rows(range(1, MEASURES_SHOWN + 1))

    def more_measures(self) -> list[list[forms.BoundField]]:
        """The rows behind them, folded until they are asked for or filled in."""
        return self._rows(range(MEASURES_SHOWN + 1, MEASURES_MOST + 1))

    def has_more(self) -> bool:
        """Whether one of the folded rows holds something."""
        return any(field.value() for row in self.more_measures() for field in row)

    def _rows(self, numbers: range) -> list[list[forms.BoundField]]:
        return [[self[f"measure_{n}_{part}"] for part in ("what", "owner", "due")] for n in numbers]


class Remarks(Refusable):
    """Why a report goes back to its author."""

    use_required_attribute = False
    remarks = forms.CharField(
        label=_("退回意见"),
        help_text=_("写明需要修改或补充的地方"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": MOST}),
    )

    def full_clean(self) -> None:
        """The command judges it."""
        self._errors = ErrorDict()
        self.cleaned_data = {}


def _initial(parts: Parts) -> dict[str, Any]:
    """The parts as the fields show them."""
    shown: dict[str, Any] = {name: getattr(parts, name) for name in PARTS}
    shown["people"] = "" if parts.people is None else parts.people
    shown["loss"] = "" if parts.loss_fen is None else words.money(parts.loss_fen)
    for n, one in enumerate(parts.measures, 1):
        shown |= {f"measure_{n}_what": one.what, f"measure_{n}_due": one.due_on}
        shown[f"measure_{n}_owner"] = str(one.owner_id)
    return shown
