"""6.2 at the desk over HTTP: several chats, notes, hand-over whole, one press to a case, bounds."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bihuan.cases import commands as case_commands
from bihuan.cases import queries as cases
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.chat import commands, queries
from bihuan.chat.models import Attendance, Conversation, Turn
from bihuan.chat.tests.talks import GUEST, now, token
from bihuan.desk.tests.conftest import desk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


@pytest.fixture
def bo_bo(home: House) -> Client:
    """波波 takes chats."""
    desk = desk_of(home.bo_bo)
    desk.post("/desk/chat/attend/")
    return desk


def asks(home: House, text: str = "破壁机漏水", *, guest: bool = True) -> Conversation:
    """Somebody writes, now; a guest, or 爱丽 who has signed in."""
    by = GUEST if guest else home.ai_li
    return commands.ask(text=text, token=token(), by=by, at=timezone.now()).chat


def words(client: Client, address: str, **more: Any) -> str:
    return str(client.get(address, **more).content.decode())


def test_6_05_an_agent_answers_several_chats_and_sees_who_waits_for_him(home, bo_bo):
    first, second = asks(home, "第一位的问题"), asks(home, "第二位的问题", guest=False)

    board = words(bo_bo, "/desk/chat/")
    assert "第一位的问题" in board
    assert "第二位的问题" in board
    assert "正在接待：客服专员" in board
    assert '<span class="rail-count"><span class="vh">待处理</span>2</span>' in board

    page = bo_bo.post(f"{first.url}say/", {"mode": "answer", "text": "您好，先关电源"}, follow=True)
    assert "您好，先关电源" in page.content.decode()
    bo_bo.post(f"{first.url}say/", {"mode": "note", "text": "像是密封圈"})
    sent = {"mode": "answer", "text": "已补发", "mark": "d1"}
    answer = bo_bo.post(f"{second.url}say/", sent, headers={"x-chat": "1"}).json()
    again = bo_bo.post(f"{second.url}say/", sent, headers={"x-chat": "1"}).json()
    assert answer["n"] == again["n"] == now(second).last_n
    assert "像是密封圈" in words(bo_bo, first.url)
    assert "待处理" not in words(bo_bo, "/desk/chat/").partition("会话</span>")[2][:80]


def test_a_note_of_a_colleague_never_reaches_the_person(home, bo_bo):
    browser = Client()
    browser.get("/chat/")
    browser.post("/chat/ask/", {"text": "破壁机漏水", "mark": "m1"})
    row = Conversation.objects.get()

    bo_bo.post(f"{row.url}say/", {"mode": "note", "text": "像是密封圈"})

    assert "像是密封圈" not in words(browser, f"/chat/{row.id}/")
    assert "像是密封圈" not in words(browser, f"/chat/{row.id}/part/?after=0")


def test_6_2_the_second_line_has_the_whole_talk_and_the_colleague_hands_it_back(home, bo_bo):
    colleague = desk_of(home.other_agent)
    row = asks(home)
    bo_bo.post(f"{row.url}say/", {"text": "我请技术同事来看", "mode": "answer"})

    page = bo_bo.post(f"{row.url}hand/", {"text": "看日志"})
    assert page.status_code == 422
    assert "现在没有别的同事在线接待" in page.content.decode()
    assert "看日志" in page.content.decode()  # nothing typed is lost
    bo_bo.post(f"{row.url}line/", {"line": "technical", "text": "看日志"})
    assert (now(row).state, now(row).line) == ("waiting", "technical")

    commands.attend(lines=["technical"], by=home.chen, at=timezone.now())
    chen = desk_of(home.chen)
    if now(row).state == "waiting":
        chen.post(f"{row.url}take/")
    page_of_chen = words(chen, row.url)
    assert "破壁机漏水" in page_of_chen
    assert "看日志" in page_of_chen
    chen.post(f"{row.url}hand/", {"staff_id": str(home.bo_bo.id), "text": "网络没有问题"})
    assert now(row).agent_id == home.bo_bo.id
    assert "网络没有问题" in words(bo_bo, row.url)
    refused = colleague.post(f"{row.url}say/", {"mode": "answer", "text": "插一句"})
    assert refused.status_code == 409
    assert "这次咨询由另一位同事接待" in refused.content.decode()
    assert ">插一句</textarea>" in refused.content.decode()


def test_1_03_one_press_makes_a_case_with_the_talk_and_each_page_links_the_other(home, bo_bo):
    row = asks(home, "底座开裂，要求退款", guest=False)
    bo_bo.post(f"{row.url}say/", {"mode": "answer", "text": "马上登记"})

    page = bo_bo.post(f"{row.url}case/", follow=True).content.decode()

    case = cases.made(now(row).case_id)
    assert (case.channel, case.received_at) == ("chat", row.asked_at)
    assert f'href="{case.desk_url}"' in page
    pane = words(bo_bo, case.desk_url)
    assert f'href="{row.url}"' in pane
    assert "马上登记" in pane
    twice = bo_bo.post(f"{row.url}case/")
    assert twice.status_code == 422
    assert "这次咨询已附在一件案件上" in twice.content.decode()
    bo_bo.post(f"{row.url}untie/")
    assert now(row).case_id == 0
    wrong = bo_bo.post(f"{row.url}tie/", {"number": "TS00000000-000000"})
    assert "TS00000000-000000" in wrong.content.decode()
    bo_bo.post(f"{row.url}tie/", {"number": case.number})
    assert now(row).case_id == case.id
    bo_bo.post(f"{row.url}solved/")
    assert now(row).outcome == "solved"
    bo_bo.post(f"{row.url}reopen/")
    assert now(row).state == "open"


def test_an_agent_stops_and_a_planner_sets_the_limit_within_bounds(home, bo_bo):
    chen = desk_of(home.chen)
    chen.post(f"/desk/chat/team/{home.bo_bo.id}/limit/", {"most": "2"})
    assert Attendance.objects.get(staff_id=home.bo_bo.id).most == 2
    refused = chen.post(f"/desk/chat/team/{home.bo_bo.id}/limit/", {"most": "99"}, follow=True)
    assert Attendance.objects.get(staff_id=home.bo_bo.id).most == 2
    assert 'class="toast"' in refused.content.decode()
    assert bo_bo.post(f"/desk/chat/team/{home.bo_bo.id}/limit/", {"most": "9"}).status_code == 403

    for n in range(3):
        asks(home, f"第{n}位")
    assert Conversation.objects.filter(state="open", agent_id=home.bo_bo.id).count() == 2
    bo_bo.post("/desk/chat/attend/", {"off": "1"})
    assert not Attendance.objects.get(staff_id=home.bo_bo.id).on
    assert "开始接待" in words(bo_bo, "/desk/chat/")


def test_the_numbers_of_a_talk_are_masked_and_shown_once_for_a_reason_that_is_kept(home, bo_bo):
    row = asks(home, "我的电话 13900002718")
    assert "13900002718" not in words(bo_bo, row.url)
    assert "13900002718" not in words(bo_bo, "/desk/chat/")

    missing = bo_bo.post(f"{row.url}reveal/", {"reason": ""})
    assert missing.status_code == 422
    assert "13900002718" not in missing.content.decode()
    shown = bo_bo.post(f"{row.url}reveal/", {"reason": "按用户要求核对号码"})
    assert "13900002718" in shown.content.decode()


def test_a_canned_reply_is_filled_from_the_case_the_talk_lies_on(home, bo_bo):
    row = asks(home, "底座开裂，要求退款", guest=False)
    raw = {"name": "编号", "body": "您的编号是 {{number}}。", "composer": "answer", "scope": "own"}
    macro = case_commands.save_macro(raw=raw, by=home.bo_bo, at=timezone.now())
    bo_bo.post(f"{row.url}case/")
    number = cases.made(now(row).case_id).number

    page = bo_bo.post(f"{row.url}macro/", {"macro": str(macro.id), "text": "您好。"})

    assert number in page.content.decode()
    assert "您好。" in page.content.decode()
    assert number in bo_bo.get(f"{row.url}macros/{macro.id}/").json()["text"]


def test_customers_and_strangers_find_no_desk_of_chats(home, bo_bo):
    row = asks(home)
    for address in ("/desk/chat/", "/desk/chat/rows/", "/desk/chat/team/", row.url):
        assert Client().get(address).status_code in (302, 404)
    assert Client().post(f"{row.url}take/").status_code in (302, 403, 404)
    assert bo_bo.post(f"{row.url}nothing/").status_code == 404


def test_a_page_asks_as_much_for_many_earlier_chats_and_a_part_nothing_of_them(home, bo_bo):
    chen = desk_of(home.chen)

    def asked(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as found:
            assert chen.get(address).status_code == 200
        return [one["sql"] for one in found]

    def ended() -> Conversation:
        row = asks(home, guest=False)
        commands.open_case(id=row.id, by=home.bo_bo, at=timezone.now())
        bo_bo.post(f"{row.url}say/", {"mode": "answer", "text": "已补发"})
        bo_bo.post(f"{row.url}solved/")
        return row

    first, _second = ended(), ended()
    few = asked(first.url)
    for _n in range(3):
        ended()

    assert len(queries.seen(first.id, home.chen, timezone.now()).earlier) == 4
    assert len(asked(first.url)) == len(few)
    assert not [
        sql for sql in asked(f"{first.url}part/") if '"chat_conversation"."person_id" =' in sql
    ]


def test_of_a_very_long_talk_the_last_words_are_shown(home, bo_bo):
    row = asks(home)
    Turn.objects.bulk_create(
        Turn(id=n, chat_id=row.id, n=n, voice="user", at=row.asked_at) for n in range(10, 520)
    )

    shown = [one.n for one in queries.said(now(row), home.bo_bo)]

    assert shown == list(range(20, 520))


def test_a_list_that_is_drawn_anew_stays_at_the_page_where_it_was_opened(home, bo_bo):
    for n in range(41):
        row, key = asks(home, f"第{n}位"), token()
        Conversation.objects.filter(id=row.id).update(mark=queries.mark_of(key))
        commands.finish(id=row.id, token=key, by=GUEST, at=timezone.now())
    first = queries.board(home.bo_bo, timezone.now(), show="ended")

    page = words(bo_bo, f"/desk/chat/?list=ended&cursor={first.cursor}")

    (again,) = re.findall(r'data-chat-list="([^"]+)"', page)
    assert "第0位" in words(bo_bo, unescape(again))
    assert "第40位" not in words(bo_bo, unescape(again))
