"""A year's arrangement as a form, and a year as a wall calendar (2.3.1)."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
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
from bihuan.policy.calendars import Arrangement, Holiday, Wrong, wrong_with
from bihuan.web import messages, words

DIGITS = {"inputmode": "numeric"}
ROOM = range(1, 10)  # holidays one form has room for; there are seven
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
        asked = {"first": _("放假首日"), "last": _("放假末日"), "work": _("调休上班日")}
        for n in ROOM:
            whose = (self.data if self.is_bound else self.initial).get(f"name-{n}", "").strip()
            self.fields[f"name-{n}"] = forms.CharField(label=_("假日"), required=False)
            for name, label in asked.items():
                said = _("{holiday}：{field}").format(holiday=whose, field=label)
                self.fields[f"{name}-{n}"] = forms.CharField(
                    label=said if whose else label, required=False
                )

    @property
    def blocks(self) -> list[list[Any]]:
        """The fields of each holiday, side by side."""
        names = ("name", "first", "last", "work")
        return [[self[f"{name}-{n}"] for name in names] for n in ROOM]

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
        blocks = [self._block(n, day) for n in self._given()]
        faults |= {f"name-{n}": "missing" for n in self._given() if not self._of(n, "name")}
        if faults:
            raise Invalid(faults, "2.3.1")
        return "\n".join(
            [
                "[[year]]", f"year = {head['year']}", f"source = {source}",
                f"published = {published}", f"workdays = {head['workdays']}",
                "holiday = [", *(f"  {block}," for block in blocks), "]", "",
            ]
        )  # fmt: skip

    def doubts(self) -> list[tuple[str, str]]:
        """What cannot be true of what can be read: the field it stands at, and the words."""
        unread: dict[str, str] = {}
        year, stated = self._number("year", unread), self._number("workdays", unread)
        if "year" in unread:
            return []
        blocks = {n: block for n in self._given() if (block := self._read(n))}
        told = Arrangement(year, "", date.min, stated, tuple(blocks.values()))
        wrong = list(wrong_with(told))
        if unread or len(blocks) < len(self._given()):  # its days cannot be counted yet
            wrong = [one for one in wrong if "due" not in one.facts]
            due = next((one.facts["due"] for one in wrong_with(replace(told, holiday=()))
                        if "due" in one.facts), stated)  # fmt: skip
            if not unread and due != stated:
                wrong.append(Wrong("not_the_lawful_count", "", {"due": due, "stated": stated}))
        places = {str(day): f"work-{n}" for n, block in blocks.items() for day in block.work}
        found = {
            (places.get(str(one.facts.get("day")), "workdays" if "due" in one.facts else ""),
             one.code): messages.fault(one.code, one.facts)
            for one in wrong
        }  # fmt: skip
        return [(place, said) for (place, _code), said in found.items()]

    def _read(self, n: int) -> Holiday | None:
        """The block as it can be read; None where a day of it is none."""
        try:
            first, last = (date.fromisoformat(self._of(n, name)) for name in ("first", "last"))
            work = tuple(map(date.fromisoformat, self._worked(n)))
        except ValueError:
            return None
        return Holiday(self._of(n, "name"), "", first, last, work)

    def _given(self) -> list[int]:
        """The holidays that are told; a name alone is none."""
        return [n for n in ROOM if any(self._of(n, name) for name in ("first", "last", "work"))]

    def _of(self, n: int, name: str) -> str:
        return str(self.data.get(f"{name}-{n}", "")).strip()

    def _worked(self, n: int) -> list[str]:
        return [one for one in re.split(r"[、，,\s]+", self._of(n, "work")) if one]

    def _block(self, n: int, day: Callable[..., str]) -> str:
        name = json.dumps(self._of(n, "name")[:30], ensure_ascii=False)
        first, last = day(f"first-{n}"), day(f"last-{n}")
        text = f"{{ name = {name}, name_en = {name}, first = {first}, last = {last}"
        if worked := self._worked(n):
            text += f", work = [{', '.join(day(f'work-{n}', one) for one in worked)}]"
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
    """Each fault at its field, all at once; what is wrong with the year as a whole stands on top.

    A file speaks for itself: the fields beside it are not read.
    """
    form.full_clean()
    form.errors.clear()
    faults = messages.faults(refusal) or {"": messages.detail(refusal.code(), refusal.facts)}
    doubts = [] if form.files else form.doubts()
    if doubts:  # what the file made of it would be refused for, but only the first
        faults.pop("text", None)
    for name, said in [*faults.items(), *doubts]:
        place = name.partition(".")[0]
        form.add_error(place if place in form.fields else None, said)
