"""The calendar page: proposed by one, approved by another, every fault at its field (2.3.1)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bihuan.cases.tests.people import House, file, supervisor
from bihuan.desk.tests.conftest import NOW, desk_of
from bihuan.policy import queries
from bihuan.policy.tests.test_calendar_import import TEXT

ROWS = [
    ("元旦", "2026-01-01", "2026-01-03", "2026-01-04"),
    ("春节", "2026-02-15", "2026-02-23", "2026-02-14、2026-02-28"),
    ("清明节", "2026-04-04", "2026-04-06", ""),
    ("劳动节", "2026-05-01", "2026-05-05", "2026-05-10"),
    ("端午节", "2026-06-19", "2026-06-21", ""),
    ("中秋节", "2026-09-25", "2026-09-27", ""),
    ("国庆节", "2026-10-01", "2026-10-07", "2026-09-20 2026-10-10"),
]


def filled(**changes: str) -> dict[str, str]:
    """2026 as published, but for one make-up day that moved from Saturday to Sunday."""
    given = {
        "year": "2026", "published": "2025-11-04", "workdays": "248",
        "source": "国务院办公厅关于2026年部分节假日安排的通知",
    }  # fmt: skip
    for n, (name, first, last, work) in enumerate(ROWS, 1):
        given |= {f"name-{n}": name, f"first-{n}": first, f"last-{n}": last, f"work-{n}": work}
    return given | changes


def test_2_08_one_supervisor_fills_it_in_and_another_puts_it_in_force(
    house: House, settings: object
) -> None:
    file(house, NOW)
    chen, second = desk_of(house.chen), desk_of(supervisor("第二主管"))

    page = chen.post("/desk/calendar/", filled())

    row = queries.calendar_years()[0]
    assert page.headers["Location"] == f"/desk/calendar/{row.id}/"
    waiting = chen.get(page.headers["Location"]).content.decode()
    assert "录入人不能批准自己的录入" in waiting
    assert "批准生效" not in waiting
    offered = second.get(f"/desk/calendar/{row.id}/").content.decode()
    assert "批准生效" in offered
    assert "5月10日" in offered
    assert "改为上班" in offered
    second.post(f"/desk/calendar/{row.id}/approve/")
    assert "2026-05-10" in {str(day) for day in queries.workdays().on}
    assert "已生效，重算中" in chen.get("/desk/calendar/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("published", "4. 11. 2025", "请填写日期"),
        ("workdays", "viele", "请填写数字"),
        ("first-2", "2026-02-30", "请填写日期"),
        ("work-4", "2026-05-08", "2026-05-08 是周一至周五，不能作为调休上班日"),
        ("work-4", "", "按所填假日计算有 247 个工作日，与所填的 248 个不符"),
        ("source", "", "请填写"),
    ],
)
def test_what_cannot_be_true_is_said_on_the_page_and_what_was_written_stays(
    house: House, field: str, value: str, said: str
) -> None:
    page = desk_of(house.chen).post("/desk/calendar/", filled(**{field: value}))

    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    assert 'value="2026-10-07"' in text
    assert queries.calendar_years() == []


def test_a_holiday_without_days_is_none_and_the_count_tells_what_is_missing(house: House) -> None:
    given = filled() | {
        f"{name}-{n}": "" for n in range(2, 8) for name in ("first", "last", "work")
    }

    text = desk_of(house.chen).post("/desk/calendar/", given).content.decode()

    assert "请填写日期" not in text
    assert "与所填的 248 个不符" in text
    assert "应为 248 个" in text


def test_every_fault_names_its_holiday_and_stands_beside_what_cannot_be_true(
    house: House,
) -> None:
    given = filled(**{"first-2": "", "work-4": "2026-05-08", "workdays": "250", "name-7": ""})

    text = desk_of(house.chen).post("/desk/calendar/", given).content.decode()

    assert "春节：放假首日：请填写日期" in text
    assert "劳动节：调休上班日：2026-05-08 是周一至周五" in text
    assert "应为 248 个工作日，所填的是 250 个" in text
    assert 'href="#id_name-7"' in text


def test_a_file_does_as_well(house: House) -> None:
    sent = SimpleUploadedFile("2026.toml", TEXT.encode())

    page = desk_of(house.chen).post("/desk/calendar/", {"file": sent})

    assert page.status_code == 302
    broken = SimpleUploadedFile("x.toml", b"\xff\xfe not toml")
    assert desk_of(house.chen).post("/desk/calendar/", {"file": broken}).status_code == 422


def test_agents_read_the_calendar_and_keep_none(house: House) -> None:
    agent = desk_of(house.bo_bo)

    page = agent.get("/desk/calendar/?year=2026").content.decode()

    assert "录入一年的放假安排" not in page
    assert page.count("调休上班") > 6
    assert agent.post("/desk/calendar/", filled()).status_code == 403
    assert agent.get("/desk/calendar/1/").status_code == 404


def test_a_year_that_nobody_has_arranged_says_so(house: House) -> None:
    page = desk_of(house.chen).get("/desk/calendar/?year=2027").content.decode()

    assert "2027 年的安排尚未公布" in page
