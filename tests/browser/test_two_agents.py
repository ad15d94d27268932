"""Two agents answer one case at the same moment: each sees the other, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, opened, sign_in_at_the_desk
from tests.browser.house import House

pytestmark = pytest.mark.browser
MINE, HERS = "我已电话联系用户，约好周三回访。", "主管已和商家谈妥，明天退款。"


def test_e_03_two_agents_collide_and_nothing_is_lost(lin: Page, door: Door, house_up: House):
    lin.route(re.compile(r"/live/|part=(head|tab)"), lambda route: route.abort())  # hears no news
    opened(lin, house_up.waiting)
    lin.get_by_role("radio", name="内部备注").check(force=True)
    lin.locator("#reply").fill(MINE)
    chen = door()
    sign_in_at_the_desk(chen, "chen")
    opened(chen, house_up.waiting)
    expect(chen.locator(".here")).to_contain_text("林悦 正在回复")
    chen.get_by_role("radio", name="内部备注").check(force=True)
    chen.locator("#reply").fill(HERS)
    chen.get_by_role("button", name="存为内部备注").click()
    expect(chen.locator(".message-note").last).to_contain_text(HERS)

    lin.get_by_role("button", name="存为内部备注").click()

    expect(lin.locator(".newer")).to_contain_text(HERS)
    expect(lin.locator("#reply")).to_have_value(MINE)
    expect(lin.get_by_role("radio", name="内部备注")).to_be_checked()
    lin.get_by_role("button", name="存为内部备注").click()
    expect(lin.locator(".message-note").last).to_contain_text(MINE)
    expect(lin.locator(".message-note").filter(has_text=HERS)).to_have_count(1)
    expect(lin.locator("#reply")).to_have_value("")


def test_e_03_words_that_were_begun_before_something_newer_stop_although_the_page_showed_it(
    lin: Page, door: Door, house_up: House
):
    opened(lin, house_up.waiting)
    lin.locator("#reply").fill("您好，请您再等两天。")
    chen = door()
    sign_in_at_the_desk(chen, "chen")
    opened(chen, house_up.waiting)
    chen.get_by_role("radio", name="内部备注").check(force=True)
    chen.locator("#reply").fill("主管另有安排，请先不要联系用户。")
    chen.get_by_role("button", name="存为内部备注").click()
    expect(lin.locator(".composer [data-news]")).to_be_visible()  # live: it has heard of it

    lin.locator("#reply").press("Control+Enter")

    expect(lin.locator(".newer")).to_contain_text("主管另有安排")
    expect(lin.locator("#reply")).to_have_value("您好，请您再等两天。")
    expect(lin.locator(".message-pending")).to_have_count(0)
    lin.locator("#reply").fill("")
