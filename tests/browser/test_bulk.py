"""Many cases by keys alone: chosen, reassigned, taken back in time, done, with what failed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import TEXT, House, aside
from tests.browser.test_axe import Checked

pytestmark = pytest.mark.browser
LIST = "/desk/inbox/?view=all&channel=counter"


def filed(many: int) -> list[str]:
    """Cases taken down at the counter, the oldest first."""

    def act() -> list[str]:
        from bihuan.cases import commands
        from bihuan.cases.commands import Contact, Filing
        from bihuan.core.actors import SYSTEM

        contact = Contact(name="丁二", phone="13811113333")
        some = [
            Filing(kind="complaint", channel="counter", text=f"{TEXT}（{n}）", contact=contact)
            for n in range(many)
        ]
        return [
            commands.file(filing=one, by=SYSTEM, at=datetime.now(UTC)).case.number for one in some
        ]

    return aside(act)


def owners(numbers: list[str]) -> set[int]:
    def act() -> set[int]:
        from bihuan.cases.models import Case

        return set(Case.objects.filter(number__in=numbers).values_list("owner_id", flat=True))

    return aside(act)


def noted(number: str) -> None:
    """Somebody is faster."""

    def act() -> Any:
        from bihuan.cases import commands
        from bihuan.core.actors import Actor, Role

        by = Actor(7, frozenset({Role.SUPERVISOR}), "customer_service", "唐主管")
        return commands.note(number=number, text="先到一步", by=by, at=datetime.now(UTC))

    aside(act)


def ordered(page: Page) -> None:
    """X on the first, Shift J twice, and the form in the sheet."""
    page.goto(LIST)
    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.get_by_text("已选 3 件")).to_be_visible()
    page.keyboard.press("a")
    sheet = page.locator("#sheet[open]")
    sheet.get_by_label("处理人").select_option(label="陈主管")
    sheet.get_by_role("button", name="转派 3 件").press("Enter")
    expect(page.get_by_text("批量：转派 3 件，即将执行")).to_be_visible()


def test_many_cases_are_reassigned_by_keys_taken_back_and_then_done(lin: Page, house_up: House):
    numbers, checked = filed(3), Checked(lin)
    before = owners(numbers)

    ordered(lin)
    lin.keyboard.press("z")
    expect(lin.get_by_text("已撤销，3 件都没有改动")).to_be_visible()
    undone = owners(numbers)
    ordered(lin)
    noted(numbers[0])
    checked.look("/bulk toast")
    expect(lin.get_by_text("2 件已完成，1 件未办理")).to_be_visible(timeout=20_000)
    after = owners(numbers)
    lin.get_by_role("link", name="看未办理的").press("Enter")

    expect(lin.get_by_role("link", name=numbers[0])).to_be_visible()
    expect(lin.get_by_text("内容已有更新")).to_be_visible()
    checked.look()
    lin.get_by_role("button", name="撤销这次批量").press("Enter")
    expect(lin.get_by_role("heading", name="撤销批量：转派，2 件已完成")).to_be_visible(
        timeout=20_000
    )
    assert undone == before
    assert len(after) == 2
    assert owners(numbers) == before
    assert checked.found == []


def test_a_fault_in_the_form_is_said_in_the_sheet_over_the_list(lin: Page, house_up: House):
    lin.goto("/desk/inbox/?view=all")
    lin.keyboard.press("x")
    lin.locator("[data-bulk]").get_by_role("button", name="标签").click()
    sheet = lin.locator("#sheet[open]")

    sheet.get_by_role("button", name="标签 1 件").click()

    expect(sheet.get_by_text("请填写这一项").first).to_be_visible()
    expect(lin.locator("#rows")).to_be_attached()
    sheet.get_by_label("加上标签").fill("底座批次")
    sheet.get_by_role("button", name="标签 1 件").click()
    expect(lin.get_by_text("批量：标签 1 件，即将执行")).to_be_visible()
    lin.keyboard.press("z")
    expect(lin.get_by_text("已撤销，1 件都没有改动")).to_be_visible()
