"""The desk by keyboard alone: a canned reply, the command palette, and a key of one's own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, opened, sign_in_at_the_desk
from tests.browser.house import House

pytestmark = pytest.mark.browser
ENTER_OF_AN_IME = (
    "() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
    " {key: 'Enter', bubbles: true, isComposing: true, keyCode: 229}))"
)


def written_by_chen(door: Door) -> None:
    chen = door()
    sign_in_at_the_desk(chen, "chen")
    chen.goto("/desk/macros/new/")
    chen.get_by_label("名称").fill("催办说明")
    chen.get_by_label("快捷码").fill("cb")
    chen.get_by_label("内容").fill("案件 {{number}} 已催办，最迟 {{due}} 答复。")
    chen.get_by_label("谁可以用").select_option("everybody")
    chen.get_by_label("同时加上标签").fill("催办")
    expect(chen.locator("#macro-preview")).to_contain_text("已催办")
    chen.get_by_role("button", name="保存").click()
    expect(chen.get_by_role("cell", name="催办说明").first).to_be_visible()


def fills_in_a_canned_reply(lin: Page, house_up: House) -> None:
    reply = lin.locator("#reply")
    reply.fill("")

    lin.keyboard.press("Escape")
    lin.keyboard.press("r")
    lin.keyboard.type(";cb")
    expect(lin.get_by_role("option", name="催办说明")).to_have_attribute("aria-selected", "true")
    lin.evaluate(ENTER_OF_AN_IME)
    expect(lin.locator("#macro-picker[open]")).to_have_count(1)
    lin.keyboard.press("Enter")
    expect(reply).to_have_value(f"案件 {house_up.late} 已催办，最迟 {{{{due}}}} 答复。")
    expect(lin.get_by_label("加上标签“催办”")).to_be_checked()
    lin.keyboard.press("Control+Enter")
    expect(lin.locator("[data-unfilled]")).to_contain_text("{{due}}")
    expect(lin.locator(".message-pending")).to_have_count(0)
    lin.keyboard.type("明天中午")  # the place to be filled is selected
    expect(reply).to_have_value(f"案件 {house_up.late} 已催办，最迟 明天中午 答复。")
    expect(lin.locator("[data-unfilled]")).to_be_hidden()
    reply.fill("")
    lin.keyboard.press("Escape")


def escalates_from_the_palette(lin: Page) -> None:
    lin.keyboard.press("Control+k")
    lin.keyboard.type("上报")
    expect(lin.get_by_role("option").first).to_contain_text("上报主管")
    lin.keyboard.press("Enter")
    expect(lin.locator("#sheet[open]").get_by_role("heading")).to_have_text("上报主管")
    lin.keyboard.press("Escape")
    lin.keyboard.press("m")
    expect(lin.locator(".toast", has_text="商家")).to_be_visible()


def answers_by_a_key_of_her_own(lin: Page, house_up: House) -> None:
    reply = lin.locator("#reply")
    lin.goto("/desk/keys/")
    lin.get_by_label("回复用户").fill("y")
    lin.get_by_role("button", name="保存").click()
    expect(lin.get_by_text("已保存")).to_be_visible()
    opened(lin, house_up.late)
    lin.keyboard.press("r")
    expect(reply).not_to_be_focused()
    lin.keyboard.press("y")
    expect(reply).to_be_focused()
    lin.goto("/desk/keys/")
    lin.get_by_role("button", name="恢复默认").click()


def test_e_04_macro_palette_and_a_remapped_key_by_keyboard_alone(
    lin: Page, door: Door, house_up: House
):
    written_by_chen(door)
    opened(lin, house_up.late)

    fills_in_a_canned_reply(lin, house_up)
    escalates_from_the_palette(lin)
    answers_by_a_key_of_her_own(lin, house_up)
