"""The form of a step at the desk: in the one sheet of the page, on a bad line, and refused."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import current, opened
from tests.browser.house import House

pytestmark = pytest.mark.browser


def test_what_was_begun_in_a_sheet_is_there_when_it_is_opened_again(lin: Page, house_up: House):
    opened(lin, house_up.late)
    lin.keyboard.press("a")
    reason = lin.locator("#sheet").get_by_label("理由")
    reason.fill("法务部来定，先请")
    lin.keyboard.press("Escape")
    expect(lin.locator("dialog[open]")).to_have_count(0)
    lin.keyboard.press("l")
    expect(lin.get_by_role("dialog", name="标签")).to_be_visible()
    lin.keyboard.press("Escape")
    expect(lin.locator("dialog[open]")).to_have_count(0)

    lin.keyboard.press("a")

    expect(reason).to_have_value("法务部来定，先请")
    expect(lin.locator("#sheet").get_by_text("已恢复")).to_be_visible()


def test_a_sheet_stands_over_its_own_case_and_keys_wait_until_it_is_closed(
    lin: Page, house_up: House
):
    opened(lin, house_up.late)
    lin.keyboard.press("u")
    sheet = lin.get_by_role("dialog", name="上报主管")
    expect(sheet).to_contain_text(house_up.late)

    sheet.get_by_role("button", name="取消").focus()
    lin.keyboard.press("j")
    lin.keyboard.press("Tab")

    assert current(lin) == house_up.late
    assert lin.evaluate("document.activeElement.closest('.desk')") is None
    lin.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_a_sheet_that_comes_late_or_not_at_all_takes_nobody_away(lin: Page, house_up: House):
    held: list[Route] = []
    form = re.compile(r"/do/assign/")
    lin.route(form, lambda route: held.append(route))
    opened(lin, house_up.late)  # a page that is open already may send one request past a new route

    lin.keyboard.press("a")
    lin.keyboard.press("a")
    lin.wait_for_timeout(100)
    lin.locator(f"#row-{house_up.waiting}").click()
    expect(lin.locator(".case")).to_have_attribute("aria-label", house_up.waiting)
    [asked] = held
    with lin.expect_response(form):
        asked.continue_()
    lin.wait_for_timeout(100)
    expect(lin.locator("dialog[open]")).to_have_count(0)
    lin.unroute(form)
    lin.context.set_offline(True)
    lin.keyboard.press("l")

    expect(lin.get_by_role("dialog", name="现在连接不上")).to_be_visible()
    expect(lin).to_have_url(re.compile(house_up.waiting))
    lin.context.set_offline(False)


def test_words_of_a_refused_step_are_in_sight_with_the_fault_and_survive_leaving(
    lin: Page, house_up: House
):
    opened(lin, house_up.late)
    lin.get_by_role("button", name="更多").click()
    lin.locator("#more-actions").get_by_role("link", name="并案").click()
    sheet = lin.get_by_role("dialog", name="并案")
    sheet.get_by_role("textbox").first.fill("TS2020010100000019")
    sheet.get_by_role("button", name="并案").click()

    field = lin.get_by_role("form", name="并案").get_by_role("textbox").first
    fault = lin.get_by_role("link", name="并入的案件编号：没有找到这个编号的案件")
    expect(lin.get_by_role("alert")).to_be_focused()
    expect(field).to_have_value("TS2020010100000019")
    fault.click()
    expect(field).to_be_focused()
    expect(lin.get_by_role("form", name="并案").get_by_role("button")).to_be_in_viewport()
    opened(lin, house_up.late)
    lin.get_by_role("button", name="更多").click()
    lin.locator("#more-actions").get_by_role("link", name="并案").click()
    expect(sheet.get_by_role("textbox").first).to_have_value("TS2020010100000019")


def test_a_step_whose_form_cannot_be_had_says_why_on_its_page(lin: Page, house_up: House):
    def faulty(route: Route) -> None:
        alone = route.request.headers.get("hx-request")
        route.fulfill(body="<p>") if alone else route.continue_()

    lin.route(re.compile(r"/do/assign/"), faulty)
    opened(lin, house_up.late)

    lin.keyboard.press("a")

    expect(lin.get_by_role("form", name="转派")).to_be_visible()
    expect(lin).to_have_url(re.compile(r"/do/assign/"))
