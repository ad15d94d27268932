"""One complaint from the phone to the archive, as its two people see it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import story
from tests.browser.conftest import Door, sign_in_as_ai_li, sign_in_at_the_desk
from tests.browser.house import House

pytestmark = pytest.mark.browser


def test_a_complaint_is_filed_answered_confirmed_and_archived_with_its_chain_whole(
    house_up: House, door: Door
):
    desk, phone = door(), door(phone=True)
    sign_in_at_the_desk(desk)
    desk.evaluate("window.neverReloaded = true")
    sign_in_as_ai_li(phone, house_up)

    number = story.files_a_complaint(phone, script=True)

    row = desk.locator(f"#row-{number}")
    expect(row).to_be_visible()  # came by itself, within ten seconds
    row.click()
    expect(desk.locator(".case")).to_have_attribute("aria-label", number)
    expect(story.timeline(desk).get_by_text("加水后漏水")).to_be_visible()
    why = desk.get_by_role("button", name="为什么是这个时限？").first
    why.click()
    shown = desk.locator("[popover]:popover-open")
    expect(shown).to_contain_text(re.compile(r"《手册》|手册 ?\d"))
    expect(shown).to_contain_text("连续计算 24 小时，不扣除周末与放假。")
    desk.keyboard.press("Escape")
    assert desk.evaluate("window.neverReloaded") is True
    phone.goto(f"/complaints/{number}/")
    story.accepts(desk)
    story.answers(desk)
    expect(phone.get_by_text(story.REPLY)).to_be_visible()  # without reloading, too
    story.decides(desk)

    story.confirms(phone, number)
    story.time_passes(number)

    phone.goto(f"/complaints/{number}/")
    expect(phone.get_by_text("已归档").first).to_be_visible()
    story.the_loop_is_closed(house_up)
