"""The worked examples of the calendar through the whole system, not only its core (2.3.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bihuan.cases.tests.people import supervisor
from bihuan.desk.tests.test_calendar import filled as official
from tests.journeys.program import BODY

if TYPE_CHECKING:
    from bihuan.cases.models import Case
    from tests.journeys.program import Api
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db
#: received in Shanghai -> end of the 2nd, 3rd and 5th working day; then 7th and 10th
SPRING = {
    "2026-02-12T09:00": ("02-14", "02-24", "02-26", "02-28", "03-04"),
    "2026-02-13T16:00": ("02-24", "02-25", "02-27", "03-02", "03-05"),
    "2026-02-14T10:00": ("02-25", "02-26", "02-28", "03-03", "03-06"),
    "2026-02-18T12:00": ("02-25", "02-26", "02-28", "03-03", "03-06"),
    "2026-02-23T23:59": ("02-25", "02-26", "02-28", "03-03", "03-06"),
    "2026-02-27T00:00": ("03-02", "03-03", "03-05", "03-09", "03-12"),
}
NATIONAL = {
    "2025-09-26T18:30": ("09-29", "09-30", "10-10", "10-13", "10-16"),
    "2025-09-28T10:00": ("09-30", "10-09", "10-11", "10-14", "10-17"),
    "2025-09-30T23:59": ("10-10", "10-11", "10-14", "10-16", "10-21"),
    "2025-10-04T08:00": ("10-10", "10-11", "10-14", "10-16", "10-21"),
    "2025-10-08T20:00": ("10-10", "10-11", "10-14", "10-16", "10-21"),
}
#: across a make-up Saturday or Sunday only, and across the year
OTHERS = {
    "2025-10-10T10:00": ("10-13", "10-14", "10-16", "10-20", "10-23"),
    "2026-05-08T10:00": ("05-11", "05-12", "05-14", "05-18", "05-21"),
    "2026-09-18T10:00": ("09-21", "09-22", "09-24", "09-29", "10-09"),
    "2026-10-09T10:00": ("10-12", "10-13", "10-15", "10-19", "10-22"),
    "2025-12-31T23:59": ("01-05", "01-06", "01-08", "01-12", "01-15"),
}
BY_SEVERITY = {
    "general": ("C-2.3.1-1", "C-2.3.1-2", 1, 2),
    "major": ("C-2.3.1-3", "C-2.3.1-4", 2, 3),
    "extra_major": ("C-2.3.1-5", "C-2.3.1-6", 3, 4),
}
GRAVE = {"general": "", "major": "，还冒烟起火有安全隐患", "extra_major": "，孩子烫伤住院"}


@pytest.mark.parametrize("received", [*SPRING, *NATIONAL, *OTHERS])
@pytest.mark.parametrize("severity", BY_SEVERITY)
def test_2_05_2_06_2_07_2_3_1_a_case_filed_over_http_is_owed_what_the_calendar_says(
    api: Api, received: str, severity: str
) -> None:
    days = (SPRING | NATIONAL | OTHERS)[received]
    first, last, here, there = BY_SEVERITY[severity]

    case = filed(api, received, severity)

    dues = {p["promise"]: clock["due_at"] for clock in case["clocks"] for p in clock["promises"]}
    assert case["severity"] == severity
    assert ends(dues["C-3.2-1"]) == days[0]
    assert ends(dues[first]) == days[here]
    assert ends(dues[last]) == days[there]


@pytest.mark.parametrize(
    ("received", "strip"),
    [
        ("2026-02-13T16:00",
         "2月27日 24:00。 2/13 收到 2/14 第1天补班 2/15 春节 … "
         "2/23 春节 2/24 第2天 2/25 第3天 2/26 第4天 2/27 第5天 24:00"),
        ("2025-09-30T16:00",
         "10月14日 24:00。 9/30 收到 10/1 国庆节 … "
         "10/9 第1天 10/10 第2天 10/11 第3天补班 10/12 周日 10/13 第4天 10/14 第5天 24:00"),
    ],
    ids=["spring_festival", "national_day"],
)  # fmt: skip
def test_2_05_2_06_2_07_2_3_1_page_portal_and_program_show_the_day_and_how_it_was_counted(
    walk: Walk, received: str, strip: str
):
    walk.at = datetime.fromisoformat(f"{received}:00+08:00")
    case = walk.called(received_at=received)

    counted, _, end = strip.partition(" … ")
    said = (
        "收到当日不计，从下一个工作日起数满 5 个工作日；周末与放假不计，调休上班日计入。 "
        f"所以最迟是 {counted}"
    )
    for who, place in ((walk.home.bo_bo, case.desk_url), (walk.home.ai_li, case.url)):
        page = walk.see(who, place)
        why = page[page.rindex("“并在5个工作日内完成反馈”") :]
        assert said in why
        assert end in why
    told = walk.api.post("/due", {"kind": "complaint", "received": f"{received}:00+08:00"})
    one = next(p for p in told.json()["clocks"] if p["promise"] == "C-2.3.1-2")
    numbered = [c["day"] for c in one["counted"] if c["number"]]
    assert len(numbered) == 5
    assert ends(one["due_at"]) == numbered[-1][5:]
    read = {p["promise"]: c for c in shown(walk, case) for p in c["promises"]}["C-2.3.1-2"]
    assert read["due_at"] == one["due_at"]


def test_2_08_2_3_2_a_new_arrangement_moves_open_dues_keeps_the_old_and_tells_both(walk: Walk):
    home, second = walk.home, supervisor("第二主管")
    walk.at = datetime(2026, 4, 30, 2, tzinfo=UTC)  # before the days off of May
    case = walk.called(received_at="2026-04-30T09:00")
    old = {p["promise"]: c for c in shown(walk, case) for p in c["promises"]}["C-2.3.1-2"]
    assert old["due_at"] == "2026-05-12T00:00:00+08:00"  # Saturday 9 May is worked

    made = walk.send(
        home.chen, "/desk/calendar/", official(**{"work-4": "2026-05-17"})
    )  # it moves to Sunday 17 May
    assert made.status_code == 302
    own = walk.send(home.chen, f"{made['Location']}approve/")
    assert own.status_code == 403
    walk.send(second, f"{made['Location']}approve/")
    walk.until(walk.at + timedelta(hours=1))

    rows = [c for c in shown(walk, case) for p in c["promises"] if p["promise"] == "C-2.3.1-2"]
    assert [(c["due_at"], c["state"]) for c in rows] == [
        ("2026-05-12T00:00:00+08:00", "void"), ("2026-05-13T00:00:00+08:00", "running"),
    ]  # fmt: skip
    table = walk.see(home.bo_bo, f"{case.desk_url}?tab=clocks")
    assert "放假安排公布后重算" in table
    assert "5月11日 24:00" in table
    assert "5月12日 24:00" in table
    for who in (home.ai_li, home.bo_bo):
        letter = walk.letters(who)
        assert case.number in letter
        assert "5月11日 24:00 → 5月12日 24:00" in letter
    assert "时限按工作日历重算" in walk.see(home.ai_li, f"{case.url}timeline/")


def shown(walk: Walk, case: Case) -> list[dict[str, Any]]:
    return list(walk.api.get(f"/cases/{case.number}/clocks").json())


def filed(api: Api, received: str, severity: str) -> dict[str, Any]:
    """By mail on that day; the words say how grave it is."""
    words = f"收到的破壁机底座开裂，加水后漏水{GRAVE[severity]}，商家拒绝退货。"
    moment = f"{received}{'' if received.count(':') > 1 else ':00'}+08:00"
    body = BODY | {"channel": "email", "text": words, "received_at": moment}
    answer = api.post("/cases", body)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def ends(due: str) -> str:
    """The day whose 24:00 it is: midnight of the next, said in Shanghai."""
    moment = datetime.fromisoformat(due)
    assert re.fullmatch(r".*T00:00:00\+08:00", due), due
    return f"{datetime.fromordinal(moment.toordinal() - 1):%m-%d}"
