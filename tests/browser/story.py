"""What 爱丽 and 林悦 do in the story, with JavaScript and without it."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.house import TEXT, House, aside, program

REPLY = "爱丽您好，照片已看到，裂纹属于商品质量问题，我们正在核对店铺的出厂记录，今天内给您结果。"
RESULT = "支持全额退款 341.00 元（含运费 12.00 元），原路退回，三天内到账。"
NUMBER = re.compile(r"TS\d{16}")
DECISION = {
    "problem": "底座有一道约 4 厘米的裂纹，加水后漏水。",
    "solution": "拟全额退款并承担运费。",
    "finding": "照片与描述一致，店铺未提供出厂检验记录。",
    "text": "初步结果：支持退款。",
    "reason": "商品存在质量问题，七天无理由期内。",
    "progress": "核对了订单、照片和店铺说明。",
    "result": RESULT,
    "failed": "无",
}


def photo(*, heavy: bool = False) -> dict[str, object]:
    """A photograph with a dark line through it, as a phone would hand it over; 1 MB if `heavy`."""
    picture = Image.new("RGB", (640, 480), (196, 170, 140))
    for x in range(120, 520):
        picture.putpixel((x, 200 + x // 8), (30, 20, 20))
    bytes_ = io.BytesIO()
    if heavy:
        picture = Image.effect_noise((1280, 960), 90).convert("RGB")
    picture.save(bytes_, "JPEG")
    return {"name": "底座裂纹.jpg", "mimeType": "image/jpeg", "buffer": bytes_.getvalue()}


def go_on(page: Page, button: str = "继续") -> None:
    """Press the button in the dock, and be on the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def files_a_complaint(page: Page, *, script: bool) -> str:
    """爱丽, signed in: five steps from the home page to the number of her case."""
    page.goto("/")
    page.get_by_role("link", name="我要投诉").click()
    page.get_by_role("radio", name="静音破壁机 L18").check()
    go_on(page)
    page.get_by_role("radio", name="商品质量问题").check()
    go_on(page)
    page.get_by_label("事情经过").fill(TEXT)
    page.locator("#id_files").set_input_files(photo())  # type: ignore[arg-type]
    if script:  # the photo is sent while she still writes
        expect(page.get_by_role("button", name="删除 底座裂纹.jpg")).to_be_visible()
    go_on(page)
    page.get_by_role("radio", name="退货退款").check()
    page.get_by_label("希望退回的金额").fill("341.00")
    go_on(page)
    expect(page.get_by_text("底座裂纹.jpg")).to_be_visible()
    go_on(page, "提交投诉")
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交，编号如下")
    return number_on(page)


def number_on(page: Page) -> str:
    """The number of the case that the page is about."""
    found = NUMBER.search(page.get_by_role("main").inner_text())
    assert found
    return found.group()


def accepts(page: Page) -> None:
    """林悦, with the case open: taken into work, in her own words."""
    page.locator(".case-actions").get_by_role("link", name="受理").click()
    form = page.get_by_role("dialog", name="受理").or_(page.get_by_role("form", name="受理"))
    form.get_by_role("textbox").first.fill("已受理，正在核对订单和照片。")
    form.get_by_role("button", name="受理").click()
    expect(page.locator(".case-top").get_by_text("处理中")).to_be_visible()


def answers(page: Page, text: str = REPLY) -> None:
    """林悦, with the case open: one reply to the person."""
    page.get_by_role("radio", name="回复用户").check(force=True)
    page.get_by_label("内容", exact=True).fill(text)
    page.get_by_role("button", name="发送给用户").click()
    expect(timeline(page).get_by_text(text)).to_be_visible()


def timeline(page: Page) -> Locator:
    """What was said and done, in the middle of the case."""
    return page.get_by_role("region", name="案件内容")


def decides(page: Page) -> None:
    """林悦, with the case open: first too little, then everything; the result is told."""
    page.locator(".case-actions").get_by_role("link", name="作出处理").click()
    page.get_by_role("main").get_by_role("button", name="作出处理").click()
    expect(page).to_have_title(re.compile("^错误："))
    form = page.locator("main form.card")
    for box in form.locator("textarea").all():
        step = str(box.get_attribute("name")).split("-")[-1]
        box.fill(DECISION.get(step, "已核对。"))
    form.get_by_label("处理结论").select_option("supported")
    for line in form.locator("input[name$=reason]").all():
        line.fill(DECISION["reason"])
    for line in form.locator("input[name$=basis]").all():
        line.fill("《手册》2.3.2")
    form.get_by_label("后续跟进措施").fill("三天内回访确认退款到账")
    form.get_by_role("button", name="作出处理").click()
    expect(page.locator(".case-top").get_by_text("已告知")).to_be_visible()


def confirms(page: Page, number: str) -> None:
    """爱丽 reads the reply and the result, and says that it is solved."""
    page.goto(f"/complaints/{number}/")
    page.get_by_role("link", name="查看结果并确认").first.click()
    expect(page.get_by_text(RESULT)).to_be_visible()
    go_on(page, "确认已解决")
    expect(page.get_by_text("请确认处理结果")).to_have_count(0)


def time_passes(number: str) -> None:
    """Days go by, until the closed case lies in the archive (X-27: the next working day).

    They go by for this case alone: for the others in the house silence would be an answer.
    """
    from bihuan.cases import commands, queries
    from bihuan.core.actors import SYSTEM

    def archived(at: datetime) -> bool:
        due = {case.number for case in queries.due_to_archive(at + queries.ARCHIVED_AHEAD)}
        return number in due and bool(commands.archive(number=number, by=SYSTEM, at=at))

    now = datetime.now(UTC)
    for days in range(1, 15):  # the longest holiday has nine
        if aside(lambda at=now + timedelta(days=days): archived(at)):  # type: ignore[misc]
            return
    raise AssertionError(f"{number} was not archived within two weeks")


def the_loop_is_closed(house: House) -> None:
    """Nothing in the log was changed, and no open case lacks an owner, a date or a notice."""
    for words in (["verify", "--all"], ["loop"]):
        done = program(*words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
