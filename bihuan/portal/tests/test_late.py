"""When we are late the page says what its person can do, and one tap presses for it (2.3.2)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House, file
from bihuan.cases.tests.stories import said
from bihuan.core.actors import SYSTEM
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotPossible, TooMany
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message
from bihuan.policy import commands as policy
from bihuan.policy import loader
from bihuan.portal.tests.doors import sign_in, words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOX = "超期了，您可以"
URGED = "催办：已超过承诺的时间，请尽快处理，并告诉我进展。"


@pytest.fixture
def late(house: House) -> Case:
    """爱丽 waits since ten days."""
    return filed(house)


@pytest.fixture
def aili(house: House, client: Client) -> Client:
    return sign_in(client, house.ai_li)


def filed(house: House, ago: timedelta = 10 * DAY, **changes: Any) -> Case:
    return file(house, at=timezone.now() - ago, channel="web", subject="破壁机", **changes)


def box(page: str) -> str:
    """What stands in the box, without its marks."""
    found = re.search(r'<section id="late".*?</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else ""


def test_who_waits_too_long_sees_what_can_be_done_before_the_progress(late, aili):
    page = words(aili.get(late.url))

    assert page.index(BOX) < page.index("进度</h2>")
    for way in ("一键催办", "这个时间怎么来的", "投诉我们的服务", "走平台以外的途径"):
        assert way in box(page)
    assert f'action="{late.url}urge/"' in page
    assert page.partition("进度</h2>")[0].count("这个时间怎么来的") == 1


def test_who_waits_no_longer_than_was_promised_sees_no_box(house, aili):
    case = filed(house, ago=5 * HOUR)

    assert BOX not in words(aili.get(case.url))


def test_a_soft_due_that_passed_opens_no_box(house, aili):
    case = filed(house, ago=5 * HOUR)
    rows = queries.clocks(case)
    at = max(row.due_at for row in rows if not row.hard) + HOUR

    late = queries.late_now(case, at)

    assert late
    assert all(row.hard for row in late)


def test_what_is_over_has_no_box_though_it_was_late(late, aili):
    aili.post(f"{late.url}withdraw/", {"text": "", "version": str(late.version)})

    assert BOX not in words(aili.get(late.url))


def test_one_tap_writes_to_the_handler_and_tells_the_supervisors(house, late, aili):
    answer = aili.post(f"{late.url}urge/")

    assert (answer.status_code, answer["Location"]) == (302, f"{late.url}#late")
    kept = Entry.objects.filter(case_id=late.id, kind="message").get()
    assert (kept.text, kept.voice) == (URGED, "user")
    notices.told_all([*said(late, "case.message_added"), *said(late, "case.urged")])
    told = {(m.template, m.staff_id) for m in Message.objects.filter(case_id=late.id)}
    assert {("user_wrote", late.owner_id), ("urged", house.chen.id)} <= told
    assert ("urged", late.owner_id) not in told
    letter = Message.objects.filter(template="urged").first()
    assert late.number in letter.subject
    assert "至今未完成" in letter.body


def test_the_step_that_waits_longest_is_the_one_that_is_pressed_for(late, aili):
    first = queries.late_now(late, timezone.now())[0]

    aili.post(f"{late.url}urge/")

    [urged] = said(late, "case.urged")
    assert (urged.data["milestone"], urged.data["due_at"]) == (
        first.milestone,
        first.due_at.isoformat(),
    )


def test_a_second_tap_on_a_day_says_when_the_first_was_and_sends_nothing(late, aili):
    aili.post(f"{late.url}urge/")

    again = aili.post(f"{late.url}urge/")

    assert again.status_code == 429
    assert 'role="alert"' in words(again)
    assert "已经催过，处理人和主管都收到了" in words(again)
    assert "一键催办" not in words(again)
    assert len(said(late, "case.urged")) == 1
    assert Entry.objects.filter(case_id=late.id, kind="message").count() == 1


def test_the_next_day_of_shanghai_it_can_be_pressed_for_again(house, late):
    evening = timezone.now().astimezone(SHANGHAI).replace(hour=23, minute=50)
    ask = {"number": late.number, "text": URGED, "by": house.ai_li}

    commands.urge(**ask, at=evening)
    with pytest.raises(TooMany) as refused:
        commands.urge(**ask, at=evening + HOUR / 12)
    commands.urge(**ask, at=evening + HOUR / 4)

    assert 0 < refused.value.facts["retry_after"] <= 301
    assert len(said(late, "case.urged")) == 2


def test_what_is_not_late_cannot_be_pressed_for_and_the_page_says_so(house, aili):
    case = filed(house, ago=5 * HOUR)

    answer = aili.post(f"{case.url}urge/")

    assert answer.status_code == 409
    assert "没有超期的时限" in words(answer)
    assert said(case, "case.message_added") == []
    with pytest.raises(NotPossible) as refused:
        commands.urge(number=case.number, text=URGED, by=house.ai_li, at=timezone.now())
    assert (refused.value.clause, refused.value.facts["action"]) == ("2.3.2", "urge")
    assert "message" in refused.value.facts["possible"]


def test_nobody_else_presses_for_it(house, late, client):
    sign_in(client, house.ding)

    assert client.post(f"{late.url}urge/").status_code == 404
    assert Client().post(f"{late.url}urge/")["Location"].startswith("/signin/")
    assert said(late, "case.urged") == []


def test_who_signs_in_first_is_led_back_to_the_case(late, aili):
    assert aili.get(f"{late.url}urge/")["Location"] == f"{late.url}#late"


def test_a_department_without_a_supervisor_is_not_pressed_in_vain(house, aili):
    case = filed(house, category="platform_rule")  # the lawyers have none

    aili.post(f"{case.url}urge/")

    assert said(case, "case.urged")[0].data["told"] == [house.chen.id]


def test_an_enquiry_that_is_late_is_raised_to_a_complaint_of_the_same_number(house, aili):
    case = filed(house, kind="enquiry", text="退货地址是什么？")

    page = words(aili.get(case.url))

    assert "投诉这件事" in box(page)
    assert f"{case.url}complain/" in page


def test_an_agency_outside_is_named_with_its_number_once_that_was_checked(
    house, late, aili, tmp_path: Path
):
    assert "市场监督管理部门" not in box(words(aili.get(late.url)))

    configured(tmp_path)
    page = words(aili.get(late.url))

    assert '<a href="tel:0571-12315">0571-12315</a>' in page
    assert "杭州市文三路 1 号" in box(page)
    assert "市场监督管理部门（12315） · 0571-12315" in box(page)
    assert "《手册》5.1" in box(page)
    assert "消费者协会" not in box(page)  # nobody has checked that one


def configured(folder: Path) -> None:
    """The owner has filled in and checked the market regulator."""
    for name, text in loader.files(loader.CURRENT).items():
        if name == loader.HEADER:
            text = text.replace("2025-01-01", "2025-06-01").replace('"2025"', '"2025b"', 1)
        if name == "agencies.toml":
            head, _, tail = text.rpartition("configured = false")
            here = 'phone = "0571-12315"\naddress = "杭州市文三路 1 号"'
            text = f"{head}configured = true\n{here}{tail}"
        (folder / name).write_text(text, "utf-8")
    policy.activate(path=folder, by=SYSTEM, at=people.FRIDAY)


def test_the_way_that_the_law_gives_is_told_with_its_source(late, aili):
    assert "可拨打12315" in box(words(aili.get(late.url)))
    assert "《消费者权益保护法》第39条" in box(words(aili.get(late.url)))


def test_in_english_the_box_speaks_english(late, aili):
    aili.post("/language/", {"language": "en", "next": late.url})

    page = words(aili.get(late.url))
    aili.post(f"{late.url}urge/")

    assert "We are late. You can" in page
    assert "Press for it now" in page
    assert Entry.objects.get(case_id=late.id, kind="message").text.startswith("This is later")
    translation.activate("zh-hans")
