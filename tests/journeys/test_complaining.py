"""1.04 and 2.1 over HTTP: a request becomes a complaint, and what it was stays in the record."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.events.models import Event
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message
from tests.house.addresses import customer
from tests.house.addresses import staff as desk
from tests.journeys.moments import Moments

pytestmark = pytest.mark.django_db
#: Wednesday 2026-03-11 10:00 in Shanghai
NOW = datetime(2026, 3, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
WISH = "问了五个小时没有人理我，请退款。"


@pytest.fixture(autouse=True)
def hours(settings: Any) -> None:  # the fixture, for this test alone
    settings.MIDDLEWARE = ["tests.journeys.moments.told_when", *settings.MIDDLEWARE]
    Moments.at = NOW


@pytest.fixture
def home(db: None) -> House:
    return people.house()


def page(answer: Any) -> str:
    return str(answer.content.decode())


def due(case: Case) -> dict[str, datetime]:
    rows = Clock.objects.filter(case_id=case.id, void_at=None, round=case.round)
    return {promise: row.due_at for row in rows for promise in row.promises}


def test_1_04_a_person_raises_her_enquiry_without_javascript_and_both_sides_are_told(
    home: House,
) -> None:
    case = people.file(home, NOW - 5 * HOUR, kind="enquiry", text="请问破壁机怎么退？")
    ai_li, here = customer(home.ai_li), f"/complaints/{case.number}/complain/"
    before = due(case)
    assert here in page(ai_li.get(case.url))

    empty = ai_li.post(here, {"text": " "})
    assert "请写下哪里不满意" in page(empty)
    sent = ai_li.post(here, {"text": WISH, "version": str(case.version)})
    again = ai_li.post(here, {"text": WISH, "version": str(case.version)})  # pressed twice

    assert (sent.status_code, again.status_code) == (302, 302)
    case.refresh_from_db()
    assert (case.kind, case.complained_at) == ("complaint", NOW)
    assert due(case)["C-1.4-4"] == NOW + 48 * HOUR
    assert before.items() <= due(case).items()
    shown = page(ai_li.get(case.url))
    assert "投诉进度" in shown
    assert here not in shown
    assert WISH in page(ai_li.get(f"{case.url}timeline/"))
    notices.told_all(list(Event.objects.filter(stream=case.id, kind="case.complained")))
    assert Message.objects.filter(template="complained", person_id=home.ai_li.id).exists()
    assert Message.objects.filter(template="user_wrote").exists()
    assert ai_li.get(here).status_code == 409


def test_1_04_a_stranger_cannot_raise_it_and_a_complaint_offers_no_raising(home: House) -> None:
    enquiry = people.file(home, NOW - HOUR, kind="enquiry", text="请问怎么开发票？")
    complaint = people.file(home, NOW - HOUR)
    ding = Client()
    session = ding.session
    session["person_id"], session["guest_case"] = home.ding.id, 0
    session.save()

    url = f"/complaints/{enquiry.number}/complain/"
    assert ding.post(url, {"text": WISH}).status_code == 404
    kept = customer(home.ai_li).post(f"/complaints/{complaint.number}/complain/", {"text": WISH})

    assert kept.status_code == 409
    assert WISH in page(kept)  # what was written is not lost


def test_1_04_the_desk_sees_why_it_sounds_like_a_complaint_and_raises_it_with_one_click(
    home: House,
) -> None:
    case = people.file(home, NOW - 5 * HOUR, kind="enquiry", text="请问破壁机怎么退？")
    said = NOW - 3 * HOUR
    who = {"number": case.number, "by": home.ai_li, "at": said}
    commands.message(**who, text="客服态度恶劣，我不会放弃，要求赔偿。")
    bo_bo = desk("波波")
    pane = page(bo_bo.get(case.desk_url))
    assert "用户的话像是投诉" in pane
    assert "“赔偿、恶劣”" in pane
    form = pane.partition(f'action="{case.desk_url}do/classify/"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))

    assert bo_bo.post(f"{case.desk_url}do/classify/", hidden).status_code == 302

    case.refresh_from_db()
    assert (case.kind, case.complained_at) == ("complaint", said)
    assert due(case)["C-1.4-5"] == said + 72 * HOUR
    assert 'name="complained_at"' not in page(bo_bo.get(case.desk_url))


def test_2_01_whoever_looks_later_finds_the_old_class_who_changed_it_and_why(home: House) -> None:
    case = people.file(home, NOW - HOUR, text="买完第二天就降价，要求退差价。", category="")
    assert (case.issue, case.category) == ("price_or_coupon", "platform_rule")
    bo_bo = desk("法务何")
    sorted_ = bo_bo.post(
        f"{case.desk_url}do/classify/",
        {"issue": "promotion_rules", "reason": "是活动规则的问题", "expected_version": "1"},
    )
    assert sorted_.status_code == 302

    story, log = page(bo_bo.get(case.desk_url)), page(bo_bo.get(f"{case.desk_url}?tab=log"))

    for told in ("已调整类别", "法务何", "价格与优惠券 → 活动规则", "是活动规则的问题"):
        assert told in story
    assert "法务何" in log.partition("已调整类别")[2][:300]
