"""7.2 over HTTP: a suggestion is weighed, has an owner and a day, and its sender is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from tests.house.addresses import customer
from tests.house.addresses import staff as desk
from tests.journeys.moments import Moments

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 11, 2, tzinfo=UTC)
BOARD = "/desk/feedback/"


@pytest.fixture(autouse=True)
def hours(settings: Any) -> None:  # the fixture, for this test alone
    settings.MIDDLEWARE = ["tests.journeys.moments.told_when", *settings.MIDDLEWARE]
    Moments.at = NOW


@pytest.fixture
def home(db: None) -> House:
    return people.house()


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_7_01_a_suggestion_is_weighed_planned_answered_and_late_when_its_day_is_over(home: House):
    ai_li, chen = customer(home.ai_li), desk("陈主管")
    told = {"kind": "suggestion", "text": "希望订单页可以按店铺筛选，现在要翻很久。"}
    done = ai_li.post("/suggestions/new/", told)["Location"]
    number = done.strip("/").split("/")[1]
    here = f"{BOARD}{number}/"
    assert "待分级" in page(chen.get(BOARD))
    assert "案件的严重程度：一般" in page(chen.get(here))

    weighed = {"severity": "2", "reach": "3", "haste": "2"}
    assert chen.post(here, weighed).status_code == 302
    assert "严重 2 × 范围 3 × 紧急 2 = 12" in page(chen.get(f"{BOARD}?show=urgent"))
    owner = page(chen.get(here)).partition(">波波（")[0].rpartition('value="')[2].partition('"')[0]
    plan = {"owner_id": owner, "due_on": "2026-03-20", "text": "已列入三月版本，上线后告知您。"}
    assert chen.post(f"{here}plan/", plan).status_code == 302

    assert "已列入三月版本" in page(ai_li.get(f"/complaints/{number}/timeline/"))
    board = page(chen.get(BOARD))
    assert "3月20日" in board
    assert "已答复" in board
    assert number not in page(chen.get(f"{BOARD}?show=late"))

    Moments.at = NOW + timedelta(days=12)
    assert number in page(chen.get(f"{BOARD}?show=late"))
    assert "1 件计划逾期" in page(chen.get(BOARD))


def test_7_01_another_level_than_the_table_gives_needs_its_reason(home: House):
    case, bo_bo = people.file(home, at=NOW, kind="praise", text="客服很耐心，谢谢。"), desk("波波")
    here = f"{BOARD}{case.number}/"
    low = {"severity": "1", "reach": "1", "haste": "1", "level": "important"}

    assert bo_bo.post(here, low).status_code == 422
    assert bo_bo.post(here, low | {"reason": "可作培训范例"}).status_code == 302

    shown = page(bo_bo.get(here))
    assert "按表为一般；人工改定：可作培训范例" in shown
    assert desk("陈主管").get(f"/desk/cases/{case.number}/").status_code == 200
