"""6.2 between two browsers: queue, reload, a killed process, hand-over; the talk stays whole."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, sign_in_at_the_desk
from tests.browser.house import House, aside
from tests.browser.test_axe import Checked

pytestmark = pytest.mark.browser
ASKED, ANSWERED = "破壁机底座漏水，想退货退款", "您好，请先断电，我来查订单"
MORE, CUT, BACK = "断电了，还在滴水", "刚才断网了，收到了吗", "收到，马上转给主管"


def begin(page: Page, text: str) -> None:
    """A guest writes the first words, and waits whoever is there."""
    page.goto("/chat/")
    page.get_by_label("请写下您的问题").fill(text)
    page.get_by_role("button", name=re.compile("开始对话|在线等候")).click()
    expect(page).to_have_url(re.compile(r"/chat/\d+/"))


def write(page: Page, words: str) -> None:
    """In the box of either side."""
    page.get_by_label(re.compile("^(写消息|内容)$")).fill(words)
    page.get_by_role("button", name=re.compile("^发送")).click()


def shown(page: Page, words: str) -> Any:
    """What was said and has arrived, on either side."""
    return page.locator("[data-turns] [data-n]", has_text=words)


def limited_to_one() -> None:
    """林悦 takes one chat at a time, so that there is a queue."""
    from datetime import UTC, datetime

    from bihuan.accounts import queries as accounts
    from bihuan.chat import commands
    from bihuan.core.actors import Actor, Role

    chen = Actor(0, frozenset({Role.SYSTEM, Role.ADMINISTRATOR}))
    lin = next(one for one in accounts.everybody() if one.name == "林悦")
    commands.set_limit(staff_id=lin.id, most=1, by=chen, at=datetime.now(UTC))


def test_6_05_a_chat_goes_on_through_queue_reload_a_killed_process_and_hand_over(
    house_up: House, door: Door
):
    first, second = Checked(door(phone=True)), door(phone=True, script=False)
    desk, chief = Checked(door()), door()
    aside(limited_to_one)
    begin(first.page, ASKED)
    expect(first.page.get_by_text("您排在第 1 位")).to_be_visible()
    begin(second, "快递三天没动")
    expect(second.get_by_text("您排在第 2 位")).to_be_visible()
    first.look("a chat that waits")

    # the agent comes: the oldest is theirs, the other moves up
    sign_in_at_the_desk(desk.page)
    desk.page.goto("/desk/chat/")
    desk.page.get_by_role("button", name="开始接待").click()
    expect(first.page.get_by_text("林悦 正在为您服务")).to_be_visible()
    desk.page.locator("[data-row]", has_text=ASKED).click()
    second.reload()
    expect(second.get_by_text("您排在第 1 位")).to_be_visible()

    # words and marks go both ways without a reload, and stand after one
    write(desk.page, ANSWERED)
    expect(shown(first.page, ANSWERED)).to_have_count(1)
    write(first.page, MORE)
    expect(shown(desk.page, MORE)).to_have_count(1)
    expect(shown(first.page, MORE).get_by_text("已读")).to_be_visible()
    first.page.reload()
    expect(shown(first.page, ANSWERED)).to_have_count(1)
    first.look("a chat")
    desk.look("chats at the desk")

    # the process that serves both is killed; what was written meanwhile arrives once
    first.page.context.set_offline(True)
    write(first.page, CUT)
    expect(first.page.get_by_text("没有发出去，正在重试；连上网会自动发送。")).to_be_visible()
    house_up.serve_anew()
    first.page.context.set_offline(False)
    expect(shown(first.page, CUT)).to_have_count(1)
    expect(shown(desk.page, CUT)).to_have_count(1)
    write(desk.page, BACK)
    expect(shown(first.page, BACK)).to_have_count(1)

    # handed on, the colleague has the whole of it, and the next one is given at once
    sign_in_at_the_desk(chief, "chen")
    chief.goto("/desk/chat/")
    chief.get_by_role("button", name="开始接待").click()
    expect(chief.get_by_text("正在接待：")).to_be_visible()
    number = desk.page.url.split("?")[0]
    desk.page.get_by_role("link", name="转交").click()
    desk.page.get_by_role("radio", name=re.compile("陈主管")).check()
    desk.look("a chat is handed on")
    desk.page.get_by_role("button", name="转交").click()
    expect(first.page.get_by_text("已转由 陈主管 继续为您服务")).to_be_visible()
    chief.goto(number)
    for words in (ASKED, ANSWERED, MORE, CUT, BACK):
        expect(shown(chief, words)).to_have_count(1)
    second.reload()
    expect(second.get_by_text("正在为您服务").first).to_be_visible()

    # one press: the case has the talk whole and in order, and both pages link the other
    chief.get_by_role("button", name="转为案件").click()
    case = chief.get_by_role("link", name=re.compile(r"^TS\d+$")).first
    expect(case).to_be_visible()
    case.click()
    expect(chief.get_by_role("heading", level=1)).to_be_visible()
    told = chief.locator("[data-story]").text_content() or ""
    places = [told.index(words) for words in (ASKED, ANSWERED, MORE, CUT, BACK)]
    assert places == sorted(places)
    chief.goto(number)
    chief.get_by_role("button", name="结束会话").click()
    expect(first.page.get_by_text("您对这次服务满意吗？")).to_be_visible()
    first.look("a chat that has ended")
    chief.goto("/desk/chat/team/")
    expect(chief.get_by_role("heading", level=1)).to_have_text("在线接待团队")
    assert first.found + desk.found == []
