"""A major complaint in the browser: it closes when its report is signed, and the PDF is there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, sign_in_as_ai_li, sign_in_at_the_desk
from tests.browser.house import House, aside, eventually, major_and_told
from tests.browser.test_axe import Checked

pytestmark = pytest.mark.browser
PARTS = {
    "概述": "用户反映破壁机底座开裂漏水，经核实为同批次装配缺陷。",
    "原因分析": "供应商更换底座材料后未重新送检，平台抽检未覆盖该批次。",
    "责任认定": "商家承担质量责任，平台抽检岗位承担管理责任。",
    "损失与影响": "十二位用户已全额退款，未造成人身损害。",
    "同类投诉": "近九十天同一商家的同一问题另有三件，均已退款。",
    "预防": "更换材料的商品须重新送检后方可恢复销售。",
    "涉及人数": "12",
    "损失金额（元）": "3,588.50",
    "措施 1": "下架该批次并启动召回",
}


def written(page: Page) -> None:
    """Every part, and one measure with who and when."""
    for label, text in PARTS.items():
        page.get_by_label(label, exact=True).fill(text)
    first = page.locator(".plan-row").first
    first.get_by_label("负责人").select_option(label="林悦")
    first.get_by_label("完成日期").fill("2099-03-20")


def test_a_major_complaint_closes_when_its_report_is_signed(house_up: House, door: Door):
    number = aside(lambda: major_and_told(datetime.now(UTC)))
    hers, lin, chen = door(), door(), door()
    sign_in_as_ai_li(hers, house_up)
    hers.goto(f"/complaints/{number}/result/")
    hers.get_by_role("button", name="确认已解决").click()
    expect(hers.get_by_text("您已确认处理结果")).to_be_visible()

    sign_in_at_the_desk(lin)
    lin.goto(f"/desk/cases/{number}/")
    expect(lin.get_by_text("办结前须完成专项分析报告（2.2.4）")).to_be_visible()
    assert eventually(lambda: _link(lin, number))
    lin.get_by_role("link", name="打开报告").click()
    lin.get_by_role("button", name="提交复核").click()
    expect(lin.locator("[data-error-summary]")).to_be_visible()
    seen = Checked(lin)
    seen.look("report with errors")
    written(lin)
    lin.get_by_role("button", name="提交复核").click()
    expect(lin.get_by_text("您参与了撰写")).to_be_visible()
    hers.goto(f"/complaints/{number}/")
    expect(hers.get_by_text("完成专项分析报告后正式办结")).to_be_visible()

    sign_in_at_the_desk(chen, "chen")
    chen.goto(lin.url)
    chen.get_by_role("button", name="签发").click()
    expect(chen.get_by_role("link", name="打开 PDF")).to_be_visible()
    paper = chen.request.get(str(chen.get_by_role("link", name="打开 PDF").get_attribute("href")))
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.body().startswith(b"%PDF-1.7")
    signed = Checked(chen)
    signed.look("signed report")
    assert seen.found + signed.found == []
    hers.reload()
    expect(hers.get_by_text("已办结").first).to_be_visible()


def _link(page: Page, number: str) -> bool:
    """Whether the report was asked for by now, which the worker does."""
    page.goto(f"/desk/cases/{number}/")
    return page.get_by_role("link", name="打开报告").count() == 1
