"""The desk under the hands of people: keys, two at one case, a reply taken back, light and dark."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.browser.conftest import Door, current, opened, sign_in_at_the_desk
from tests.browser.house import House

pytestmark = pytest.mark.browser
HEAD = re.compile(r"/desk/.*part=head")
TYPED_WITH_AN_IME = (
    "key => document.body.dispatchEvent(new KeyboardEvent('keydown',"
    " {key, bubbles: true, isComposing: true, keyCode: 229}))"
)
KEY_RIGHT_AFTER_CLOSING = (
    "key => {document.getElementById('sheet').close(); document.activeElement.dispatchEvent("
    "new KeyboardEvent('keydown', {key, bubbles: true}))}"
)


def arrived(page: Page, place: str) -> None:
    """On that page, with its scripts running: they are what hears the keys."""
    expect(page).to_have_url(re.compile(place))
    page.wait_for_load_state("load")


def test_j_and_k_walk_the_list_and_open_each_case_beside_it(lin: Page):
    first = current(lin)

    lin.keyboard.press("j")

    second = current(lin)
    assert second != first
    expect(lin.locator(".case")).to_have_attribute("aria-label", second)
    lin.keyboard.press("k")
    expect(lin.locator(".case")).to_have_attribute("aria-label", first)
    expect(lin).to_have_url(re.compile(f"/desk/inbox/{first}/"))


def test_every_letter_of_the_map_does_what_the_map_says(lin: Page, house_up: House):
    opened(lin, house_up.late)
    reply, sheet = lin.locator("#reply"), lin.locator("#sheet[open]")
    for key, name in (("a", "转派"), ("l", "标签"), ("u", "上报主管")):
        lin.keyboard.press(key)
        expect(sheet.get_by_role("heading")).to_have_text(name)
        lin.keyboard.press("Escape")
        expect(sheet).to_have_count(0)
    lin.keyboard.press("w")
    expect(lin.locator(".pop:popover-open")).to_contain_text("为什么是")
    lin.keyboard.press("Escape")
    lin.keyboard.press("n")
    expect(reply).to_be_focused()
    expect(lin.get_by_role("radio", name="内部备注")).to_be_checked()
    lin.keyboard.press("Escape")
    lin.keyboard.press("r")
    expect(lin.get_by_role("radio", name="回复用户")).to_be_checked()
    lin.keyboard.press("Escape")
    lin.keyboard.press("4")
    expect(lin.locator(".case-tabs [aria-current]")).to_contain_text("时限")
    lin.keyboard.press("/")
    expect(lin.get_by_role("searchbox")).to_be_focused()
    lin.keyboard.press("Escape")
    lin.keyboard.press("Escape")
    expect(lin.locator(f"#row-{house_up.late}")).to_be_focused()
    lin.keyboard.press("t")
    arrived(lin, "/decide/$")
    lin.keyboard.press("g")
    lin.keyboard.press("d")
    arrived(lin, "/desk/dashboard/$")
    lin.keyboard.press("g")
    lin.keyboard.press("i")
    arrived(lin, "/desk/inbox/$")
    lin.keyboard.press("?")
    expect(lin.get_by_role("dialog", name="快捷键")).to_be_visible()


def test_a_letter_is_heard_as_soon_as_the_sheet_is_closed(lin: Page, house_up: House):
    opened(lin, house_up.late)
    lin.keyboard.press("u")
    expect(lin.locator("#sheet[open] #escalate_reason")).to_be_focused()

    lin.evaluate(KEY_RIGHT_AFTER_CLOSING, "w")

    expect(lin.locator(".pop:popover-open")).to_contain_text("为什么是")


def test_letters_are_dead_while_somebody_writes_or_composes(lin: Page, house_up: House):
    opened(lin, house_up.late)
    lin.locator("#reply").fill("")
    lin.keyboard.type("atlwjk/?")

    for key in ("a", "t", "/"):
        lin.evaluate(TYPED_WITH_AN_IME, key)

    expect(lin.locator("#reply")).to_have_value("atlwjk/?")
    expect(lin.locator(":popover-open, dialog[open]")).to_have_count(0)
    assert current(lin) == house_up.late
    assert "/decide/" not in lin.url
    lin.locator("#reply").fill("")


def test_letters_can_be_switched_off_and_stay_off(lin: Page, house_up: House):
    opened(lin, house_up.late)
    lin.keyboard.press("?")
    lin.locator("#keys-on").uncheck()
    lin.keyboard.press("Escape")
    opened(lin, house_up.late)

    lin.keyboard.press("a")
    lin.keyboard.press("t")

    expect(lin.locator(":popover-open, dialog[open]")).to_have_count(0)
    assert "/decide/" not in lin.url
    lin.keyboard.press("?")
    lin.locator("#keys-on").check()
    lin.keyboard.press("Escape")
    expect(lin.locator("dialog[open]")).to_have_count(0)
    lin.keyboard.press("a")
    expect(lin.locator("#sheet[open]")).to_be_visible()


def test_a_call_taken_down_by_a_colleague_comes_into_the_list_by_itself(lin: Page, door: Door):
    lin.evaluate("window.neverReloaded = true")
    chen = door()
    sign_in_at_the_desk(chen, "chen")
    chen.goto("/desk/cases/new/")
    chen.get_by_label("姓名").fill("丁一")
    chen.get_by_label("手机号").fill("13811112222")
    chen.get_by_label("发生了什么").fill("在门店买的电饭煲第二天就不通电，门店让找厂家。")
    chen.get_by_role("button", name="登记").click()
    expect(chen.get_by_text("已登记，编号")).to_be_visible()
    found = re.search(r"TS\d{16}", chen.url)
    assert found

    expect(lin.locator(f"#row-{found.group()}")).to_be_visible()
    assert lin.evaluate("window.neverReloaded") is True


def test_what_was_opened_while_news_were_on_their_way_stays_open(lin: Page, house_up: House):
    held: list[Route] = []
    shown = lin.locator(".pop:popover-open")
    lin.route(HEAD, lambda route: route.continue_())  # an open page may pass a first route by
    opened(lin, house_up.late)
    lin.route(HEAD, lambda route: held.append(route))
    with lin.expect_request(HEAD):
        lin.evaluate("new BroadcastChannel('bihuan-live').postMessage({ kind: 'resync' })")
    lin.keyboard.press("w")
    expect(shown).to_be_visible()

    with lin.expect_response(HEAD):
        held.pop().continue_()
    lin.wait_for_function("() => !document.querySelector('.case-head.htmx-request')")
    expect(shown).to_contain_text("为什么是")

    lin.unroute(HEAD)
    with lin.expect_response(HEAD):  # asked again as soon as it is read
        lin.keyboard.press("Escape")


def test_what_a_colleague_did_meanwhile_is_seen_before_sending_and_nothing_written_is_lost(
    lin: Page, door: Door, house_up: House
):
    opened(lin, house_up.waiting)
    lin.get_by_role("radio", name="内部备注").check(force=True)
    lin.locator("#reply").fill("已电话联系用户，等她确认。")
    chen = door()
    sign_in_at_the_desk(chen, "chen")
    opened(chen, house_up.waiting)
    chen.get_by_role("radio", name="内部备注").check(force=True)
    chen.locator("#reply").fill("主管：请周五前回访。")
    chen.get_by_role("button", name="存为内部备注").click()

    expect(lin.get_by_text("主管：请周五前回访。")).to_be_visible()
    expect(lin.get_by_text("您书写期间案件有了新动态")).to_be_visible()
    expect(lin.locator("#reply")).to_have_value("已电话联系用户，等她确认。")
    lin.get_by_role("button", name="存为内部备注").click()
    kept = lin.locator(".message-note").filter(has_text="已电话联系用户，等她确认。")
    expect(kept).to_have_count(1)
    expect(lin.get_by_text("内容已有更新")).to_have_count(0)


def test_a_reply_is_sent_and_taken_back_by_keys_alone(lin: Page, house_up: House):
    opened(lin, house_up.waiting)
    lin.keyboard.press("r")
    lin.keyboard.type("您好，退款已经发起，三天内到账。")
    lin.keyboard.press("Control+Enter")
    expect(lin.locator(".message-pending")).to_be_visible()

    lin.keyboard.press("z")

    expect(lin.locator("#reply")).to_have_value("您好，退款已经发起，三天内到账。")
    expect(lin.locator(".message-pending")).to_have_count(0)
    lin.locator("#reply").focus()
    lin.keyboard.press("Control+Enter")
    expect(lin.locator(".message-pending")).to_be_visible()
    expect(lin.locator(".message-pending")).to_have_count(0)  # it went out; the page heard of it
    story = lin.get_by_role("region", name="案件内容")
    expect(story.get_by_text("您好，退款已经发起，三天内到账。")).to_have_count(1)


def test_a_reply_taken_back_warns_of_its_card_number_again(lin: Page, house_up: House):
    opened(lin, house_up.waiting)
    lin.locator("#reply").fill("请核对卡号 6222 0212 3456 7890 123")
    lin.keyboard.press("Control+Enter")
    expect(lin.locator(".message-pending")).to_be_visible()

    lin.locator("#reply").blur()
    lin.keyboard.press("z")

    expect(lin.locator("#reply")).to_have_value(re.compile("6222"))
    expect(lin.get_by_text("内容里像有身份证号或银行卡号")).to_be_visible()
    lin.get_by_role("button", name="丢弃").click()


def test_on_a_phone_rows_stand_below_one_another_and_the_chosen_tab_is_in_sight(
    lin: Page, house_up: House
):
    lin.set_viewport_size({"width": 390, "height": 844})
    lin.goto("/desk/team/")
    row = lin.get_by_role("row").filter(has_text="林悦").first

    edges = row.locator("td").evaluate_all(
        "cells => cells.map(cell => Math.round(cell.getBoundingClientRect().right))"
    )
    said = "cell => getComputedStyle(cell, '::before').content"
    assert max(edges) <= 390
    assert row.get_by_role("cell").nth(1).evaluate(said) == '"状态"'

    lin.goto(f"/desk/cases/{house_up.late}/?tab=parties")
    expect(lin.locator(".case-tabs [aria-current]")).to_be_in_viewport(ratio=1)


def test_a_half_written_reply_survives_a_visit_elsewhere(lin: Page, house_up: House):
    opened(lin, house_up.late)
    lin.locator("#reply").fill("写到一半的话")

    lin.goto("/desk/dashboard/")
    opened(lin, house_up.late)

    expect(lin.locator("#reply")).to_have_value("写到一半的话")
    expect(lin.get_by_text(re.compile(r"已恢复 \d\d:\d\d 的草稿"))).to_be_visible()
    lin.locator("#reply").fill("")


def test_who_calls_stays_off_the_device_and_a_restored_draft_says_so(lin: Page):
    lin.goto("/desk/cases/new/")
    lin.get_by_label("手机号").fill("13800138000")
    lin.get_by_label("姓名").fill("王芳")
    lin.get_by_label("发生了什么").fill("水壶底座有裂纹")

    lin.reload()

    expect(lin.get_by_label("发生了什么")).to_have_value("水壶底座有裂纹")
    kept = lin.evaluate("() => JSON.stringify({ ...localStorage })")
    assert "王芳" not in kept
    assert "13800138000" not in kept
    said = lin.get_by_text("出于隐私，姓名、手机号不保存在本机，请重新填写")
    expect(said).to_be_visible()
    lin.get_by_label("手机号").fill("13800138000")
    expect(lin.get_by_text("出于隐私，姓名不保存在本机，请重新填写")).to_be_visible()
    lin.get_by_label("姓名").fill("王芳")
    expect(lin.locator("[data-unkept]")).to_be_hidden()
    lin.evaluate("() => localStorage.clear()")


def test_dark_is_chosen_at_the_desk_and_stays(lin: Page):
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = lin.evaluate(ground)
    lin.get_by_role("button", name="林悦").click()

    lin.get_by_role("button", name="深色").click()

    dark = lin.evaluate(ground)
    assert dark != light
    lin.goto("/desk/dashboard/")
    assert lin.evaluate(ground) == dark


def test_a_page_of_the_desk_weighs_no_more_than_it_may(lin: Page, house_up: House):
    sizes: dict[str, int] = {}

    for place in (f"/desk/inbox/{house_up.late}/?view=all", "/desk/dashboard/", "/desk/cases/new/"):
        page, got = lin.context.new_page(), list[Response]()
        page.on("response", lambda one, got=got: got.append(one))
        page.goto(place, wait_until="load")
        files = [one for one in got if "/live/" not in one.url]  # the stream never ends
        sizes[place] = sum(len(gzip.compress(one.body())) for one in files)
        page.close()

    assert all(0 < size <= 120_000 for size in sizes.values()), sizes
