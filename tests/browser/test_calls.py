"""A call in a real browser: it pops up, is taken down with one key, and breaks no rule."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, sign_in_at_the_desk
from tests.browser.house import PHONE_NO, House, aside
from tests.browser.test_axe import Checked

pytestmark = pytest.mark.browser


def say(event: str, call: str, begun: datetime, after: float = 0, **more: Any) -> int:
    """What the telephone system tells of a call of 爱丽's; the call's id."""

    def act() -> int:
        from bihuan.core.actors import SYSTEM
        from bihuan.phone import commands
        from bihuan.phone.commands import Fact

        at = begun + timedelta(seconds=after)
        given = {"number_from": PHONE_NO, "direction": "in", "agent": "1001"} | more
        fact = Fact(event, at, **given)  # type: ignore[arg-type]
        return commands.hear(source="webhook", ref=call, fact=fact, by=SYSTEM, at=at).id

    return aside(act)


@pytest.fixture
def extension(house_up: House, door: Door) -> None:
    """林悦 has a telephone; the supervisor says so on the page."""
    page = door()
    sign_in_at_the_desk(page, "chen")
    page.goto("/desk/calls/extensions/")
    page.get_by_label("分机号").fill("1001")
    page.get_by_label("使用人").select_option(label="林悦（客服部）")
    page.get_by_role("button", name="登记分机").click()
    expect(page.get_by_role("cell", name="1001", exact=True)).to_be_visible()


def test_a_call_pops_up_changes_by_itself_and_is_taken_down_with_one_key(
    extension: None, lin: Page
):
    begun = datetime.now(UTC) - timedelta(seconds=20)
    card = lin.locator(".ring")
    expect(card).to_have_count(0)

    say("started", "b-1", begun)
    expect(card).to_contain_text("来电 139****2718")
    expect(card).to_contain_text("响铃中")
    say("answered", "b-1", begun, 9)
    expect(card).to_contain_text("通话中")
    lin.keyboard.press("g")
    lin.keyboard.press("n")

    expect(lin).to_have_url(re.compile(r"/desk/cases/new/\?call="))
    expect(lin.get_by_label("手机号")).to_have_value("139****2718")
    expect(lin.get_by_label("渠道")).to_have_value("phone")
    expect(card).to_have_count(0)  # the page is about this very call
    lin.get_by_label("发生了什么").fill("想知道退款几天到账。")
    lin.get_by_role("button", name="登记").click()
    expect(lin).to_have_url(re.compile(r"/desk/cases/TS"))
    say("ended", "b-1", begun, 19)
    lin.goto("/desk/inbox/")
    expect(card).to_have_count(0)


def test_a_card_lies_over_no_button_that_could_not_be_pressed(extension: None, lin: Page):
    begun = datetime.now(UTC) - timedelta(seconds=20)
    ids = [say("started", f"b-{n}", begun) for n in (3, 4, 5)]
    lin.set_viewport_size({"width": 1280, "height": 800})

    lin.goto("/desk/inbox/")
    expect(lin.locator(".ring")).to_have_count(3)
    lin.get_by_role("button", name="发送给用户").click(trial=True)
    lin.goto(f"/desk/calls/{ids[0]}/")
    lin.get_by_text("约定回拨").click()
    expect(lin.locator(".ring")).to_have_count(2)
    lin.get_by_role("button", name="列入回拨清单").click(trial=True)

    for n in (3, 4, 5):
        say("ended", f"b-{n}", begun, 19, reason="caller_left")


def test_the_pages_of_calls_break_no_rule(extension: None, house_up: House, door: Door):
    page = door()
    desk = Checked(page)
    sign_in_at_the_desk(page)
    begun = datetime.now(UTC) - timedelta(minutes=3)
    id = say("started", "b-2", begun)
    page.goto("/desk/inbox/")
    expect(page.locator(".ring")).to_be_visible()
    desk.look("a card")
    say("answered", "b-2", begun, 9)

    desk.visit(f"/desk/calls/{id}/", f"/desk/calls/{id}/reveal/number/")
    page.get_by_role("button", name="查看并记录").click()
    desk.look("a number without a reason")
    page.goto(f"/desk/calls/{id}/")
    page.get_by_role("button", name="保存记录").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    desk.look("a call with errors")
    page.get_by_text("约定回拨").click()
    page.get_by_label("最迟回拨时间").fill(
        f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M}"
    )
    page.get_by_role("button", name="列入回拨清单").click()
    page.get_by_role("link", name="记录回拨").click()
    expect(page.get_by_role("heading", name="回拨 139****2718")).to_be_visible()
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    desk.look("a call that is owed")
    page.get_by_role("button", name="记录回拨").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    desk.look("a try without its outcome")
    desk.visit("/desk/calls/?list=callbacks", "/desk/calls/?list=live")
    say("ended", "b-2", begun, 120)
    assert desk.found == []
