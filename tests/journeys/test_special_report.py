"""2.2.4 over HTTP: the special report, told by those who write, judge and read it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import LONG_AGO, House
from bihuan.complaints import tasks
from bihuan.complaints.models import SpecialReport
from bihuan.complaints.tests.reports import decided_and_told, led, lifted, words
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event
from bihuan.web.door import now
from tests.house.addresses import callers, staff

pytestmark = pytest.mark.django_db


def told() -> tuple[House, Case, SpecialReport, str]:
    """A major complaint that 波波 decided and told; its report is asked for."""
    house = people.house()
    case = lifted(house)
    led(house, case, house.bo_bo)
    decided_and_told(house, case)
    tasks.tend_reports(people.FRIDAY)
    row = SpecialReport.objects.get()
    case.refresh_from_db()
    return house, case, row, f"/desk/reports/special/{row.id}/"


def given(house: House, version: int, **changes: Any) -> dict[str, str]:
    """The form as 波波 sends it, with a measure that is not due yet today."""
    later = f"{now().year + 1}-03-20"
    return words(house, measure_1_due=later, expected_version=str(version)) | changes


def write(client: Client, url: str, house: House, version: int, **changes: Any) -> Any:
    return client.post(url, given(house, version, **changes))


def test_2_19_2_2_4_a_major_complaint_closes_when_its_report_is_signed_by_another() -> None:
    house, case, row, url = told()
    door = callers(house)
    customer, author, chief = door["customer"], door["agent"], door["supervisor"]

    page = author.get(f"/desk/cases/{case.number}/").content.decode()
    assert "办结前须完成专项分析报告（2.2.4）" in page
    assert url in page
    customer.post(f"/complaints/{case.number}/confirm/", {"version": case.version})
    case.refresh_from_db()
    assert (case.state, case.confirmed_at is not None) == ("notified", True)

    begun = author.get(url).content.decode()
    assert "照片显示底座裂纹" in begun  # what departments found stands in the cause already
    assert "13900002718" not in begun
    assert write(author, url, house, 0, do="save").status_code == 302
    assert write(author, url, house, 1, do="submit").status_code == 302
    row.refresh_from_db()
    assert row.state == "in_review"

    assert chief.post(f"{url}sign/", {"expected_version": row.version}).status_code == 302
    case.refresh_from_db()
    row.refresh_from_db()
    assert (case.state, row.state) == ("closed", "signed")
    paper = chief.get(f"{url}pdf/")
    assert paper["Content-Type"] == "application/pdf"
    assert hashlib.sha256(paper.content).hexdigest() == row.sha256


def test_2_19_2_2_4_its_author_does_not_sign_and_is_told_why() -> None:
    house, _case, row, url = told()
    door = callers(house)
    Case.objects.filter(id=row.case_id).update(owner_id=house.chen.id)
    assert write(door["supervisor"], url, house, 0, do="submit").status_code == 302

    page = door["supervisor"].get(url).content.decode()
    refused = door["supervisor"].post(f"{url}sign/", {"expected_version": 1})

    assert "您参与了撰写" in page
    assert f"{url}sign/" not in page
    assert refused.status_code == 403
    assert "不能复核或签发自己撰写的报告" in refused.content.decode()


def test_2_19_2_2_4_what_is_missing_is_said_at_its_field_and_what_was_written_is_kept() -> None:
    house, _case, row, url = told()
    author = callers(house)["agent"]

    refused = write(author, url, house, 0, do="submit", cause="", loss="三千元", people="")

    page = refused.content.decode()
    assert refused.status_code == 422
    assert page.count("请填写这一项") >= 2
    assert "请填写金额，例如 3588.50" in page
    assert "三千元" in page
    assert "更换材料的商品须重新送检" in page
    row.refresh_from_db()
    assert row.state == "due"


def test_2_19_2_2_4_whoever_is_second_sees_the_newer_version_beside_what_he_wrote() -> None:
    house, _case, _row, url = told()
    author = callers(house)["agent"]
    write(author, url, house, 0, do="save", summary="先保存的概述内容")

    second = write(author, url, house, 0, do="save", summary="后提交的概述内容")

    page = second.content.decode()
    assert second.status_code == 409
    assert "先保存的概述内容" in page
    assert "后提交的概述内容" in page
    assert 'name="expected_version" value="1"' in page
    assert write(author, url, house, 1, do="save", summary="合并后的概述").status_code == 302


def test_2_19_2_2_4_what_is_sent_back_comes_back_with_the_remarks() -> None:
    house, _case, _row, url = told()
    door = callers(house)
    write(door["agent"], url, house, 0, do="submit")

    short = door["supervisor"].post(f"{url}return/", {"expected_version": 1, "remarks": "改"})
    back = {"expected_version": 1, "remarks": "请补充对供应商的处理。"}
    assert door["supervisor"].post(f"{url}return/", back).status_code == 302

    assert short.status_code == 422
    assert "至少 5 个字" in short.content.decode()
    assert "请补充对供应商的处理。" in door["agent"].get(url).content.decode()


def test_2_19_2_2_4_strangers_know_of_no_report_and_the_management_reads_it_once_sent() -> None:
    house, _case, row, url = told()
    door = callers(house)
    accounts.create_staff(
        name="严明", username="yanming", roles=["agent"], department="management", by=SYSTEM,
        at=LONG_AGO,
    )  # fmt: skip
    manager = staff("yanming")
    for who in ("customer", "stranger", "colleague"):
        assert door[who].get(url).status_code == 404
        assert door[who].get(f"{url}pdf/").status_code == 404
        assert door[who].post(f"{url}sign/", {"expected_version": 0}).status_code == 404
    assert manager.get(url).status_code == 404

    write(door["agent"], url, house, 0, do="submit")
    door["supervisor"].post(f"{url}sign/", {"expected_version": 1})
    tasks.send_to_management(list(Event.objects.filter(kind="report.signed")))

    row.refresh_from_db()
    assert row.state == "sent"
    assert manager.get(f"{url}pdf/").content.startswith(b"%PDF-1.7")
    assert "严明" not in manager.get(url).content.decode().split("<main")[1]
    assert url in manager.get("/desk/reports/special/").content.decode()


def test_2_19_2_2_4_the_draft_says_that_it_is_one() -> None:
    house, _case, _row, url = told()

    draft = callers(house)["agent"].get(f"{url}pdf/")

    assert draft.status_code == 200
    assert draft.content.startswith(b"%PDF-1.7")
    assert draft["Cache-Control"] == "private, no-store"


def test_2_19_2_2_4_what_was_written_is_shown_when_it_was_handed_in_by_another_meanwhile() -> None:
    house, _case, _row, url = told()
    author = callers(house)["agent"]
    write(author, url, house, 0, do="submit")

    late = write(author, url, house, 0, do="save", summary="晚了一步的概述内容")

    page = late.content.decode()
    assert late.status_code == 409
    assert "晚了一步的概述内容" in page
    assert "<textarea" not in page.split("<main")[1]
