"""A session that ends in the middle, a draft that is gone, a button pressed twice: nothing lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.cases import commands
from bihuan.cases.models import Draft, Entry, File
from bihuan.cases.tests.people import file
from bihuan.core.actors import SYSTEM
from bihuan.portal.tests.doors import STORY, fill, photo, sign_in, start, words
from bihuan.portal.tests.test_following import filed, told

HTMX = {"HX-Request": "true"}


def way_back(answer: Any) -> str:
    """Where the sign-in page leads afterwards."""
    place, _, query = answer["Location"].partition("?")
    assert place == "/signin/"
    return parse_qs(query)["next"][0]


@pytest.fixture
def begun(house: Any, client: Client) -> str:
    """A draft of 爱丽, whose session is over."""
    sign_in(client, house.ai_li)
    token = start(client)
    client.session.flush()
    client.cookies.clear()
    return token


def test_words_and_photos_sent_after_the_session_ended_are_there_after_signing_in(
    house, client, begun
):
    sent = {"text": STORY, "files": [photo()]}

    answer = client.post(f"/complaints/new/details/?draft={begun}", sent)
    sign_in(client, house.ai_li)
    page = words(client.get(way_back(answer)))

    assert STORY in page
    assert "裂纹.jpg" in page
    assert f"draft={begun}" in page
    assert Draft.objects.count() == 1


def test_the_way_back_may_be_gone_twice(house, client, begun):
    answer = client.post(f"/complaints/new/details/?draft={begun}", {"text": STORY})
    sign_in(client, house.ai_li)
    client.get(way_back(answer))

    assert STORY in words(client.get(way_back(answer)))


@pytest.mark.parametrize("step", ["pick", "type", "details", "remedy", "check"])
def test_a_page_of_a_draft_asks_its_owner_to_sign_in_and_leads_back(house, client, begun, step):
    place = "/orders/pick/" if step == "pick" else f"/complaints/new/{step}/"

    answer = client.get(f"{place}?draft={begun}")

    assert way_back(answer) == f"{place}?draft={begun}"


def test_the_script_is_not_told_that_words_were_kept_when_they_were_not(house, client, begun):
    url = f"/complaints/new/details/?draft={begun}"

    answer = client.post(url, {"text": STORY}, headers={"X-Draft": "1"})

    assert answer.status_code == 409


def test_a_photo_chosen_after_the_session_ended_leaves_the_page_and_says_what_to_do(
    house, client, begun
):
    url = f"/complaints/new/details/files/?draft={begun}"

    answer = client.post(url, {"files": photo()}, headers=HTMX)

    assert answer.status_code == 200
    assert "登录已过期。请先点“继续”" in words(answer)
    assert not File.objects.exists()


def test_words_for_a_draft_that_is_gone_begin_a_new_one(house, client):
    token = start(client)
    client.post("/complaints/new/discard/", {"draft": token})

    answer = client.post(f"/complaints/new/details/?draft={token}", {"text": STORY})

    new = parse_qs(urlsplit(answer["Location"]).query)["draft"][0]
    assert answer["Location"].startswith("/orders/pick/")
    assert STORY in words(client.get(f"/complaints/new/details/?draft={new}"))


def test_nobody_can_put_words_into_the_draft_of_another(house, client, begun):
    other = words(
        client.post("/services/new/", {"kind": "enquiry", "text": "别人的话，十个字以上。"})
    )
    token = Draft.objects.exclude(token=begun).get().token
    sign_in(client, house.ding)

    client.get(f"/complaints/new/details/?draft={begun}&aside={token}")

    assert "别人的话" in other
    assert "别人的话" not in words(
        sign_in(Client(), house.ai_li).get(f"/complaints/new/details/?draft={begun}")
    )


@pytest.mark.parametrize("page", ["message", "evidence", "withdraw"])
def test_words_for_a_case_wait_for_the_sign_in_and_are_sent_once(house, client, page):
    case = file(house)

    answer = client.post(f"{case.url}{page}/", {"text": "商家又拒绝了，请看新的截图。"})
    back = way_back(answer)
    sign_in(client, house.ai_li)
    shown = words(client.get(back))
    client.post(back, {"text": "商家又拒绝了，请看新的截图。", "version": str(case.version)})

    assert back.startswith(f"{case.url}{page}/")
    assert "商家又拒绝了，请看新的截图。" in shown
    assert Entry.objects.filter(case_id=case.id, text__startswith="商家又拒绝了").count() == 1
    assert not Draft.objects.exists()


def test_a_request_of_one_page_waits_for_the_sign_in_too(house, client):
    sign_in(client, house.ai_li)
    client.post("/services/new/", {"kind": "enquiry", "text": "写到一半，还没写完。", "later": "1"})
    token = Draft.objects.get().token
    client.cookies.clear()

    answer = client.post(f"/services/new/?draft={token}", {"kind": "enquiry", "text": STORY})
    sign_in(client, house.ai_li)

    assert STORY in words(client.get(way_back(answer)))


def test_a_message_of_a_button_pressed_twice_is_one_message(house, client):
    case = file(house, at=timezone.now())
    sign_in(client, house.ai_li)

    for _press in range(2):
        client.post(f"{case.url}message/", {"text": "请打 13812345678，谢谢。"})

    assert Entry.objects.filter(case_id=case.id, text__startswith="请打").count() == 1


def test_the_same_photo_sent_twice_is_kept_once(house, client):
    token = start(client)

    client.post(f"/complaints/new/details/files/?draft={token}", {"files": photo()})
    client.post(f"/complaints/new/details/?draft={token}", {"text": STORY, "files": [photo()]})

    assert File.objects.count() == 1


def test_a_draft_nobody_touched_for_thirty_days_is_thrown_away_with_its_files(house, client):
    token = start(client)
    client.post(f"/complaints/new/details/files/?draft={token}", {"files": photo()})
    now = timezone.now()

    commands.forget_drafts(before=now - timedelta(days=1))
    assert Draft.objects.filter(token=token).exists()
    commands.forget_drafts(before=now + timedelta(days=1))

    assert not Draft.objects.exists()
    assert not File.objects.exists()


def test_an_objection_to_a_result_that_changed_meanwhile_keeps_its_words(house, client):
    case = told(house, filed(house))
    sign_in(client, house.ai_li)
    sent = {"text": "只退了一半，运费也没有退。", "version": str(case.version - 1)}

    answer = client.post(f"{case.url}dispute/", sent)

    case.refresh_from_db()
    page = words(answer)
    assert (answer.status_code, case.state) == (409, "notified")
    assert "这件有了新进展" in page
    assert "只退了一半，运费也没有退。</textarea>" in page
    assert f'name="version" value="{case.version}"' in page


def test_a_photo_for_a_complaint_that_was_sent_says_where_it_belongs(house, client):
    token = fill(client)
    client.post(f"/complaints/new/check/?draft={token}", {"phone": "13911112222"})
    url = f"/complaints/new/details/files/?draft={token}"

    answer = client.post(url, {"files": photo()}, headers=HTMX)

    assert "这份投诉已经提交" in words(answer)
    assert not File.objects.exists()


def test_words_that_come_after_the_case_was_closed_are_shown_again_with_where_they_can_go(
    house, client
):
    case = told(house, filed(house))
    sign_in(client, house.ai_li)
    commands.silence(number=case.number, by=SYSTEM, at=timezone.now() + timedelta(days=8))

    for step in ("dispute", "evidence"):
        answer = client.post(f"/complaints/{case.number}/{step}/", {"text": STORY})

        page = words(answer)
        assert answer.status_code == 409
        assert f">{STORY}</textarea>" in page.replace("\n", "")
        assert "可以改为“重新处理”" in page
        assert f'action="/complaints/{case.number}/reopen/"' in page

    version = re.search(r'name="version" value="(\d+)"', page)[1]
    sent = client.post(f"/complaints/{case.number}/reopen/", {"text": STORY, "version": version})
    assert sent.status_code == 302
    assert Entry.objects.filter(case_id=case.id, kind="reopen", text=STORY).exists()


def test_words_for_a_case_that_takes_no_more_are_shown_again(house, client):
    case = filed(house)
    sign_in(client, house.ai_li)
    commands.withdraw(
        number=case.number, text="", by=house.ai_li, at=timezone.now() - timedelta(hours=1)
    )

    answer = client.post(f"/complaints/{case.number}/message/", {"text": STORY})

    assert answer.status_code == 409
    assert STORY in words(answer)
    assert "需要时请另行提交" in words(answer)


@pytest.mark.parametrize("step", ["confirm", "dispute", "withdraw"])
def test_a_step_pressed_twice_is_taken_once_and_is_no_fault(house, client, step):
    case = filed(house)
    if step != "withdraw":
        case = told(house, case)
    sign_in(client, house.ai_li)
    sent = {"text": STORY, "version": case.version}

    first, second = (client.post(f"/complaints/{case.number}/{step}/", sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
