"""A supervisor changes who takes what: edits a rule, tries it, publishes it, and it is followed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, sign_in_at_the_desk
from tests.browser.test_axe import Checked

pytestmark = pytest.mark.browser


def takes_down(page: Page, name: str) -> None:
    """A call about an app that closes by itself: system and technology (2.1.2)."""
    page.goto("/desk/cases/new/")
    page.get_by_label("渠道").select_option("phone")
    page.get_by_label("性质").select_option("complaint")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("发生了什么").fill(f"{name}的手机应用一打开就闪退，重装也没有用。")
    page.get_by_role("main").get_by_role("button", name="登记").click()
    expect(page.locator(".case")).to_be_visible()
    page.get_by_text("为什么这样分").click()


def test_2_02_a_supervisor_edits_a_rule_sees_the_dry_run_and_the_next_case_follows_it(door: Door):
    page = door()
    checked = Checked(page)
    sign_in_at_the_desk(page, "chen")
    takes_down(page, "王一")
    expect(page.get_by_text("部门：技术部")).to_be_visible()

    page.goto("/desk/routing/")
    page.get_by_role("link", name="新增规则").click()
    checked.look()
    page.get_by_label("规则名称").fill("闪退先由客服受理")
    page.get_by_label("系统与技术类").check()
    page.get_by_label("主办部门", exact=True).select_option("customer_service")
    page.get_by_role("button", name="存入草稿").click()
    expect(page.get_by_text("类别是系统与技术类，交给客服部")).to_be_visible()
    checked.look()

    page.get_by_role("link", name="试运行并发布").click()
    expect(page.get_by_text("1 件会去别的部门。")).to_be_visible()
    page.get_by_role("link", name="1 件", exact=True).first.click()
    expect(page.get_by_role("heading", name="技术部 → 客服部")).to_be_visible()
    checked.look()
    page.get_by_label("原因").fill("技术部人手不足，先由客服受理")
    page.get_by_role("button", name="发布，立即生效").click()
    expect(page.get_by_text("第 1 版生效中")).to_be_visible()

    takes_down(page, "王二")
    expect(page.get_by_text("部门：客服部，按分派规则“闪退先由客服受理”")).to_be_visible()
    checked.visit("/desk/team/")
    page.get_by_role("link", name="林悦", exact=True).first.click()
    checked.look()
    assert checked.found == []
