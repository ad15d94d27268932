"""Words that wait some seconds: taken back, taken in time, or returned with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Entry, Held
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import DAY, HOUR, met, on, said
from bihuan.core.refusals import Invalid, NotFound, NotPossible, NotReady, Stale

pytestmark = pytest.mark.django_db

AT = FRIDAY + HOUR
SECOND = timedelta(seconds=1)
REPLY = {"text": "底座开裂属于质量问题，正在核实。"}


def told(home: House, case: Case, action: str = "answer", at: datetime = AT, **more: Any) -> None:
    """波波 presses the button: eight seconds to think again."""
    given = {"raw": REPLY, "seconds": 8, "take": commands.take} | more
    commands.take_or_hold(action, **on(case, home.bo_bo, at), **given)


def test_a_reply_waits_and_is_taken_when_its_seconds_are_over():
    home = house()
    case = file(home)

    told(home, case)
    early = tasks.release(AT + 7 * SECOND)
    late = tasks.release(AT + 8 * SECOND)

    assert (early, late) == (0, 1)
    assert met(case) == {"case.first_response"}
    assert [e.at for e in said(case, "case.answered")] == [AT + 8 * SECOND]
    assert not Held.objects.exists()


def test_a_step_that_can_be_undone_by_another_is_taken_at_once():
    home = house()
    case = file(home)

    told(home, case, "note")
    told(home, case, "answer", seconds=0, expected_version=2)

    assert not Held.objects.exists()
    assert [e.kind for e in said(case)] == ["case.filed", "case.noted", "case.answered"]


def test_what_is_taken_back_waits_for_its_writer_and_is_never_sent():
    home = house()
    case = file(home)
    told(home, case)
    [held] = Held.objects.all()

    with pytest.raises(NotPossible):
        commands.take_back(held_id=held.id, by=home.chen, at=AT)
    commands.take_back(held_id=held.id, by=home.bo_bo, at=AT)
    tasks.release(AT + DAY)

    assert queries.waiting(home.bo_bo)[0].raw == REPLY
    assert queries.waiting(home.chen) == []
    assert said(case, "case.answered") == []
    assert REPLY["text"].encode() not in bytes(Held.objects.get().sealed)


def test_what_was_taken_cannot_be_taken_back():
    home = house()
    case = file(home)
    told(home, case)
    [held] = Held.objects.all()
    tasks.release(AT + 8 * SECOND)

    with pytest.raises(NotPossible):
        commands.take_back(held_id=held.id, by=home.bo_bo, at=AT + 9 * SECOND)

    assert commands.release(held_id=held.id, take=commands.take, at=AT + DAY) == 0


def test_pressing_twice_holds_once_and_other_words_let_the_first_go():
    home = house()
    case = file(home)
    told(home, case)
    told(home, case, expected_version=1)

    told(home, case, raw={"text": "补充一点。"}, at=AT + SECOND, expected_version=1)

    assert Held.objects.count() == 1
    assert [e.text for e in Entry.objects.filter(case_id=case.id, kind="answer")] == [REPLY["text"]]


def test_the_next_step_of_the_writer_lets_the_words_go_before_it():
    home = house()
    case = file(home)
    told(home, case)

    told(home, case, "accept", raw={"text": "受理。"}, at=AT + SECOND, expected_version=1)

    kinds = [e.kind for e in said(case)]
    assert kinds == ["case.filed", "case.answered", "case.accepted"]


RESOLVE = ("resolve", {"outcome": "supported", "reason": "质量问题成立", "basis": "消保法24条"})
TELL = {"text": "初步认定商品存在质量问题，支持您的退款请求。"}


def all_but_told(home: House) -> Case:
    """Only the preliminary result is missing before the decision."""
    case = file(home)
    who = on(case, home.bo_bo, FRIDAY + HOUR / 2)
    commands.accept(**who, text="已受理，先联系商家。")
    commands.answer(**who, text="底座开裂属于质量问题。")
    commands.propose(**who, solution="支持退货退款。")
    commands.review(**who, reason="材料齐全")
    return commands.find(**who, finding="照片显示底座裂纹。", measure="全额退款")


def test_the_decision_sends_what_its_writer_holds_and_then_is_taken():
    home = house()
    case = all_but_told(home)
    told(home, case, "tell", raw=TELL)

    commands.take_all([RESOLVE], **on(case, home.bo_bo, AT + SECOND), expected_version=case.version)

    assert [e.kind for e in said(case)][-2:] == ["case.preliminary_told", "case.resolved"]
    assert {e.at for e in said(case)[-2:]} == {AT + SECOND}
    assert not Held.objects.exists()


def test_a_refused_step_leaves_what_is_held_to_its_seconds():
    home = house()
    case = file(home)
    told(home, case)

    with pytest.raises(NotReady):
        commands.take_all(
            [("accept", {"text": "受理。"}), RESOLVE], **on(case, home.bo_bo, AT + SECOND)
        )
    untouched = [e.kind for e in said(case)], Held.objects.get().came_back
    tasks.release(AT + 8 * SECOND)

    assert untouched == (["case.filed"], "")
    assert [e.kind for e in said(case)] == ["case.filed", "case.answered"]


@pytest.mark.parametrize("action", ["accept", "propose"])
def test_own_words_that_went_out_since_the_page_was_opened_are_no_news(action):
    home = house()
    case = file(home)
    told(home, case)
    tasks.release(AT + 8 * SECOND)
    raw = {"accept": {"text": "受理。"}, "propose": {"solution": "支持退货退款。"}}[action]

    told(home, case, action, raw=raw, at=AT + DAY / 24, expected_version=case.version)
    tasks.release(AT + DAY / 12)

    assert len(said(case)) == 3


def test_what_somebody_else_did_since_is_news_though_own_words_went_out_too():
    home = house()
    case = file(home)
    told(home, case)
    tasks.release(AT + 8 * SECOND)
    commands.note(**on(case, home.chen, AT + HOUR), text="请先联系商家。")

    with pytest.raises(Stale):
        told(home, case, "accept", raw={}, at=AT + HOUR, expected_version=case.version)


def test_the_same_words_sent_again_from_an_old_page_are_refused():
    home = house()
    case = file(home)
    told(home, case)
    tasks.release(AT + 8 * SECOND)

    with pytest.raises(Stale):
        told(home, case, at=AT + HOUR, expected_version=case.version)

    assert len(said(case, "case.answered")) == 1


def test_faulty_or_stale_words_are_refused_before_anything_is_held():
    home = house()
    case = file(home)

    with pytest.raises(Invalid):
        told(home, case, raw={"text": " "})
    with pytest.raises(Stale):
        told(home, case, expected_version=9)

    assert not Held.objects.exists()


@pytest.mark.parametrize("channel", ["email", "after_sales"])  # the second is late elsewhere
@pytest.mark.parametrize("left", [3 * SECOND, 8.2 * SECOND, 30 * SECOND])
def test_nobody_is_late_for_having_been_careful(channel: str, left: timedelta):
    home = house()
    case = file(home, channel=channel)
    due = FRIDAY + 24 * HOUR

    told(home, case, at=due - left)

    assert not Held.objects.exists()
    assert [e.at for e in said(case, "case.answered")] == [due - left]


def test_a_due_of_another_step_takes_nobody_their_seconds_to_think():
    home = house()
    case = file(home)
    commands.answer(**on(case, home.bo_bo), text="正在核实。")

    told(home, case, at=FRIDAY + 24 * HOUR - 3 * SECOND)

    assert Held.objects.count() == 1


def test_what_became_impossible_meanwhile_comes_back_with_the_reason():
    home = house()
    case = file(home)
    told(home, case)
    commands.withdraw(**on(case, home.ai_li, AT + SECOND))

    tasks.release(AT + 8 * SECOND)

    assert Held.objects.get().came_back == "not_possible"
    assert said(case, "case.answered") == []
    told_again = {"raw": REPLY, "seconds": 8, "take": commands.take}
    with pytest.raises(NotPossible):
        commands.take_or_hold("answer", **on(case, home.bo_bo, AT + DAY), **told_again)


def test_whoever_has_left_the_house_says_nothing_more():
    home = house()
    case = file(home)
    told(home, case)
    get_user_model().objects.filter(username="波波").update(is_active=False)

    tasks.release(AT + 8 * SECOND)

    assert Held.objects.get().came_back == "not_permitted"
    assert said(case, "case.answered") == []


def test_words_that_came_back_are_thrown_away_by_their_writer_or_after_a_week():
    home = house()
    case, other = file(home), file(home)
    for one in (case, other):
        told(home, one)
    first, second = Held.objects.order_by("id")
    with pytest.raises(NotFound):
        commands.drop_held(held_id=first.id, by=home.bo_bo, at=AT)
    for row in (first, second):
        commands.take_back(held_id=row.id, by=home.bo_bo, at=AT)

    with pytest.raises(NotFound):
        commands.drop_held(held_id=first.id, by=home.chen, at=AT)
    number = commands.drop_held(held_id=first.id, by=home.bo_bo, at=AT)
    tasks.tend(AT + 6 * DAY)
    early = Held.objects.count()
    tasks.tend(AT + 8 * DAY)

    assert number == case.number
    assert (early, Held.objects.count()) == (1, 0)
