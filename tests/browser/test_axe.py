"""No page breaks a rule of accessibility that a program can check, in light or in dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import story
from tests.browser.conftest import Door, sign_in_as_ai_li, sign_in_at_the_desk
from tests.browser.house import PHONE_NO, House

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ANYBODYS = (
    "/", "/how/", "/policies/", "/policies/2.3.1/", "/signin/", "/signin/case/", "/track/",
    "/services/new/", "/suggestions/new/", "/orders/pick/", "/nothing-here/", "/house/parts/",
    "/staff/login/", "/mailbox/",
)  # fmt: skip
HERS = ("/complaints/", "/settings/", "/notifications/")
OF_A_CASE = ("", "timeline/", "result/", "evidence/")
OF_THE_DESK = (
    "/desk/inbox/", "/desk/dashboard/", "/desk/accountability/", "/desk/notices/",
    "/desk/messages/", "/desk/cases/new/", "/desk/keys/", "/staff/2fa/", "/desk/nothing-here/",
)  # fmt: skip


class Checked:
    """Looks at the page that is open, in light and in dark, and remembers what is wrong."""

    def __init__(self, page: Page) -> None:
        self.page, self.axe, self.found = page, Axe(), []

    def look(self, where: str = "") -> None:
        """Both appearances of the page as it stands; nothing is loaded anew between them."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
            for fault in self.axe.run(self.page, options=options).response["violations"]:
                marks = "; ".join(f"{n['target']} {n['html'][:120]}" for n in fault["nodes"][:3])
                place = where or self.page.url.split("/", 3)[3]
                self.found.append(f"/{place} {scheme}: {fault['id']}: {marks}")

    def visit(self, *places: str) -> None:
        """Each of these pages."""
        for place in places:
            self.page.goto(place)
            self._is_a_page_of_ours(place)
            self.look()

    def _is_a_page_of_ours(self, place: str) -> None:
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible()
        assert "系统出错了" not in self.page.content(), place
        if "nothing" not in place:
            assert "没有找到" not in self.page.title(), place


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


def test_pages_that_anybody_may_read_break_no_rule(phone: Checked):
    phone.visit(*ANYBODYS)


def test_five_steps_of_a_complaint_break_no_rule_with_errors_and_without(phone: Checked):
    page = phone.page
    page.goto("/orders/pick/")
    _try_empty(phone)
    page.get_by_role("radio", name="与订单无关").check()
    story.go_on(page)
    _try_empty(phone)
    page.get_by_role("radio", name="商品质量问题").check()
    story.go_on(page)
    _try_empty(phone)
    page.get_by_label("事情经过").fill("收到的杯子缺了一个口，联系店铺没有回音。")
    page.locator("#id_files").set_input_files(story.photo())  # type: ignore[arg-type]
    expect(page.get_by_role("button", name="删除 底座裂纹.jpg")).to_be_visible()
    phone.look("details with a photo")
    story.go_on(page)
    _try_empty(phone)
    page.get_by_role("radio", name="退货退款").check()
    story.go_on(page)
    _try_empty(phone, "提交投诉")
    story.go_on(page, "存草稿")
    phone.look("saved")


def _try_empty(checked: Checked, button: str = "继续") -> None:
    checked.look()
    story.go_on(checked.page, button)
    expect(checked.page.locator("[data-error-summary]")).to_be_visible()
    checked.look("with errors: " + checked.page.url.split("/", 3)[3])


def test_pages_of_a_signed_in_customer_break_no_rule(house_up: House, phone: Checked):
    sign_in_as_ai_li(phone.page, house_up, PHONE_NO)

    phone.visit(*HERS, *(f"/complaints/{house_up.waiting}/{part}" for part in OF_A_CASE))
    phone.visit(*(f"/complaints/{house_up.late}/{part}" for part in ("", "message/", "withdraw/")))
    phone.visit(f"/complaints/{house_up.waiting}/dispute/")
    phone.page.goto(f"/complaints/{house_up.late}/")
    for details in phone.page.locator("details").all():
        details.evaluate("one => one.open = true")
    phone.look("progress with everything open")


def test_pages_of_the_desk_break_no_rule(house_up: House, desk: Checked):
    sign_in_at_the_desk(desk.page, "chen")

    desk.visit(*OF_THE_DESK)


def test_the_case_at_the_desk_breaks_no_rule_in_any_of_its_forms(house_up: House, desk: Checked):
    page = desk.page
    sign_in_at_the_desk(page)
    late = f"/desk/cases/{house_up.late}/"
    desk.visit(f"/desk/inbox/{house_up.late}/", f"/desk/cases/{house_up.waiting}/", late)
    page.get_by_role("button", name="为什么是这个时限？").first.click()
    desk.look("why")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="更多").click()
    desk.look("more")
    desk.visit(f"{late}order/", f"{late}reveal/", f"{late}decide/")
    page.get_by_role("main").get_by_role("button", name="作出处理").click()
    expect(page.get_by_role("alert").or_(page.locator("[data-error-summary]"))).to_be_visible()
    desk.look("decide with errors")
