"""`bihuan due` and `bihuan mask`, run as the programs they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GENERAL = ("--kind", "complaint", "--severity", "general")
BEFORE_SPRING_FESTIVAL = ("--received", "2026-02-13T16:00:00+08:00")
INVENTED_2027 = """
[[year]]
year = 2027
source = "invented for this test"
published = 2026-11-20
workdays = 248
holiday = [
  { name = "元旦", name_en = "First", first = 2027-01-01, last = 2027-01-04, work = [2027-01-10] },
  { name = "春节", name_en = "Spring Festival", first = 2027-02-05, last = 2027-02-11 },
  { name = "清明节", name_en = "Qingming", first = 2027-04-03, last = 2027-04-05 },
  { name = "劳动节", name_en = "Labour Day", first = 2027-05-01, last = 2027-05-04 },
  { name = "端午节", name_en = "Dragon Boat", first = 2027-06-09, last = 2027-06-09 },
  { name = "中秋节", name_en = "Mid-Autumn", first = 2027-09-15, last = 2027-09-15 },
  { name = "国庆节", name_en = "National Day", first = 2027-10-01, last = 2027-10-04 },
]
"""


def bihuan(command: str, *argv: str, home: Path, stdin: bytes = b"") -> subprocess.CompletedProcess:
    start = f"import sys; from bihuan.cli.{command} import run; sys.exit(run(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", start, *argv],
        input=stdin,
        capture_output=True,
        env={**os.environ, "BIHUAN_HOME": str(home), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def clocks(*argv: str, home: Path) -> dict[str, dict]:
    done = bihuan("due", *argv, "--json", home=home)
    assert done.returncode == 0, done.stderr.decode()
    return {clock["promise"]: clock for clock in json.loads(done.stdout)["clocks"]}


def test_a_general_complaint_has_its_sixteen_promises(tmp_path):
    found = clocks(
        *BEFORE_SPRING_FESTIVAL, *GENERAL, "--tier", "1", "--channel", "email", home=tmp_path
    )

    assert len(found) == 16
    feedback = found["C-2.3.1-2"]
    assert feedback["clause"] == "2.3.1"
    assert "5个工作日" in feedback["quote"]
    assert feedback["force"] == "must"
    assert feedback["milestone"] == "complaint.final_feedback_sent"
    assert feedback["due_at"] == "2026-02-28T00:00:00+08:00"
    assert feedback["status"] == "final"
    preliminary = found["C-2.3.1-1"]
    assert preliminary["due_at"] == "2026-02-26T00:00:00+08:00"
    assert preliminary["effective_due_at"] == "2026-02-16T16:00:00+08:00"


def test_each_counted_day_is_told_with_the_name_of_the_holiday(tmp_path):
    found = clocks(*BEFORE_SPRING_FESTIVAL, *GENERAL, home=tmp_path)

    told = {d["day"]: (d["kind"], d["number"], d["note"]) for d in found["C-3.2-1"]["counted"]}
    assert told["2026-02-13"] == ("received", None, "收到当日不计")
    assert told["2026-02-14"] == ("make_up", 1, "周六，调休上班")
    assert told["2026-02-17"] == ("holiday", None, "春节")
    assert told["2026-02-24"] == ("counted", 2, "周二")


def test_the_tier_follows_the_severity_unless_it_is_given(tmp_path):
    major = ("--kind", "complaint", "--severity", "major")

    assert "C-4.2-2" in clocks(*BEFORE_SPRING_FESTIVAL, *major, home=tmp_path)
    assert "C-4.2-3" in clocks(*BEFORE_SPRING_FESTIVAL, *major, "--tier", "3", home=tmp_path)


def test_after_sales_complaints_are_to_be_confirmed_in_a_quarter_of_an_hour(tmp_path):
    found = clocks(*BEFORE_SPRING_FESTIVAL, *GENERAL, "--channel", "after_sales", home=tmp_path)

    assert found["C-6.3-1"]["due_at"] == "2026-02-13T16:15:00+08:00"


def test_praise_has_only_the_plan_of_feedback(tmp_path):
    assert set(clocks(*BEFORE_SPRING_FESTIVAL, "--kind", "praise", home=tmp_path)) == {"C-7.2-1"}


def test_a_year_without_arrangement_is_provisional_until_its_calendar_is_there(tmp_path):
    late = ("--received", "2026-12-18T10:00:00+08:00", "--kind", "complaint")
    late += ("--severity", "extra_major")

    before = clocks(*late, home=tmp_path)["C-2.3.1-6"]
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2027.toml").write_text(INVENTED_2027, "utf-8")
    after = clocks(*late, home=tmp_path)["C-2.3.1-6"]

    assert (before["status"], before["due_at"]) == ("provisional", "2027-01-05T00:00:00+08:00")
    assert before["earliest_at"] == "2027-01-02T00:00:00+08:00"
    assert before["note"] == "暂定，待国务院办公厅公布放假安排"
    assert (after["status"], after["due_at"]) == ("final", "2027-01-06T00:00:00+08:00")


def test_the_table_shows_due_pressure_and_days(tmp_path):
    done = bihuan("due", *BEFORE_SPRING_FESTIVAL, *GENERAL, home=tmp_path)

    table = done.stdout.decode()
    assert "2026-02-24 24:00（须于 2026-02-16 16:00 前完成）" in table
    assert "02-14 第1日（周六，调休上班） · 02-15 春节" in table
    assert "case.handling_done  2026-02-15 16:00（目标）" in table


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("--received", "yesterday"), "no ISO 8601 time"),
        (("--received", "2026-02-13T16:00:00"), "has no offset"),
        (("--received", "9999-12-31T23:00:00+00:00"), "no calendar reaches that far"),
        ((*BEFORE_SPRING_FESTIVAL, "--severity", "terrible"), "invalid choice"),
        ((*BEFORE_SPRING_FESTIVAL, "--tier", "4"), "invalid choice"),
        ((), "--received"),
    ],
)
def test_bad_input_is_named_and_ends_with_2(argv, why, tmp_path):
    done = bihuan("due", "--kind", "complaint", *argv, home=tmp_path)

    assert done.returncode == 2
    assert why in done.stderr.decode()
    assert done.stdout == b""


def test_a_broken_calendar_file_is_named_with_its_line(tmp_path):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2027.toml").write_text("[[year]]\nyear = 2027\n", "utf-8")

    done = bihuan("due", *BEFORE_SPRING_FESTIVAL, *GENERAL, home=tmp_path)

    assert done.returncode == 2
    assert "2027.toml:1" in done.stderr.decode()


def test_a_calendar_file_that_is_not_utf_8_is_named_with_its_line(tmp_path):
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "2027.toml").write_bytes("# 日历\n".encode("gbk"))

    done = bihuan("due", *BEFORE_SPRING_FESTIVAL, *GENERAL, home=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith(b"bihuan due: 2027.toml:1: this is not UTF-8")


@pytest.mark.parametrize("command", ["due", "mask"])
def test_help_has_an_example(command, tmp_path):
    done = bihuan(command, "--help", home=tmp_path)

    assert done.returncode == 0
    assert f"bihuan {command}" in done.stdout.decode().split("example:")[1]
