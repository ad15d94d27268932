"""6.2 over HTTP: a person without a script, a script that resends, a stranger, a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from bihuan.accounts import queries as accounts
from bihuan.cases.tests import people, pictures
from bihuan.cases.tests.people import House
from bihuan.chat import commands, queries
from bihuan.chat.models import Conversation, Turn
from bihuan.chat.tests.talks import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


def there(home: House) -> None:
    commands.attend(by=home.bo_bo, at=timezone.now())


def begin(browser: Client, text: str = "破壁机漏水", **more: str) -> Any:
    browser.get("/chat/")
    return browser.post("/chat/ask/", {"text": text, "mark": "m1", **more}, follow=True)


def test_6_05_a_guest_without_a_script_sees_the_place_asks_for_people_and_leaves_a_message(
    home: House,
):
    browser = Client()
    page = browser.get("/chat/")
    cookie = page.cookies["bihuan_chat"]
    assert (len(cookie.value), cookie["httponly"], cookie["samesite"]) == (43, True, "Lax")
    assert "现在没有客服在线" in page.content.decode()

    page = browser.post("/chat/ask/", {"text": "破壁机漏水", "mark": "m1"}, follow=True)
    row = Conversation.objects.get()
    assert page.redirect_chain[-1][0] == f"/chat/{row.id}/"
    assert "您排在第 <b>1</b> 位" in page.content.decode()
    page = browser.post(f"/chat/{row.id}/person/", follow=True)
    assert "已再次提醒客服" in page.content.decode()
    page = browser.post(f"/chat/{row.id}/say/", {"text": "电话 13900002718"}, follow=True)
    assert "电话 139****2718" in page.content.decode()

    page = browser.post(f"/chat/{row.id}/leave/", {"phone": ""})
    assert page.status_code == 422
    assert "请留下手机号码或电子邮箱" in page.content.decode()
    page = browser.post(f"/chat/{row.id}/leave/", {"phone": "13812345678"}, follow=True)
    number = people.queries.made(now(row).case_id).number
    assert number in page.content.decode()


def test_a_message_left_where_nobody_is_there_has_its_number_at_once_and_loses_nothing_typed(
    home: House,
):
    browser = Client()

    page = begin(browser, leave="1", phone="123")
    assert page.status_code == 422
    assert "破壁机漏水" in page.content.decode()
    assert not Conversation.objects.exists()

    page = begin(browser, leave="1", phone="13812345678")
    row = Conversation.objects.get()
    assert row.outcome == "case"
    assert people.queries.made(row.case_id).number in page.content.decode()


def test_a_script_that_sends_a_message_again_after_a_lost_answer_gets_the_same_turn(home: House):
    there(home)
    browser = Client()
    begin(browser)
    row = Conversation.objects.get()
    post = {"text": "还漏", "mark": "m2", "after": "0"}

    first = browser.post(f"/chat/{row.id}/say/", post, headers={"x-chat": "1"}).json()
    again = browser.post(f"/chat/{row.id}/say/", post, headers={"x-chat": "1"}).json()
    part = browser.get(f"/chat/{row.id}/part/?after={first['n'] - 1}").json()

    assert first["n"] == again["n"] == part["n"]
    assert Turn.objects.filter(chat_id=row.id, voice="user").count() == 2
    assert "还漏" in part["turns"]
    assert "破壁机漏水" not in part["turns"]
    assert part["state"] == "open"
    empty = browser.post(f"/chat/{row.id}/say/", {"text": " "}, headers={"x-chat": "1"})
    assert (empty.status_code, empty.json()["said"]) == (422, "请填写这一项")


def test_whoever_is_handed_on_is_told_at_once_who_answers_now(home: House):
    there(home)
    commands.attend(by=home.chen, at=timezone.now())
    browser = Client()
    begin(browser)
    row = Conversation.objects.get()
    known = f"/chat/{row.id}/part/?state=open&after="
    before, to = queries.chat(row.id, home.chen).agent_id, home.chen.id
    to = home.bo_bo.id if before == to else to
    assert browser.get(f"{known}{row.last_n}").json()["status"] == ""

    commands.hand_over(id=row.id, staff_id=to, by=home.chen, at=timezone.now())

    name = accounts.staff_names([to])[to]
    assert f"{name} 正在为您服务" in browser.get(f"{known}{row.last_n}").json()["status"]


def test_who_looks_without_a_stream_is_there_and_keeps_the_place(home: House):
    browser = Client()
    begin(browser)
    row = Conversation.objects.get()
    Conversation.objects.update(here_at=row.here_at - timedelta(minutes=9))

    browser.get(f"/chat/{row.id}/part/?after=1&state=waiting")

    assert now(row).here_at >= row.here_at


def test_another_browser_finds_no_page_part_step_or_stream_of_a_chat(home: House):
    browser, stranger = Client(), Client()
    begin(browser)
    row = Conversation.objects.get()
    stranger.get("/chat/")

    for place in ("", "part/", "leave/", "files/abc/"):
        assert stranger.get(f"/chat/{row.id}/{place}").status_code == 404
    for step in ("say", "typing", "read", "person", "finish", "reopen", "leave", "rate"):
        answer = stranger.post(f"/chat/{row.id}/{step}/", {"text": "x", "n": "1", "score": "5"})
        assert answer.status_code == 404
    assert stranger.get(f"/live/chat/{row.id}/").status_code == 404
    assert browser.get(f"/live/chat/{row.id}/").status_code == 503  # no stream from this door
    assert now(row).last_n == 1


def test_a_photo_is_shown_to_both_sides_and_to_nobody_else(home: House):
    there(home)
    browser = Client()
    begin(browser)
    row = Conversation.objects.get()
    photo = SimpleUploadedFile("裂缝.jpg", pictures.photo().read())
    bad = SimpleUploadedFile("修复.exe", b"MZ\x90\x00" * 50)

    page = browser.post(f"/chat/{row.id}/say/", {"files": [photo, bad]})

    assert page.status_code == 422
    assert "“修复.exe”的格式不能接收" in page.content.decode()
    page = browser.get(f"/chat/{row.id}/").content.decode()
    url = page.partition('class="turn-file" href="')[2].partition('"')[0]
    answer = browser.get(f"{url}?size=small")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert b"".join(answer.streaming_content)  # type: ignore[arg-type]  # a file's answer
    assert Client().get(url).status_code == 404


def test_a_flood_is_refused_by_name_where_it_was_typed_and_keeps_the_words(home: House):
    browser = Client()
    begin(browser)
    row = Conversation.objects.get()
    for n in range(19):
        browser.post(f"/chat/{row.id}/say/", {"text": f"第{n}句"})

    page = browser.post(f"/chat/{row.id}/say/", {"text": "太多了"})

    assert page.status_code == 429
    assert "发得太快了" in page.content.decode()
    assert ">太多了</textarea>" in page.content.decode()
    scripted = browser.post(f"/chat/{row.id}/say/", {"text": "再"}, headers={"x-chat": "1"})
    assert (scripted.status_code, scripted.json()["code"]) == (429, "too_many")
    assert 0 < scripted.json()["retry_after"] <= 60


def test_stars_and_going_on_are_offered_after_the_end(home: House):
    there(home)
    browser = Client()
    begin(browser)
    row = Conversation.objects.get()
    commands.speak(id=row.id, text="已补发", by=home.bo_bo, at=timezone.now())
    commands.end(id=row.id, by=home.bo_bo, at=timezone.now())

    page = browser.get(f"/chat/{row.id}/").content.decode()
    assert "您对这次服务满意吗" in page
    page = browser.post(f"/chat/{row.id}/rate/", {"score": ""})
    assert page.status_code == 422
    page = browser.post(f"/chat/{row.id}/rate/", {"score": "5"}, follow=True).content.decode()
    assert "感谢您的评价" in page
    assert "您对这次服务满意吗" not in page
    browser.post(f"/chat/{row.id}/reopen/")
    assert now(row).state == "open"
    assert browser.get("/chat/")["Location"] == f"/chat/{row.id}/"


def test_going_on_twice_is_going_on_and_a_refusal_says_it_to_whoever_reads_it(home: House):
    there(home)
    browser = Client()
    begin(browser)
    first = Conversation.objects.get()
    browser.post(f"/chat/{first.id}/finish/")
    for _press in range(2):
        assert browser.post(f"/chat/{first.id}/reopen/").status_code == 302
    browser.post(f"/chat/{first.id}/finish/")
    begin(browser, "另一件事", mark="m9")

    refused = browser.post(f"/chat/{first.id}/reopen/")

    assert refused.status_code == 409
    assert "另一次咨询正在进行。" in refused.content.decode()


def test_a_chat_is_no_store_of_files(home: House):
    browser = Client()
    begin(browser)
    row = Conversation.objects.get()
    before = row.asked_at - timedelta(minutes=5)
    Turn.objects.bulk_create(
        Turn(id=n, chat_id=row.id, n=100 + n, voice="user", draft_id=n, at=before)
        for n in range(1, 21)
    )
    photo = SimpleUploadedFile("裂缝.jpg", pictures.photo().read())

    page = browser.post(f"/chat/{row.id}/say/", {"text": "看看", "files": [photo]})

    assert page.status_code == 429
    assert "文件已经够多了" in page.content.decode()
    photo.seek(0)
    post = {"text": "看看", "files": [photo]}
    scripted = browser.post(f"/chat/{row.id}/say/", post, headers={"x-chat": "1"})
    assert (scripted.status_code, scripted.json()["retry_after"]) == (429, 0)  # never: not again


def test_a_guest_whose_chat_became_a_case_is_asked_how_to_be_told_until_they_say(home: House):
    there(home)
    browser = Client()
    begin(browser)
    row = Conversation.objects.get()
    assert "我们才能告诉您结果" not in browser.get(f"/chat/{row.id}/").content.decode()
    commands.open_case(id=row.id, by=home.bo_bo, at=timezone.now())

    assert "我们才能告诉您结果" in browser.get(f"/chat/{row.id}/").content.decode()
    empty = browser.post(f"/chat/{row.id}/contact/", {"name": "赵敏", "phone": " "})
    assert empty.status_code == 422
    assert Client().get(f"/chat/{row.id}/contact/").status_code == 404
    page = browser.post(f"/chat/{row.id}/contact/", {"phone": "13812345678"}, follow=True)

    assert "我们才能告诉您结果" not in page.content.decode()
    person = accounts.shown([now(row).person_id], home.bo_bo)[now(row).person_id]
    assert (person.phone, person.tell_by) == ("138****5678", "sms")


def test_every_page_of_the_portal_leads_to_people_and_says_what_was_not_read(home: House):
    there(home)
    browser = Client()
    assert '<a href="/chat/">' in browser.get("/how/").content.decode()
    begin(browser)
    row = Conversation.objects.get()
    commands.speak(id=row.id, text="请先断电", by=home.bo_bo, at=timezone.now())

    page = browser.get("/how/").content.decode()

    assert f'<a class="chat-going" href="/chat/{row.id}/">' in page
    assert '<span class="vh">未读 </span>' in page
    assert "chat-beside" not in browser.get(f"/chat/{row.id}/").content.decode()
    assert "对话进行中" not in Client().get("/how/").content.decode()
