"""The reports of the desk over HTTP: on-time rate, what stands behind it, how records stand."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from bihuan.cases import commands as cases
from bihuan.cases import tasks as case_tasks
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.complaints import tasks
from bihuan.complaints.tests.people import HOUR, staff
from bihuan.core.actors import Role
from bihuan.events.relay import drain
from tests.house.addresses import staff as desk

pytestmark = pytest.mark.django_db
DAYS = "from=2026-02-01&to=2026-02-28"
REPORTS = "/desk/reports/"


@pytest.fixture
def home() -> House:
    """波波 accepted one complaint in time, and answered it three hours late."""
    home = house()
    case = file(home)
    cases.accept(number=case.number, by=home.bo_bo, at=FRIDAY + HOUR)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    cases.answer(number=case.number, text="已联系商家。", by=home.bo_bo, at=FRIDAY + 27 * HOUR)
    drain(FRIDAY + 27 * HOUR)
    tasks.reckon(FRIDAY + 27 * HOUR)
    return home


def page(client: Client, address: str, status: int = 200) -> str:
    answer: Any = client.get(address)
    assert answer.status_code == status
    return str(answer.content.decode())


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(text)))


def test_2_22_the_on_time_rate_stands_there_by_clause_severity_department_and_person(home: House):
    seen = plain(page(desk("陈主管"), f"{REPORTS}on-time/?{DAYS}"))

    assert "2月1日—2月28日" in seen
    assert "全部 33.3% 3 全部 1 全部 2 全部" in seen
    assert "波波 33.3% 3 波波 1 波波 2 波波" in seen
    for words in ("一般 33.3%", "客服部 33.3%", "首次响应", "怎么算的", "软性目标另列"):
        assert words in seen


def test_2_22_every_number_opens_the_dues_it_counts(home: House):
    chen = desk("陈主管")
    report = page(chen, f"{REPORTS}on-time/?{DAYS}")
    links = re.findall(r'href="(/desk/reports/on-time/cases/[^"]+)">(\d+)<', report)

    assert len(links) > 15
    for address, number in links:
        behind = page(chen, unescape(address))
        assert f"共 {number} 个" in behind
        assert behind.count('class="mono" href="/desk/cases/') == int(number)


def test_2_22_soft_goals_stand_apart(home: House):
    seen = plain(page(desk("陈主管"), f"{REPORTS}on-time/?{DAYS}&soft=1"))

    assert "只计软性目标" in seen


def test_2_22_a_period_that_cannot_be_read_is_said_beside_its_field(home: House):
    chen = desk("陈主管")

    for asked in ("from=x&to=2026-02-28", "from=2026-02-28&to=2026-02-01", "from=&to=2026-02-01"):
        for name in ("on-time", "accountability", "drift"):
            seen = page(chen, f"{REPORTS}{name}/?{asked}", 422)
            assert "aria-invalid" in seen
    assert 'value="2026-02-28"' in page(chen, f"{REPORTS}on-time/?from=x&to=2026-02-28", 422)


def test_2_22_management_reads_and_an_agent_does_not_find_it(home: House):
    staff("管理吴", Role.AGENT, "management")

    assert "按时率" in page(desk("管理吴"), REPORTS)
    assert 'href="/desk/reports/"' in page(desk("陈主管"), "/desk/inbox/")
    assert 'href="/desk/reports/"' not in page(desk("波波"), "/desk/inbox/")
    for address in ("", "on-time/", "on-time/cases/", "accountability/", "drift/"):
        page(desk("波波"), REPORTS + address, 404)


def test_2_13_2_3_3_a_report_of_the_records_opens_them_and_they_open_their_cases(home: House):
    chen = desk("陈主管")
    report = page(chen, f"{REPORTS}accountability/?{DAYS}")
    links = re.findall(r'href="(/desk/accountability/\?[^"]+)">(\d+)<', report)

    assert len(links) > 5
    for address, number in links:
        behind = page(chen, unescape(address))
        assert len(re.findall(r'<td><a class="mono" href="/desk/cases/', behind)) == int(number)


def test_2_22_drift_says_sample_and_interval(home: House):
    seen = plain(page(desk("陈主管"), f"{REPORTS}drift/?{DAYS}"))

    assert "本期 1 件中，0 件现在的严重程度与规则建议不同" in seen
    assert "样本不足 30 件" in seen


def test_2_4_3_the_proof_of_the_loop_is_a_page_with_a_button(home: House):
    chen = desk("陈主管")
    assert "还没有检查过" in page(chen, f"{REPORTS}loop/")

    answer: Any = chen.post(f"{REPORTS}loop/")
    assert answer.status_code == 302
    assert "正在检查" in page(chen, f"{REPORTS}loop/")
    tasks.look_at_loop(FRIDAY + 28 * HOUR)

    seen = page(chen, f"{REPORTS}loop/")
    assert "检查了 1 件未结案件，发现 1 处缺口" in seen
    assert "没有送达用户的通知记录" in seen
    assert 'href="/desk/cases/' in seen
    page(desk("波波"), f"{REPORTS}loop/", 404)
