"""The same complaint, in browsers that run no script at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import story
from tests.browser.conftest import Door, sign_in_as_ai_li, sign_in_at_the_desk
from tests.browser.house import MAIL, House, eventually

pytestmark = pytest.mark.browser


def test_the_same_story_needs_no_javascript_on_either_side(house_up: House, door: Door):
    phone, desk = door(phone=True, script=False), door(script=False)
    sign_in_as_ai_li(phone, house_up, MAIL)
    sign_in_at_the_desk(desk)

    number = story.files_a_complaint(phone, script=False)

    desk.reload()
    desk.locator(f"#row-{number}").click()
    expect(desk.locator(".case")).to_have_attribute("aria-label", number)
    expect(story.timeline(desk).get_by_text("加水后漏水")).to_be_visible()
    desk.get_by_role("button", name="为什么是这个时限？").first.click()
    expect(desk.locator("[popover]:popover-open")).to_contain_text("所以最迟是")
    desk.keyboard.press("Escape")
    story.accepts(desk)
    phone.goto(f"/complaints/{number}/")
    phone.get_by_text("全部时限").click()
    in_days = phone.locator(".clocks > li").filter(has=phone.locator("ol.days")).first
    in_days.get_by_text("这个时间怎么来的？").click()
    expect(in_days.get_by_role("list", name="逐日计算")).to_be_visible()
    story.answers(desk)
    assert eventually(lambda: phone.reload() and phone.get_by_text(story.REPLY).is_visible())
    story.decides(desk)

    story.confirms(phone, number)
    story.time_passes(number)

    phone.goto(f"/complaints/{number}/")
    expect(phone.get_by_text("已归档").first).to_be_visible()
    story.the_loop_is_closed(house_up)
