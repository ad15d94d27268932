"""The pages of the counter break no rule of accessibility: phone, screen on the wall, and desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import counters, story
from tests.browser.conftest import Door, sign_in_at_the_desk
from tests.browser.house import House, aside
from tests.browser.test_axe import Checked

pytestmark = pytest.mark.browser
#: The pages of a service point; {point} is its id.
OF_A_POINT = (
    "/counter/", "/counter/{point}/", "/counter/{point}/book/", "/counter/{point}/display/",
)  # fmt: skip
DESK = "/desk/counter/"


@pytest.fixture
def phone(door: Door) -> Iterator[Checked]:
    checked = Checked(door(phone=True))
    yield checked
    assert checked.found == []


@pytest.fixture
def desk(door: Door) -> Iterator[Checked]:
    checked = Checked(door())
    yield checked
    assert checked.found == []


def press(page: Page, name: str) -> None:
    """A button that leads on."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def link(page: Page, place: int) -> None:
    """One of the links in the main part."""
    page.get_by_role("main").get_by_role("link").nth(place).click()


def test_an_appointment_breaks_no_rule_on_any_of_its_pages(house_up: House, phone: Checked):
    point, _ = aside(counters.move_in)
    page = phone.page
    phone.visit(*(place.format(point=point) for place in OF_A_POINT))
    page.goto(f"/counter/{point}/book/")
    link(page, 1)
    phone.look("times")
    link(page, 0)
    phone.look("details")
    press(page, "确认预约")
    phone.look("details with errors")
    page.get_by_label("姓名").fill("赵敏")
    page.get_by_label("手机号").fill("13900007777")
    press(page, "确认预约")
    phone.look("booked")
    page.get_by_role("link", name="改约").click()
    link(page, 2)
    phone.look("times to move to")
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button").first.click()
    press(page, "取消预约")
    phone.look("cancelled")
    page.goto("/counter/")
    page.get_by_role("button", name="English").click()
    phone.visit(*(place.format(point=point) for place in OF_A_POINT))


def test_the_queue_breaks_no_rule_at_the_desk_on_the_phone_and_on_the_wall(
    house_up: House, desk: Checked, phone: Checked
):
    point, result = aside(counters.move_in)
    page = desk.page
    sign_in_at_the_desk(page, "chen")
    desk.visit(
        DESK, f"{DESK}points/", f"{DESK}points/new/", f"{DESK}points/{point}/", f"{DESK}told/",
        f"{DESK}told/{result}/", f"{DESK}{point}/",
    )  # fmt: skip
    press(page, "普通号")
    desk.look("ticket")
    phone.visit(page.get_by_role("main").get_by_role("link", name="/counter/q/").inner_text())
    page.goto(f"{DESK}{point}/")
    press(page, "叫下一个")
    desk.look("called")
    steps = [page.get_by_role("button", name=name) for name in ("开始办理", "重呼", "过号")]
    assert len({round(box["y"]) for one in steps if (box := one.bounding_box())}) == 1  # one row
    phone.page.reload()
    phone.look("called to a window")
    phone.visit(f"/counter/{point}/display/")

    page.get_by_role("link", name="登记和更多").click()
    page.get_by_role("link", name="当场登记").click()
    desk.look("register")
    story.go_on(page, "登记")
    desk.look("register with errors")
    page.get_by_label("发生了什么").fill("收到的杯子缺了一个口，联系店铺没有回音。")
    story.go_on(page, "登记")
    expect(page.get_by_role("link", name="打印回执")).to_be_visible()
    desk.look("a visit with a case")
