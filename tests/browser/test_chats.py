"""6.2 between two browsers: queue, reload, a killed process, hand-over; the talk stays whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, sign_in_at_the_desk
from tests.browser.house import House, aside
from tests.browser.test_axe import Checked

pytestmark = pytest.mark.browser
ASKED, ANSWERED = "破壁机底座漏水，想退货退款", "您好，请先断电，我来查订单"
MORE, CUT, BACK = "断电了，还在滴水", "刚才断网了，收到了吗", "收到，马上转给主管"
PROGRAM = {"name": "修复.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00" * 50}
PINYIN = """box => box.dispatchEvent(new KeyboardEvent("keydown",
    { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))"""
TOLD = (ASKED, ANSWERED, MORE, CUT, BACK)


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


@dataclass(frozen=True, slots=True)
class Talkers:
    """Three people who ask, the agent, and the supervisor who is handed the first of the chats."""

    first: Checked
    second: Page
    third: Page
    desk: Checked
    chief: Page


def test_6_05_a_chat_goes_on_through_queue_reload_a_killed_process_and_hand_over(
    house_up: House, door: Door
):
    first, second = Checked(door(phone=True)), door(phone=True, script=False)
    both = Talkers(first, second, door(phone=True), Checked(door()), door())
    aside(limited_to_one)

    in_the_queue(both)
    an_agent_comes(both)
    words_go_both_ways(both)
    the_server_is_killed(both, house_up)
    number = handed_on(both)
    becomes_a_case(both, number)

    assert both.first.found + both.desk.found == []


def in_the_queue(both: Talkers) -> None:
    begin(both.first.page, ASKED)
    expect(both.first.page.get_by_text("您排在第 1 位")).to_be_visible()
    begin(both.second, "快递三天没动")
    expect(both.second.get_by_text("您排在第 2 位")).to_be_visible()
    begin(both.third, "发票没开")
    expect(both.third.get_by_text("您排在第 3 位")).to_be_visible()
    both.first.look("a chat that waits")


def an_agent_comes(both: Talkers) -> None:
    """The oldest is theirs at once, the other moves up."""
    page = both.desk.page
    sign_in_at_the_desk(page)
    page.goto("/desk/chat/")
    page.get_by_role("button", name="开始接待").click()
    expect(both.first.page.get_by_text("林悦 正在为您服务")).to_be_visible()
    page.locator("[data-row]", has_text=ASKED).click()
    both.second.reload()
    expect(both.second.get_by_text("您排在第 1 位")).to_be_visible()
    expect(both.third.get_by_text("您排在第 2 位")).to_be_visible()  # without a reload
    both.third.get_by_role("button", name="结束对话").click()


def words_go_both_ways(both: Talkers) -> None:
    """Words and marks arrive without a reload, and stand after one; a bad file is named."""
    page, desk = both.first.page, both.desk.page
    write(desk, ANSWERED)
    expect(shown(page, ANSWERED)).to_have_count(1)
    page.locator("[type=file]").set_input_files(PROGRAM)  # type: ignore[arg-type]
    write(page, MORE)
    expect(page.get_by_role("alert")).to_contain_text("“修复.exe”的格式不能接收")
    expect(shown(desk, MORE)).to_have_count(1)
    expect(shown(page, MORE).get_by_text("已读")).to_be_visible()
    page.reload()
    expect(shown(page, ANSWERED)).to_have_count(1)
    both.first.look("a chat")
    both.desk.look("chats at the desk")


def the_server_is_killed(both: Talkers, house_up: House) -> None:
    """What was written meanwhile arrives once, on both sides."""
    page, desk = both.first.page, both.desk.page
    page.context.set_offline(True)
    write(page, CUT)
    expect(page.get_by_text("没有发出去，正在重试；连上网会自动发送。")).to_be_visible()
    house_up.serve_anew()
    page.context.set_offline(False)
    expect(shown(page, CUT)).to_have_count(1)
    expect(shown(desk, CUT)).to_have_count(1)
    write(desk, BACK)
    expect(shown(page, BACK)).to_have_count(1)


def handed_on(both: Talkers) -> str:
    """The colleague has the whole of it; the next in the queue is given. The chat's address."""
    chief, desk = both.chief, both.desk.page
    sign_in_at_the_desk(chief, "chen")
    chief.goto("/desk/chat/")
    chief.get_by_role("button", name="开始接待").click()
    expect(chief.get_by_text("正在接待：")).to_be_visible()
    number = desk.url.split("?")[0]
    desk.get_by_role("link", name="转交").click()
    desk.get_by_role("radio", name=re.compile("陈主管")).check()
    both.desk.look("a chat is handed on")
    desk.get_by_role("button", name="转交").click()
    expect(both.first.page.get_by_text("已转由 陈主管 继续为您服务")).to_be_visible()
    expect(both.first.page.get_by_text("陈主管 正在为您服务")).to_be_visible()
    chief.goto(number)
    for words in TOLD:
        expect(shown(chief, words)).to_have_count(1)
    both.second.reload()
    expect(both.second.get_by_text("正在为您服务").first).to_be_visible()
    return number


def becomes_a_case(both: Talkers, number: str) -> None:
    """One press: the case has the talk whole and in order; then the chat is ended and judged."""
    chief = both.chief
    chief.get_by_role("button", name="转为案件").click()
    case = chief.get_by_role("link", name=re.compile(r"^TS\d+$")).first
    expect(case).to_be_visible()
    case.click()
    expect(chief.get_by_role("heading", level=1)).to_be_visible()
    told = chief.locator("[data-story]").text_content() or ""
    places = [told.index(words) for words in TOLD]
    assert places == sorted(places)
    chief.goto(number)
    chief.get_by_role("button", name="结束会话").click()
    expect(both.first.page.get_by_text("您对这次服务满意吗？")).to_be_visible()
    both.first.look("a chat that has ended")
    chief.goto("/desk/chat/team/")
    expect(chief.get_by_role("heading", level=1)).to_have_text("在线接待团队")


def test_6_05_what_was_written_without_a_line_is_kept_when_the_chat_ends_meanwhile(
    house_up: House, door: Door
):
    person, chief, colleague = door(phone=True), door(), door()
    begin(person, ASKED)
    number = f"/desk{urlsplit(person.url).path}"
    box = person.get_by_label("写消息")
    sign_in_at_the_desk(chief, "chen")
    chief.goto(number)
    answers(chief)
    sign_in_at_the_desk(colleague)
    colleague.clock.install()
    colleague.goto(number)
    reply = chief.get_by_label("内容")
    reply.fill(ANSWERED)
    reply.evaluate(PINYIN)  # the key that ends a word of pinyin, as Safari tells it
    expect(reply).to_have_value(ANSWERED)
    chief.get_by_role("button", name=re.compile("^发送")).click()
    expect(shown(person, ANSWERED)).to_have_count(1)
    expect(shown(colleague, ANSWERED)).to_have_count(1)

    with colleague.expect_request(re.compile("/desk/chat/rows/")):  # how long each waits by now
        colleague.clock.fast_forward("00:31")
    written_for_colleagues(chief)
    written_and_refused(person, chief, box)
    left_and_found_again(person, chief)


def answers(desk: Page) -> None:
    """The chat is theirs: given, or taken from the queue."""
    take = desk.get_by_role("button", name="接待", exact=True)
    ends = desk.get_by_role("button", name="结束会话")
    expect(take.or_(ends)).to_be_visible()
    if take.count():
        take.click()
    expect(ends).to_be_visible()


def written_for_colleagues(desk: Page) -> None:
    """Half a note is kept, and not where the person would read it."""
    box = desk.get_by_label("内容")
    desk.get_by_role("radio", name=re.compile("内部备注")).check()
    box.fill("只给同事看")
    desk.reload()
    expect(box).to_be_visible()
    expect(box).to_have_value("")
    desk.get_by_role("radio", name=re.compile("内部备注")).check()
    expect(box).to_have_value("只给同事看")
    box.fill("")
    desk.get_by_role("radio", name=re.compile("回复用户")).check()


def written_and_refused(person: Page, chief: Page, box: Any) -> None:
    """Every word is in the box again, and still there when the chat goes on."""
    person.context.set_offline(True)
    write(person, MORE)
    write(person, CUT)
    box.fill("还有一句")
    chief.get_by_role("button", name="结束会话").click()
    expect(chief.get_by_role("button", name="继续对话")).to_be_visible()
    person.context.set_offline(False)
    expect(person.get_by_text("对话已经结束，您写的内容还在")).to_be_visible()
    expect(box).to_have_value(f"还有一句\n{MORE}\n{CUT}")
    person.get_by_role("link", name="刷新").click()
    person.get_by_role("button", name="继续这次对话").click()
    expect(box).to_have_value(f"还有一句\n{MORE}\n{CUT}")
    person.get_by_role("button", name="发送").click()
    expect(shown(person, CUT)).to_have_count(1)


def left_and_found_again(person: Page, chief: Page) -> None:
    """The page was closed with a word on its way; it waits on the next, and goes once."""
    answers(chief)
    write(chief, BACK)
    expect(shown(person, BACK)).to_have_count(1)
    person.context.set_offline(True)
    write(person, "关页面前的话")
    address, context = person.url, person.context
    person.close()
    chief.get_by_role("button", name="结束会话").click()
    expect(chief.get_by_role("button", name="继续对话")).to_be_visible()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_text("没有发出去；继续这次对话就会发送")).to_be_visible()
    again.get_by_role("button", name="继续这次对话").click()
    expect(shown(again, "关页面前的话")).to_have_count(1)
    chief.set_viewport_size({"width": 1280, "height": 800})
    chief.get_by_role("link", name="会话资料").click()
    expect(chief.get_by_role("link", name="文中号码")).to_be_visible()
    again.get_by_role("button", name="结束对话").click()  # nobody's place in the queue is taken
    expect(again.get_by_role("button", name="继续这次对话")).to_be_visible()
