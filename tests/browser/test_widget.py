"""The contact window on a site of the platform, and on one that nobody named (6.4)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.house import SHOP, House

pytestmark = pytest.mark.browser
STRANGER = "http://localhost:8198"
SITE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>商城</title>
<main><h1>商城</h1>
<a href="{url}/contact/" data-bihuan>联系客服</a></main><script src="{url}/widget.js"></script>"""


def site(browser: Browser, house: House, origin: str, *, phone: bool = False) -> Page:
    """A page of another origin with the tag of the documentation."""
    size = PHONE if phone else DESK
    page = browser.new_context(viewport=size, locale="zh-CN").new_page()  # type: ignore[arg-type]
    html = SITE.format(url=house.url)
    page.route(f"{origin}/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{origin}/")
    return page


def test_6_4_a_named_site_shows_the_window_which_closes_by_key_and_gives_the_focus_back(
    house_up: House, chromium: Browser
):
    page = site(chromium, house_up, SHOP, phone=True)
    button = page.get_by_role("button", name="联系客服")

    button.click()

    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", name="怎么联系我们？")).to_be_visible()
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])
    for frame in page.frames:
        frame.wait_for_load_state("load")  # its script listens by then
    inside.get_by_role("link", name="在网上提交").focus()
    page.keyboard.press("Escape")  # from inside the frame
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    page.context.close()


def test_6_4_a_site_that_is_not_named_is_refused_by_the_browser_and_told_of_the_page(
    house_up: House, chromium: Browser
):
    page = site(chromium, house_up, STRANGER)

    page.get_by_role("button", name="联系客服").click()

    expect(page.get_by_text("这里打不开窗口。")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("heading")).to_have_count(0)
    away = page.get_by_role("dialog").get_by_role("link", name="在新窗口打开")
    assert away.get_attribute("href") == f"{house_up.url}/contact/"
    page.context.close()
