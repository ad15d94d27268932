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
#: What is looked at in each appearance: all of it once, and then what hangs on the colours.
LOOKS = {
    "light": {"type": "tag", "values": RULES},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
ANYBODYS = (
    "/", "/how/", "/policies/", "/policies/2.3.1/", "/signin/", "/signin/case/", "/track/",
    "/services/new/", "/suggestions/new/", "/orders/pick/", "/nothing-here/",
    "/staff/login/", "/mailbox/", "/how/?kind=suggestion", "/policies/1.4/",
    "/s/no-such-link/", "/counter/", "/contact/", "/widget/", "/chat/",
)  # fmt: skip
HERS = ("/complaints/", "/settings/", "/notifications/", "/me/identity/", "/settings/wechat/")
OF_A_CASE = ("", "done/", "timeline/", "result/", "evidence/", "rate/")
OF_THE_DESK = (
    "/desk/inbox/", "/desk/dashboard/", "/desk/accountability/", "/desk/notices/",
    "/desk/messages/?state=all", "/desk/templates/result/", "/desk/notices/settings/",
    "/desk/cases/new/", "/desk/keys/", "/staff/2fa/", "/desk/nothing-here/",
    "/house/parts/", "/desk/inbox/?view=all&kind=complaint", "/desk/inbox/?view=asleep",
    "/desk/views/new/?view=all&kind=complaint", "/desk/macros/new/", "/desk/calls/",
    "/desk/calls/?list=callbacks", "/desk/calls/extensions/",
)  # fmt: skip


class Checked:
    """Looks at the page that is open, in light and in dark, and remembers what is wrong."""

    def __init__(self, page: Page) -> None:
        self.page, self.axe, self.found = page, Axe(), []

    def look(self, where: str = "") -> None:
        """Both appearances of the page as it stands; nothing is loaded anew between them."""
        for scheme, rules in LOOKS.items():
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            options = {"runOnly": rules, "resultTypes": ["violations"]}
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

    def linked(self, *places: str) -> list[str]:
        """Every other page that these link to in their main part."""
        found: dict[str, None] = {}
        for place in places:
            self.page.goto(place)
            links = self.page.get_by_role("main").get_by_role("link").all()
            assert len(links) > 4, place
            found.update((str(link.get_attribute("href")), None) for link in links)
        return [one for one in found if one.startswith("/desk/") and one not in OF_THE_DESK]

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
    phone.visit(*(f"/complaints/{house_up.waiting}/{part}/" for part in ("dispute", "appeal")))
    phone.visit(f"/complaints/{house_up.late}/appeal/")
    phone.page.goto("/settings/wechat/")
    phone.page.get_by_role("button", name="取得绑定码").click()
    phone.look("the code that binds a WeChat")
    phone.page.goto(f"/complaints/{house_up.late}/")
    for details in phone.page.locator("details").all():
        details.evaluate("one => one.open = true")
    phone.look("progress with everything open")
    phone.page.goto(f"/complaints/{house_up.waiting}/rate/")
    _try_empty(phone, "提交评价")


def test_the_code_and_large_letters_break_no_rule(phone: Checked):
    page = phone.page
    page.goto("/signin/")
    page.get_by_label("手机号或邮箱").fill("13500009999")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码", exact=True).fill("12")
    phone.look("code")
    _try_empty(phone, "确定")
    page.get_by_role("button", name="没有收到，重新获取").click()
    expect(page.get_by_text("后可以重新获取")).to_be_visible()
    phone.look("code too soon")
    page.get_by_role("button", name="大字").click()
    phone.visit("/", "/orders/pick/", "/how/", "/services/new/")


def test_pages_of_the_desk_break_no_rule(house_up: House, desk: Checked):
    sign_in_at_the_desk(desk.page, "chen")

    desk.visit(*OF_THE_DESK, f"/desk/cases/{house_up.late}/access/")
    desk.visit(*desk.linked("/desk/more/", "/desk/reports/"))
    desk.page.goto("/desk/macros/new/")
    desk.page.get_by_role("button", name="保存").click()
    desk.look("a canned reply with errors")


def test_identities_at_the_desk_break_no_rule(house_up: House, desk: Checked):
    page = desk.page
    sign_in_at_the_desk(page, "guning")

    desk.visit("/desk/identities/")
    page.get_by_role("link", name="丁**").click()
    page.get_by_role("button", name="查看并记录").click()
    desk.look("an identity with an error")
    page.get_by_label("查看理由").fill("核对证件照片")
    page.get_by_role("button", name="查看并记录").click()
    expect(page.get_by_text("11010519491231002X")).to_be_visible()
    desk.look("an identity in clear")


def test_webhooks_at_the_desk_break_no_rule(desk: Checked):
    page = desk.page
    sign_in_at_the_desk(page, "sungong")
    desk.visit("/desk/webhooks/", "/desk/webhooks/new/")
    page.get_by_role("button", name="保存").click()
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    desk.look("a webhook with errors and every kind")
    page.get_by_label("名称").fill("订单系统")
    page.get_by_label("推送到").fill("https://[2001:db8::1]/")  # which leads nowhere (RFC 3849)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("whsec_")).to_be_visible()
    desk.look("its secret, once")
    page.get_by_role("button", name="发送测试").click()
    expect(page.get_by_text("测试推送").first).to_be_visible()
    page.reload()
    desk.look("a webhook with a delivery")
    page.get_by_role("link", name="删除").click()
    desk.look("deleted after all")
    page.get_by_role("button", name="删除").click()
    expect(page.get_by_text("还没有事件推送")).to_be_visible()


def test_the_case_at_the_desk_breaks_no_rule_in_any_of_its_forms(house_up: House, desk: Checked):
    page = desk.page
    sign_in_at_the_desk(page)
    late = f"/desk/cases/{house_up.late}/"
    tabs = [f"{late}?tab={tab}" for tab in ("files", "findings", "clocks", "log", "parties")]
    desk.visit(f"/desk/inbox/{house_up.late}/", f"/desk/cases/{house_up.waiting}/", *tabs, late)
    page.get_by_role("button", name="为什么是这个时限？").first.click()
    desk.look("why")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="更多").click()
    desk.look("more")
    page.locator("#more-actions").get_by_role("link", name="改类").click()
    expect(page.get_by_role("dialog", name="改类")).to_be_visible()
    desk.look("a sheet")
    desk.visit(
        f"{late}order/",
        f"{late}reveal/",
        f"{late}print/",
        f"{late}do/tag/",
        f"{late}inquiries/new/",
        f"{late}decide/",
    )
    page.get_by_role("main").get_by_role("button", name="作出处理").click()
    expect(page.get_by_role("alert").or_(page.locator("[data-error-summary]"))).to_be_visible()
    desk.look("decide with errors")


def test_what_opens_at_the_desk_breaks_no_rule(house_up: House, desk: Checked):
    page = desk.page
    sign_in_at_the_desk(page, "chen")
    page.goto("/desk/inbox/?view=all&severity=general")
    page.get_by_role("button", name="筛选").click()
    desk.look("filter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="陈主管").click()
    desk.look("me")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    desk.look("keys")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    desk.look("palette")
    page.keyboard.press("Escape")
    page.goto("/desk/dashboard/?days=30")
    page.get_by_role("button", name="怎么算的？").first.click()
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    desk.look("dashboard with everything open")
    page.goto("/desk/cases/new/")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    desk.look("new case with errors")
    page.context.clear_cookies()
    sign_in_at_the_desk(page)  # who is held to account explains first (2.3.3)
    page.goto("/desk/accountability/")
    page.get_by_role("link", name="说明").first.click()
    desk.look("record")
    page.get_by_role("button", name="保存原因和措施").click()
    desk.look("record with errors")


def test_a_reply_on_its_way_and_taken_back_breaks_no_rule(house_up: House, desk: Checked):
    page = desk.page
    sign_in_at_the_desk(page)
    page.goto(f"/desk/inbox/{house_up.late}/")
    page.get_by_label("内容", exact=True).fill("正在核对，今天内答复您。")
    page.get_by_role("button", name="发送给用户").click()
    page.locator(".toast").get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已撤销，没有发出")).to_be_visible()
    desk.look("taken back")
    page.get_by_role("button", name="发送给用户").click()
    expect(page.locator(".toast", has_text="即将发出")).to_be_visible()
    desk.look("on its way")


def test_the_desk_on_a_phone_breaks_no_rule(house_up: House, phone: Checked):
    sign_in_at_the_desk(phone.page)

    late = house_up.late
    phone.visit("/desk/inbox/", f"/desk/inbox/{late}/", f"/desk/cases/{late}/decide/")
    phone.visit("/desk/dashboard/", "/desk/accountability/", "/desk/cases/new/")
