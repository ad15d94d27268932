"""A request is raised to a complaint by its person, whatever the words; old clocks stay (2.1)."""

from __future__ import annotations

from datetime import datetime

import pytest

from bihuan.cases import commands, queries, rules, tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import (
    DAY,
    HOUR,
    closed,
    decided,
    dues,
    handled,
    met,
    missed,
    notified,
    on,
    said,
    told,
    words,
)
from bihuan.core.refusals import NotFound, NotPermitted, NotPossible, NotReady
from bihuan.policy.loader import load_current

pytestmark = pytest.mark.django_db
LATER = FRIDAY + 5 * HOUR


def enquiry(home: House, **changes: object) -> Case:
    return file(home, kind="enquiry", text="请问这个破壁机怎么退？", **changes)


def complained(home: House, case: Case, at: datetime = LATER) -> Case:
    return commands.complain(**on(case, home.ai_li, at), text="等了五个小时没有人理我。")


def due(case: Case) -> dict[str, datetime]:
    rows = Clock.objects.filter(case_id=case.id, void_at=None, round=case.round)
    return {promise: row.due_at for row in rows for promise in row.promises}


def test_1_04_a_person_raises_his_enquiry_and_only_the_complaint_counts_from_then() -> None:
    home = house()
    case = enquiry(home)
    before = dues(case)

    case = complained(home, case)

    assert (case.kind, case.state, case.round, case.complained_at) == (
        "complaint", "filed", 1, LATER,
    )  # fmt: skip
    assert before <= dues(case)
    assert due(case)["C-1.4-4"] == LATER + 48 * HOUR
    assert due(case)["C-1.4-1"] == FRIDAY + 24 * HOUR
    assert words(case).text == "等了五个小时没有人理我。"
    [event] = said(case, "case.complained")
    assert (event.data["before"], event.data["after"]) == (
        {"kind": "enquiry"}, {"kind": "complaint"},
    )  # fmt: skip
    assert event.clause == "2.1"


def test_1_04_what_was_decided_but_not_told_is_taken_back_and_its_notice_stays_owed() -> None:
    home = house()
    case = enquiry(home)
    handled(home, case)
    decided(home, case)
    before = dues(case)

    case = complained(home, case)

    assert (case.state, case.round, case.outcome) == ("accepted", 1, "")
    assert before <= dues(case)
    with pytest.raises(NotReady) as refused:  # the answer to the enquiry is none to the complaint
        told(home, case, LATER + HOUR)
    assert refused.value.facts["missing"] == ["case.first_response"]
    commands.answer(**on(case, home.bo_bo, LATER + HOUR), text="抱歉让您久等，现按投诉处理。")
    told(home, case, LATER + HOUR)
    tasks.sweep(FRIDAY + 60 * DAY)
    assert missed(case) == []
    assert {"complaint.accepted", "complaint.final_feedback_sent"} <= met(case)


@pytest.mark.parametrize("state", ["notified", "closed"])
def test_1_04_after_the_result_the_complaint_is_a_round_of_its_own(state: str) -> None:
    home = house()
    case = enquiry(home)
    if state == "closed":
        closed(home, case)
    else:
        handled(home, case)
        decided(home, case)
        notified(home, case)
    kept = set(Clock.objects.filter(case_id=case.id, done_at__isnull=False).values_list("pk"))

    case = complained(home, case)

    assert (case.state, case.round, case.kind, case.ended_at) == ("accepted", 2, "complaint", None)
    assert case.tier == 1  # complained of for the first time, not again (4.2)
    assert due(case)["C-1.4-5"] == LATER + 72 * HOUR
    again = Clock.objects.filter(case_id=case.id, round=1, done_at__isnull=False)
    assert set(again.values_list("pk")) == kept


def test_1_04_a_complaint_is_not_raised_twice_nor_offered() -> None:
    home = house()
    case = enquiry(home)
    assert "complain" in [step.action for step in queries.offered(case, home.ai_li)]

    case = complained(home, case)

    assert "complain" not in [step.action for step in queries.offered(case, home.ai_li)]
    with pytest.raises(NotPossible) as refused:
        complained(home, case, LATER + HOUR)
    assert refused.value.clause == "2.1"


def test_1_04_only_its_person_raises_it() -> None:
    home = house()
    case = enquiry(home)

    with pytest.raises(NotPermitted):
        commands.complain(**on(case, home.bo_bo), text="我替他投诉")
    with pytest.raises(NotFound):
        commands.complain(**on(case, home.ding), text="我也要投诉")


def test_1_04_what_was_late_before_stays_late() -> None:
    home = house()
    case = enquiry(home)

    case = complained(home, case, FRIDAY + 30 * HOUR)

    assert "case.first_response" in missed(case)
    assert ("complaint.accepted", FRIDAY + 78 * HOUR) in dues(case)


def test_1_04_what_sounds_like_a_complaint_is_heard_where_it_was_said_first() -> None:
    home = house()
    case = enquiry(home)
    assert queries.complaint_heard(case) is None

    commands.message(**on(case, home.ai_li, LATER), text="态度太差了，我要赔偿。")
    commands.message(**on(case, home.ai_li, LATER + HOUR), text="再不理我就去12315。")

    heard = queries.complaint_heard(case)
    assert heard
    assert (heard.cues, heard.at) == (("赔偿", "太差"), LATER)
    assert queries.complaint_heard(complained(home, case, LATER + 2 * HOUR)) is None


@pytest.mark.parametrize("text", ["我不是投诉，只想问问", "没有不满", "请问怎么开发票"])
def test_1_04_the_opposite_is_not_heard(text: str) -> None:
    assert rules.complains(text, load_current()) == ()


@pytest.mark.parametrize(
    "text",
    [
        "内胆涂层脱落，要求退货，商家不理",
        "三天了没人管",
        "客服一直踢皮球",
        "The shop refused to refund me",
    ],
)
def test_1_04_who_was_turned_away_complains_without_the_word(text: str) -> None:
    assert rules.complains(text, load_current())


def test_2_01_a_price_dispute_has_its_place_its_category_and_its_department() -> None:
    home = house()

    case = file(home, text="刚买就降价，要求退差价，优惠券也用不了。", category="")

    assert (case.issue, case.category, case.department) == (
        "price_or_coupon", "platform_rule", "legal",
    )  # fmt: skip
