"""A person on a bus: presses twice, loses the line, comes back; nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Error, Page, expect

from tests.browser import story
from tests.browser.conftest import Door
from tests.browser.house import TEXT

pytestmark = pytest.mark.browser
MINE = "13700001122"


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


def test_a_photo_that_did_not_arrive_is_said_and_goes_with_the_form(door: Door):
    page = door(phone=True)
    at_the_details(page)
    page.get_by_label("事情经过").fill(TEXT)

    page.context.set_offline(True)
    page.locator("#id_files").set_input_files(story.photo())  # type: ignore[arg-type]
    expect(page.get_by_role("alert")).to_contain_text("照片没有传上来")
    page.context.set_offline(False)
    story.go_on(page)
    page.go_back()
    page.reload()

    expect(page.get_by_role("button", name="删除 底座裂纹.jpg")).to_be_visible()
