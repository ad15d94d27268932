"""A year's arrangement as a form, and a year as a wall calendar (2.3.1)."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.core import inputs
from bihuan.core.refusals import Invalid, Refusal
from bihuan.core.workdays import Workdays
from bihuan.desk.forms import Shown
from bihuan.web import messages, words

DIGITS = {"inputmode": "numeric"}
BLOCKS = 9  # holidays one form has room for; there are seven
WEEKDAYS = (
    later("一"), later("二"), later("三"), later("四"), later("五"), later("六"), later("日"),
)  # fmt: skip


class YearForm(Shown):
    """An arrangement as the State Council prints it: blocks of rest and the days worked for it."""

    use_required_attribute = False
    year = forms.CharField(
        label=later("年份"), widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    published = forms.CharField(label=later("公布日期"), help_text=later("例如 2026-11-04"))
    workdays = forms.CharField(
        label=later("全年工作日"), help_text=later("周一至周五减去13天法定节假日"),
        widget=forms.TextInput(attrs=DIGITS),
    )  # fmt: skip
    source = forms.CharField(label=later("来源"), help_text=later("通知的名称、文号和网址"))

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **rest})
        for n in range(1, BLOCKS + 1):
            self.fields[f"name-{n}"] = forms.CharField(label=_("假日"), required=False)
            self.fields[f"first-{n}"] = forms.CharField(label=_("放假首日"), required=False)
            self.fields[f"last-{n}"] = forms.CharField(label=_("放假末日"), required=False)
            self.fields[f"work-{n}"] = forms.CharField(label=_("调休上班日"), required=False)

    @property
    def blocks(self) -> list[list[Any]]:
        """The fields of each holiday, side by side."""
        names = ("name", "first", "last", "work")
        return [[self[f"{name}-{n}"] for name in names] for n in range(1, BLOCKS + 1)]

    def text(self) -> str:
        """As the file says it. Invalid names the fields that are no day and no number."""
        faults: dict[str, str] = {}

        def day(name: str, written: str = "") -> str:
            try:
                return date.fromisoformat((written or self.data.get(name, "")).strip()).isoformat()
            except ValueError:
                faults[name] = "not_a_day"
                return ""

        head = {name: self._number(name, faults) for name in ("year", "workdays")}
        published, source = day("published"), self._line("source", faults)
        blocks = [
            self._block(n, day) for n in range(1, BLOCKS + 1) if self.data.get(f"name-{n}", "")
        ]
        if faults:
            raise Invalid(faults, "2.3.1")
        return "\n".join(
            [
                "[[year]]", f"year = {head['year']}", f"source = {source}",
                f"published = {published}", f"workdays = {head['workdays']}",
                "holiday = [", *(f"  {block}," for block in blocks), "]", "",
            ]
        )  # fmt: skip

    def _block(self, n: int, day: Callable[..., str]) -> str:
        name = json.dumps(self.data[f"name-{n}"].strip()[:30], ensure_ascii=False)
        first, last = day(f"first-{n}"), day(f"last-{n}")
        text = f"{{ name = {name}, name_en = {name}, first = {first}, last = {last}"
        worked = re.split(r"[、，,\s]+", self.data.get(f"work-{n}", "").strip())
        if any(worked):
            text += f", work = [{', '.join(day(f'work-{n}', one) for one in worked if one)}]"
        return f"{text} }}"

    def _number(self, name: str, faults: dict[str, str]) -> int:
        try:
            return inputs.whole(self.data.get(name, ""), field=name, least=1, most=9999)
        except Invalid as fault:
            faults |= fault.fields
            return 0

    def _line(self, name: str, faults: dict[str, str]) -> str:
        try:
            said = inputs.words(self.data.get(name, ""), field=name, least=4, most=300, lines=False)
        except Invalid as fault:
            faults |= fault.fields
            return ""
        return json.dumps(said, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Month:
    """A month as a wall calendar: weeks of (day, what it is, its name)."""

    name: str
    weeks: list[list[tuple[int, str, str]]]


def months(days: Workdays, year: int) -> list[Month]:
    """Twelve of them, Monday first."""
    weeks = calendar.Calendar(firstweekday=0)
    return [
        Month(
            str(MONTHS[n]),
            [[_cell(days, day, n) for day in week] for week in weeks.monthdatescalendar(year, n)],
        )
        for n in range(1, 13)
    ]


def _cell(days: Workdays, day: date, month: int) -> tuple[int, str, str]:
    if day.month != month:
        return (0, "", "")
    name = days.names.get(day, "")
    if day in days.on:
        return (day.day, "work", _("调休上班"))
    if not days.is_workday(day):
        return (day.day, "rest" if name else "weekend", name)
    return (day.day, "", "")


def next_year(at: datetime) -> dict[str, str]:
    """What a form for the coming year begins with."""
    year = words.local(at).year + 1
    names = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
    return {"year": str(year)} | {f"name-{n}": name for n, name in enumerate(names, 1)}


def put(form: YearForm, refusal: Refusal) -> None:
    """Each fault at its field; what is wrong with the year as a whole stands on top."""
    form.full_clean()
    form.errors.clear()
    faults = messages.faults(refusal) or {"": messages.detail(refusal.code(), refusal.facts)}
    for name, said in faults.items():
        place = name.partition(".")[0]
        form.add_error(place if place in form.fields else None, said)
