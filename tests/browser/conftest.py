"""A running house, a real Chromium, and people who come through its doors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bihuan.store import postgres
from tests import clones
from tests.browser.house import PASSWORD, PHONE_NO, House, lights_on, move_in

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # a page that a test makes up is a stranger to this machine, where the house stands
    "--disable-features=LocalNetworkAccessChecks",
]
#: The first of these that is here; without a window of its own it is a third lighter.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=20_000)  # of patience: two houses share the machine
Door = Callable[..., Page]


@pytest.fixture(scope="package")
def house_up(database_server: postgres.Urls, django_db_blocker: Any) -> Iterator[House]:
    """Real programs on a database of their own, with their people moved in; ended afterwards."""
    home = Path(os.environ["BIHUAN_HOME"])
    with (
        clones.clone(database_server) as urls,
        django_db_blocker.unblock(),
        clones.connected(urls),
    ):
        told = move_in(datetime.now(UTC))
        with lights_on(home) as (url, serve_anew):
            yield House(url=url, mailbox=home / "mailbox", serve_anew=serve_anew, **told)


@pytest.fixture(scope="package")
def chromium(house_up: House) -> Iterator[Browser]:
    """One browser for the folder; after the house, because Django minds the browser's loop."""
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def door(house_up: House, chromium: Browser) -> Iterator[Door]:
    """Opens a new window on the house; closed after the test, with no error left in it."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_window(*, phone: bool = False, script: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=house_up.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            device_scale_factor=2 if phone else 1,
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(f"{page.url}: {fault}"))
        page.on("console", lambda said: _note(faults, said))
        return page

    yield open_window
    for context in opened:
        for page in context.pages:  # a request that a test still holds would hold the window too
            page.unroute_all(behavior="ignoreErrors")
        context.close()
    assert faults == []


def _note(faults: list[str], said: Any) -> None:
    """What the policy of contents or a script refuses is a fault; an answer of 4xx is not.

    Nor is a line that a test cuts: htmx then says so to the console as well as to the page.
    """
    expected = ("Failed to load resource", "htmx:sendError", "htmx:afterRequest")
    if said.type == "error" and not any(words in said.text for words in expected):
        faults.append(f"{said.page.url if said.page else ''}: {said.text}")


def sign_in_as_ai_li(page: Page, house: House, contact: str = PHONE_NO) -> None:
    """By the code that was sent to this contact, once; after that by the cookie it gave."""
    if contact in house.cookies:  # a second code within a minute is refused
        page.context.add_cookies(house.cookies[contact])
        return
    before = house.letters()
    page.goto("/signin/")
    page.get_by_label("手机号或邮箱").fill(contact)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码", exact=True).fill(house.code_for(contact, before))
    page.get_by_role("button", name="确定").click()
    expect(page).to_have_url(f"{house.url}/complaints/")
    house.cookies[contact] = page.context.cookies()


def sign_in_at_the_desk(page: Page, name: str = "linyue") -> None:
    """By name and password."""
    page.goto("/staff/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.fixture
def lin(house_up: House, door: Door) -> Page:
    """林悦 at the desk with every open case in the list."""
    page = door()
    sign_in_at_the_desk(page)
    page.goto("/desk/inbox/?view=all")
    return page


def current(page: Page) -> str:
    """The number of the case that is marked in the list."""
    return str(page.locator("[data-row][aria-current]").get_attribute("id")).removeprefix("row-")


def opened(page: Page, number: str) -> None:
    """Leave the list with this case beside it."""
    page.goto(f"/desk/inbox/{number}/?view=all")
    expect(page.locator(".case")).to_have_attribute("aria-label", number)
