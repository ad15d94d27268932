"""A reply waits eight seconds before it goes out, and can be taken back so long (UI rule 9)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.accounts.models import Staff
from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Clock, Entry, Held
from bihuan.cases.tests.people import House, file
from bihuan.desk import decide
from bihuan.desk.tests.acts import do, took, whole_form
from bihuan.desk.tests.conftest import NOW, RECENTLY, desk_of

WORDS = "我们已看到您的照片，今天内给您结果。"
LATER = NOW + timedelta(seconds=8)


@pytest.fixture(autouse=True)
def eight_seconds(plain_statics: None, settings: Any) -> None:
    settings.UNDO_SECONDS = 8


def told(case: Case) -> list[str]:
    """What the person has been told so far."""
    rows = Entry.objects.filter(case_id=case.id, internal=False, voice="agent")
    return [entry.text for entry in rows.order_by("id")]


def page(client: Client, case: Case) -> str:
    return str(client.get(case.desk_url).content.decode())


def undo_url(text: str) -> str:
    found = re.search(r'action="(/desk/held/\d+/undo/)"', text)
    assert found
    return found[1]


def replied(client: Client, case: Case, text: str = WORDS) -> None:
    assert do(client, case, "answer", text=text).status_code == 302


def moment_of_first_response(case: Case) -> datetime | None:
    return Clock.objects.get(case_id=case.id, milestone="case.first_response").done_at


def test_a_reply_stands_on_the_timeline_of_its_writer_and_nobody_has_been_told(
    house: House, bo_bo: Client, chen: Client
):
    case = file(house, RECENTLY)

    replied(bo_bo, case)

    assert "几秒后发出" in page(bo_bo, case)
    assert WORDS in page(bo_bo, case)
    assert WORDS not in page(chen, case)
    assert told(case) == []


def test_when_its_seconds_are_over_it_is_said_at_that_moment(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)

    early, sent = tasks.release(LATER - timedelta(seconds=1)), tasks.release(LATER)

    assert (early, sent) == (0, 1)
    assert told(case) == [WORDS]
    assert moment_of_first_response(case) == LATER
    assert not Held.objects.exists()


def test_taken_back_its_words_stand_in_the_composer_and_are_never_sent(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)

    back = bo_bo.post(undo_url(page(bo_bo, case)), follow=True).content.decode()

    assert f">{WORDS}</textarea>" in back
    assert "已撤销，没有发出；文字还在。" in back
    assert tasks.release(LATER) == 0
    assert told(case) == []


def test_what_was_sent_cannot_be_taken_back_and_that_is_said(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)
    url = undo_url(page(bo_bo, case))
    tasks.release(LATER)

    answer = bo_bo.post(url, follow=True).content.decode()

    assert "已经发出，不能撤销。" in answer
    assert told(case) == [WORDS]


def test_nobody_takes_back_what_another_wrote(house: House, bo_bo: Client, chen: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)

    chen.post(undo_url(page(bo_bo, case)))

    assert Held.objects.get().came_back == ""


def test_pressing_twice_sends_once(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)
    replied(bo_bo, case)

    tasks.release(LATER)

    assert told(case) == [WORDS]


def test_a_second_reply_lets_the_first_go_out_before_it(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)
    replied(bo_bo, case, "补充一句：运费由商家承担。")

    first = told(case)
    tasks.release(LATER)

    assert first == [WORDS]
    assert told(case) == [WORDS, "补充一句：运费由商家承担。"]


def test_the_next_step_of_the_writer_lets_it_go_without_calling_that_news(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)
    replied(bo_bo, case)

    took(bo_bo, case, "note", text="已经答复，等用户照片。")

    assert told(case) == [WORDS]


def test_an_old_page_is_refused_before_anything_is_held(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    seen = case.version
    commands.note(number=case.number, text="先到一步", by=house.chen, at=RECENTLY)

    answer = do(bo_bo, case, "answer", text=WORDS, expected_version=seen)

    assert answer.status_code == 409
    assert f">{WORDS}</textarea>" in answer.content.decode()
    assert not Held.objects.exists()


def test_words_that_would_be_late_by_waiting_go_at_once(house: House, bo_bo: Client):
    case = file(house, NOW - timedelta(hours=24) + timedelta(seconds=5))

    replied(bo_bo, case)

    assert told(case) == [WORDS]
    assert not Held.objects.exists()


def test_what_became_impossible_meanwhile_comes_back_with_the_reason(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)
    commands.withdraw(number=case.number, by=house.ai_li, at=NOW)

    sent = tasks.release(LATER)

    assert sent == 0
    assert "“答复用户”没有发出" in bo_bo.get("/desk/inbox/").content.decode()
    assert Held.objects.get().came_back == "not_possible"


def test_whoever_has_left_the_house_sends_nothing_more(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)
    user = Staff.objects.get(id=house.bo_bo.id).user
    user.is_active = False
    user.save()

    sent = tasks.release(LATER)

    assert sent == 0
    assert told(case) == []


def test_the_decision_form_does_not_ask_for_a_reply_that_is_on_its_way(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    whole = whole_form(case, house.bo_bo)
    replied(bo_bo, case)

    asked = bo_bo.get(f"{case.desk_url}decide/").content.decode()
    form = {name: value for name, value in whole.items() if not name.startswith("answer-")}
    done = bo_bo.post(f"{case.desk_url}decide/", form)

    assert "answer-text" in whole
    assert "answer" in decide.steps(file(house, RECENTLY))
    assert 'name="answer-text"' not in asked
    assert done.status_code == 302
    assert told(case)[0] == WORDS


def test_a_decision_begun_while_the_reply_waited_is_taken_after_it_went_out(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)
    whole = whole_form(case, house.bo_bo)
    form = {name: value for name, value in whole.items() if not name.startswith("answer-")}
    replied(bo_bo, case)

    begun = bo_bo.get(f"{case.desk_url}decide/").content.decode()
    tasks.release(LATER)
    after = bo_bo.get(f"{case.desk_url}decide/").content.decode()
    done = bo_bo.post(f"{case.desk_url}decide/", form)

    assert "“答复用户”还在等待发出，提交本表单会先发出它。" in begun
    assert "提交本表单会先发出它" not in after
    assert done.status_code == 302
    assert told(case).count(WORDS) == 1


def test_a_refused_decision_leaves_the_reply_to_be_taken_back(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    whole = whole_form(case, house.bo_bo)
    form = {name: value for name, value in whole.items() if not name.startswith("answer-")}
    replied(bo_bo, case)

    refused = bo_bo.post(f"{case.desk_url}decide/", form | {"expected_version": 99})

    assert refused.status_code == 409
    assert undo_url(refused.content.decode())
    assert told(case) == []


def test_a_solution_that_comes_back_is_an_open_form(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    do(bo_bo, case, "propose", solution="拟全额退款并承担运费。")

    back = bo_bo.post(undo_url(page(bo_bo, case)), follow=True).content.decode()

    assert "card retry" in back
    assert "拟全额退款并承担运费。</textarea>" in back


def test_words_that_came_back_can_be_thrown_away_by_their_writer_alone(house: House):
    case = file(house, RECENTLY)
    client = desk_of(house.bo_bo)
    replied(client, case)
    client.post(undo_url(page(client, case)))
    drop = f"/desk/held/{Held.objects.get().id}/drop/"

    others, own = desk_of(house.chen).post(drop).status_code, client.post(drop).status_code

    assert (others, own) == (404, 302)
    assert not Held.objects.exists()


def test_words_left_lying_for_a_week_go(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    replied(bo_bo, case)
    bo_bo.post(undo_url(page(bo_bo, case)))

    tasks.tend(NOW + timedelta(days=6))
    kept = Held.objects.count()
    tasks.tend(NOW + timedelta(days=8))

    assert (kept, Held.objects.count()) == (1, 0)


def test_what_is_held_is_sealed_in_the_database(house: House, bo_bo: Client):
    case = file(house, RECENTLY)

    replied(bo_bo, case)

    assert WORDS.encode() not in bytes(Held.objects.get().sealed)
    assert queries.waiting(house.bo_bo)[0].raw == {"text": WORDS}
