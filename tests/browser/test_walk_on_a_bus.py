"""A person on a bus: presses twice, loses the line, comes back; nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Error, Page, Request, Route, expect

from tests.browser import story
from tests.browser.conftest import Door
from tests.browser.house import TEXT, House

pytestmark = pytest.mark.browser
MINE = "13700001122"
PART = 256 * 1024  # bytes


def at_the_details(page: Page) -> None:
    """A guest in the third step, with nothing written yet."""
    page.goto("/orders/pick/")
    page.get_by_role("radio", name="与订单无关").check()
    story.go_on(page)
    page.get_by_role("radio", name="商品质量问题").check()
    story.go_on(page)


def at_the_end(page: Page) -> None:
    """The same guest before the last button."""
    at_the_details(page)
    page.get_by_label("事情经过").fill(TEXT)
    story.go_on(page)
    page.get_by_role("radio", name="退货退款").check()
    story.go_on(page)
    page.get_by_label("手机号").fill(MINE)


@pytest.mark.parametrize("script", [True, False])
def test_the_last_button_pressed_twice_makes_one_case(door: Door, script: bool):
    page = door(phone=True, script=script)
    at_the_end(page)

    page.get_by_role("button", name="提交投诉").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交，编号如下")
    first = story.number_on(page)
    page.go_back()
    page.reload()

    assert story.number_on(page) == first  # the form is gone: what was sent is a case


def test_words_are_still_there_when_the_line_was_lost_while_sending(door: Door):
    page = door(phone=True)
    at_the_details(page)
    form = page.url
    page.get_by_label("事情经过").fill(TEXT)

    page.context.set_offline(True)
    with contextlib.suppress(Error):
        page.get_by_role("button", name="继续").click()
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    with contextlib.suppress(Error):
        page.go_back()
    page.goto(form)

    expect(page.get_by_label("事情经过")).to_have_value(TEXT)


@pytest.mark.parametrize("in_time", [True, False])
def test_words_are_still_there_when_the_house_had_no_database_for_a_moment(
    door: Door, settings: Any, in_time: bool
):
    """Even when its reader went on before the script of the page that says so had come."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    away = render_to_string("500.html", {"away": True})
    page = door(phone=True)
    at_the_details(page)
    form = page.url
    page.route(form, lambda route: route.fulfill(status=503, body=away, content_type="text/html"))
    script = re.compile(r"/draft\.[\w.]*js$")
    if not in_time:
        page.route(script, lambda route: route.abort())

    page.get_by_label("事情经过").fill(TEXT)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("暂时无法提供服务")
    page.unroute(script)
    page.get_by_role("link", name="返回服务首页").click()
    page.wait_for_url("**/#kept")
    page.unroute(form)
    page.goto(form)

    expect(page.get_by_label("事情经过")).to_have_value(TEXT)


def test_e_19_a_photo_half_sent_goes_on_after_the_line_was_lost_and_the_page_read_anew(door: Door):
    page = door(phone=True)
    at_the_details(page)
    page.get_by_label("事情经过").fill(TEXT)
    came: list[int] = []

    def in_a_tunnel(route: Route) -> None:
        """One part goes through, then nothing."""
        if route.request.method == "PATCH" and not came:
            came.append(int(route.request.headers["upload-offset"]))
            route.continue_()
        else:
            route.abort()

    page.route("**/u/*", in_a_tunnel)
    page.locator("#id_files").set_input_files(story.photo(heavy=True))  # type: ignore[arg-type]
    expect(
        page.get_by_role("status").filter(has_text="网络中断，“底座裂纹.jpg”传了")
    ).to_be_visible()
    page.unroute("**/u/*")
    page.on(
        "request",
        lambda sent: (
            came.append(int(sent.headers.get("upload-offset", "0")))
            if sent.method == "PATCH"
            else None
        ),
    )
    page.reload()
    story.go_on(page)  # pressed too early: the page waits for the photo
    page.go_back()

    expect(
        page.locator(".tile[data-kept]").get_by_role("button", name="删除 底座裂纹.jpg")
    ).to_be_visible()
    assert came[0] == 0
    assert min(came[1:]) == PART  # what had come was not sent once more


def test_e_19_a_photo_goes_on_after_what_serves_was_killed_in_the_middle_of_a_part(
    door: Door, house_up: House
):
    page = door(phone=True)
    at_the_details(page)
    sent: list[int] = []
    page.on("request", lambda one: sent.extend(offsets(one)))
    thin = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", thin)

    with page.expect_request(lambda one: offsets(one) == [PART]):
        page.locator("#id_files").set_input_files(story.photo(heavy=True))  # type: ignore[arg-type]
    page.wait_for_timeout(600)  # of the 2.6 seconds that a part takes
    house_up.serve_anew()
    line.send("Network.emulateNetworkConditions", thin | {"uploadThroughput": -1})

    kept = page.locator(".tile[data-kept]").get_by_role("button", name="删除 底座裂纹.jpg")
    expect(kept).to_be_visible(timeout=40_000)  # it asks again after 1, 2, 4 … seconds
    assert sent[:3] == [0, PART, PART]  # what was whole stays, and half a part is none
    page.reload()
    expect(kept).to_have_count(1)


def offsets(one: Request) -> list[int]:
    """From which byte on this is a part of a file; of another request nothing."""
    return [int(one.headers["upload-offset"])] if one.method == "PATCH" else []
