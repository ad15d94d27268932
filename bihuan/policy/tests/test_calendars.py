"""The published working days, and what cannot be true of an arrangement."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bihuan.policy.calendars import PACKAGED, calendar, read
from bihuan.policy.faults import PolicyFault

DAYS = calendar()
TEXT = PACKAGED.read_text("utf-8")


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_year_has_248_working_days(year: int) -> None:
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))

    assert sum(DAYS.is_workday(day) for day in days) == 248


def test_make_up_days_work_and_holidays_rest() -> None:
    assert DAYS.is_workday(date(2025, 10, 11))  # Saturday, worked for National Day
    assert not DAYS.is_workday(date(2026, 2, 16))  # Monday of Spring Festival
    assert DAYS.add(date(2026, 2, 13), 3) == date(2026, 2, 25)


def test_an_unpublished_year_is_provisional_and_knows_the_days_of_the_law() -> None:
    assert DAYS.years == {2025, 2026}
    assert DAYS.status(date(2027, 2, 8)) == "provisional"
    assert not DAYS.is_workday(date(2027, 2, 8))
    assert DAYS.names[date(2027, 2, 8)] == "春节"


def test_a_later_file_arranges_the_year_that_was_only_expected(tmp_path: Path) -> None:
    arranged = tmp_path / "2027.toml"
    arranged.write_text(
        """
[[year]]
year      = 2027
source    = "国务院办公厅关于2027年部分节假日安排的通知"
published = 2026-11-25
workdays  = 248
holiday = [
  { name = "元旦", name_en = "New Year", first = 2027-01-01, last = 2027-01-01 },
  { name = "春节", name_en = "Spring", first = 2027-02-05, last = 2027-02-11, work = [2027-01-30] },
  { name = "清明节", name_en = "Qingming", first = 2027-04-05, last = 2027-04-05 },
  { name = "劳动节", name_en = "Labour Day", first = 2027-05-01, last = 2027-05-04 },
  { name = "端午节", name_en = "Dragon Boat", first = 2027-06-09, last = 2027-06-09 },
  { name = "中秋节", name_en = "Mid-Autumn", first = 2027-09-15, last = 2027-09-15 },
  { name = "国庆节", name_en = "National Day", first = 2027-10-01, last = 2027-10-05 },
]
""",
        "utf-8",
    )

    days = calendar(arranged)

    assert days.years == {2025, 2026, 2027}
    assert days.statutory == frozenset()
    assert days.status(date(2027, 2, 8)) == "final"
    assert days.is_workday(date(2027, 1, 30))


FAULTS = [
    ("last = 2026-01-03", "last = 2025-01-03", "ends before it begins"),
    ("work = [2026-01-04]", "work = [2026-01-05]", "no Saturday or Sunday"),
    (", work = [2026-01-04]", "", "247 days work, but 248 are stated"),
    ("work = [2026-01-04]", "work = [2027-01-03]", "2027-01-03 lies in another year"),
    ("work = [2026-01-04]", "work = [2026-01-03]", "both rests and works"),
    ("first = 2026-04-04", "first = 2026-02-23", "2026-02-23 rests in two blocks"),
    ("last = 2027-01-01", "last = 2028-01-01", "2028-01-01 lies in another year"),
    ("year   = 2027", "year   = '2027'", "is not a whole number"),
    ("year      = 2026", "year      = 2025", "lies in another year"),
    ("[[expected]]", "[[expectation]]", "'expectation' is not known here"),
    ("last = 2026-01-03", "last = 2026-13-03", "at line 24"),
    ("[[year]]\nyear      = 2026", "[[year]]\nyear      = 0", "no such year"),
    ("last = 2026-01-03", "last = 2026-01-03T10:00:00", "is not a date"),
]


@pytest.mark.parametrize(("old", "new", "why"), FAULTS, ids=[why for _, _, why in FAULTS])
def test_an_arrangement_that_cannot_be_true_is_refused(old: str, new: str, why: str) -> None:
    assert old in TEXT
    wrong = TEXT.replace(old, new, 1)

    with pytest.raises(PolicyFault, match=why) as caught:
        read(wrong)

    assert caught.value.file == "calendar.toml"
    assert caught.value.line > 1


def test_a_year_stands_in_a_file_once() -> None:
    year_2025 = TEXT[TEXT.index("[[year]]") : TEXT.index("[[year]]\nyear      = 2026")]

    with pytest.raises(PolicyFault, match="2025 stands here twice"):
        read(TEXT + year_2025)


def test_the_stated_total_is_checked_against_the_law() -> None:
    wrong = TEXT.replace(", work = [2026-01-04]", "")
    wrong = "= 247".join(wrong.rsplit("= 248", 1))

    with pytest.raises(PolicyFault, match="less 13 statutory days is 248") as caught:
        read(wrong)

    assert wrong.splitlines()[caught.value.line - 1] == "[[year]]"
    assert wrong.splitlines()[caught.value.line] == "year      = 2026"
