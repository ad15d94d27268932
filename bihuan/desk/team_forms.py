"""Forms of the team page: the week's shifts, an absence, a skill or qualification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Shift
from bihuan.core.refusals import Invalid
from bihuan.desk.forms import Shown
from bihuan.desk.listing import MONDAY
from bihuan.web import words

DAY = 24 * 60  # minutes
SPELLS = 2  # of one day, with a break between
REASONS = {
    "leave": "休假", "sick": "病假", "business": "出差", "training": "培训", "other": "其他",
}  # fmt: skip
HELD = {"qualification": "资质", "skill": "技能"}


class ShiftsForm(Shown):
    """Up to two spells a weekday; an end before the start is on the next day."""

    def __init__(self, data: Mapping[str, Any] | None, shifts: Sequence[Shift] = ()) -> None:
        super().__init__(data, initial=_times(shifts))
        for day in range(1, 8):
            name = words.weekday_words(MONDAY + timedelta(days=day - 1))
            for n in range(1, SPELLS + 1):
                for part, label in (("starts", _("开始")), ("ends", _("结束"))):
                    said = _("{day} 第 {n} 班{part}").format(day=name, n=n, part=label)
                    self.fields[f"{part}-{day}-{n}"] = forms.TimeField(
                        label=said, required=False, widget=forms.TimeInput(attrs={"type": "time"})
                    )

    def days(self) -> list[dict[str, Any]]:
        """The fields by weekday."""
        return [
            {
                "name": words.weekday_words(MONDAY + timedelta(days=day - 1)),
                "fields": [
                    self[f"{part}-{day}-{n}"]
                    for n in range(1, SPELLS + 1)
                    for part in ("starts", "ends")
                ],
            }
            for day in range(1, 8)
        ]

    def spells(self) -> list[tuple[int, int, int]]:
        """What was filled in. Invalid names each time that cannot be read, lacks its other, or
        begins while another shift runs.
        """
        faults: dict[str, str] = {}
        found, places = [], []
        for day in range(1, 8):
            for n in range(1, SPELLS + 1):
                names = [f"{part}-{day}-{n}" for part in ("starts", "ends")]
                given = [str(self.data.get(name) or "").strip() for name in names]
                if not any(given):
                    continue
                read = [_minutes(text) for text in given]
                faults |= {
                    name: "missing" if not text else "not_a_time"
                    for name, text, minutes in zip(names, given, read, strict=True)
                    if minutes is None
                }
                if None not in read:
                    found.append((day, read[0] or 0, read[1] or DAY))  # 00:00 ends the day
                    places.append(names[0])
        faults |= {places[n]: "shifts_overlap" for n in accounts.overlapping(found)}
        if faults:
            raise Invalid(faults, clause="1.3")
        return found


def _minutes(text: str) -> int | None:
    hours, colon, minutes = text[:5].partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal()):
        return None
    found = int(hours) * 60 + int(minutes)
    return found if int(minutes) < 60 and found < DAY else None


def _times(shifts: Sequence[Shift]) -> dict[str, str]:
    found: dict[str, str] = {}
    taken: dict[int, int] = {}
    for shift in shifts:
        n = taken[shift.weekday] = taken.get(shift.weekday, 0) + 1
        found[f"starts-{shift.weekday}-{n}"] = clock(shift.starts)
        found[f"ends-{shift.weekday}-{n}"] = clock(shift.ends)
    return found


def clock(minutes: int) -> str:
    """09:00; the end of a day is 00:00, as the field of the browser has it."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


class AbsenceForm(Shown):
    """From which day to which, and why."""

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        day = forms.DateInput(attrs={"type": "date"})
        self.fields["first_on"] = forms.DateField(label=_("第一天"), widget=day)
        self.fields["last_on"] = forms.DateField(label=_("最后一天"), widget=day)
        self.fields["reason"] = forms.ChoiceField(
            label=_("事由"), choices=[("", _("请选择")), *((k, _(v)) for k, v in REASONS.items())]
        )


class HeldForm(Shown):
    """A skill or qualification, and until when it holds."""

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, auto_id="held_%s")
        self.fields["kind"] = forms.ChoiceField(
            label=_("类型"), choices=[(k, _(v)) for k, v in HELD.items()]
        )
        self.fields["name"] = forms.CharField(
            label=_("名称"), max_length=40, help_text=_("例如：英语、法律职业资格")
        )
        self.fields["valid_until"] = forms.DateField(
            label=_("有效期至"),
            required=False,
            help_text=_("不填即长期有效"),
            widget=forms.DateInput(attrs={"type": "date"}),
        )
