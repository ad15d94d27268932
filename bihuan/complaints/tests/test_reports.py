"""2.2.4: a special report is written, reviewed by somebody else, signed, printed and sent."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bihuan.cases import commands as cases
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import DAY, HOUR, on
from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.models import ReportText, SpecialReport
from bihuan.complaints.tests.reports import (
    WORDS,
    asked,
    decided_and_told,
    led,
    lifted,
    manager,
    said,
    submitted,
    words,
)
from bihuan.core.refusals import (
    Invalid,
    NotFound,
    NotPermitted,
    NotPossible,
    NotReady,
    OwnReport,
    Stale,
)
from bihuan.events.models import Event
from bihuan.events.seals import Said
from bihuan.notify.models import Message
from bihuan.store import blobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return people.house()


@pytest.fixture
def row(house: House) -> SpecialReport:
    return asked(lifted(house))


def write(house: House, row: SpecialReport, **given: Any) -> SpecialReport:
    version = given.pop("expected_version", row.version)
    return commands.write_report(
        id=row.id, given=given, expected_version=version, by=given.pop("by", house.bo_bo),
        at=FRIDAY,
    )  # fmt: skip


def signed(house: House, row: SpecialReport) -> SpecialReport:
    row = submitted(house, row)
    return commands.sign_report(id=row.id, expected_version=row.version, by=house.chen, at=FRIDAY)


def test_2_19_a_draft_may_be_kept_with_much_still_missing(house: House, row: SpecialReport):
    kept = write(house, row, summary="先记一句", people="", loss="")

    assert (kept.state, kept.version) == ("drafted", 1)
    assert queries.parts_of(queries.text_of(kept)).summary == "先记一句"
    assert said(kept) == ["report.asked"]


def test_2_19_what_is_submitted_has_every_part_and_each_fault_stands_at_its_field(
    house: House, row: SpecialReport
):
    given = words(house, summary="短", people="许多", loss="三千", measure_1_owner="7")
    given |= {"cause": "", "measure_1_due": "2026-02-12"}

    with pytest.raises(Invalid) as refused:
        commands.submit_report(
            id=row.id, given=given, expected_version=0, by=house.bo_bo, at=FRIDAY
        )

    assert refused.value.fields == {
        "summary": "too_short", "cause": "missing", "people": "not_a_number",
        "loss": "not_an_amount", "measure_1_owner": "not_known", "measure_1_due": "in_the_past",
    }  # fmt: skip
    row.refresh_from_db()
    assert (row.state, ReportText.objects.count()) == ("due", 0)


@pytest.mark.parametrize(
    ("loss", "fen"),
    [("0", 0), ("3588.5", 358_850), ("¥3,588.50", 358_850), ("12，000", 1_200_000)],
)
def test_2_19_a_loss_is_read_as_people_write_it_and_kept_in_whole_fen(
    house: House, row: SpecialReport, loss: str, fen: int
):
    assert queries.parts_of(queries.text_of(write(house, row, loss=loss))).loss_fen == fen


@pytest.mark.parametrize("loss", ["-1", "1.234", "1e5", "¼", "99999999999999", "٣"])
def test_2_19_a_loss_that_is_no_amount_is_refused(house: House, row: SpecialReport, loss: str):
    with pytest.raises(Invalid) as refused:
        write(house, row, loss=loss)

    assert refused.value.fields == {"loss": "not_an_amount"}


def test_2_19_a_report_without_any_measure_is_not_submitted(house: House, row: SpecialReport):
    with pytest.raises(Invalid) as refused:
        commands.submit_report(
            id=row.id, given=WORDS, expected_version=0, by=house.bo_bo, at=FRIDAY
        )

    assert refused.value.fields == {"measure_1_what": "missing"}


def test_2_19_numbers_of_persons_are_masked_and_the_log_keeps_the_hash_of_the_words(
    house: House, row: SpecialReport
):
    given = words(house, cause="用户 13900002718 提供了照片，供应商承认更换材料。")
    row = commands.submit_report(
        id=row.id, given=given, expected_version=0, by=house.bo_bo, at=FRIDAY
    )

    text = queries.text_of(row)
    assert "13900002718" not in text.text
    assert "139****2718" in json.loads(text.text)["cause"]
    event = Event.objects.get(kind="report.submitted")
    told = Said(event.stream, event.seq, event.kind, event.data)
    assert list(queries.changed_report_words([told])) == []
    ReportText.objects.filter(id=text.id).update(text=text.text.replace("供应商", "仓库"))
    assert list(queries.changed_report_words([told])) == [told]


def test_2_19_two_who_write_at_once_lose_nothing(house: House, row: SpecialReport):
    write(house, row, summary="第一个人写的概述")

    with pytest.raises(Stale) as refused:
        write(house, row, summary="第二个人写的概述", expected_version=0)

    assert refused.value.facts["version"] == 1
    assert [text.version for text in queries.versions(row)] == [1]


def test_2_19_only_the_lead_and_the_owner_write_it(house: House, row: SpecialReport):
    with pytest.raises(NotPermitted):
        write(house, row, by=house.chen, summary="主管代写")
    with pytest.raises(NotFound):
        write(house, row, by=house.other_agent, summary="旁人代写")
    with pytest.raises(NotFound):
        write(house, row, by=house.ai_li, summary="用户自己写")


def test_2_19_own_report_nobody_signs_what_he_wrote_or_was_to_write(house: House):
    case = lifted(house)
    led(house, case, house.chen)
    row = submitted(house, asked(case))

    with pytest.raises(OwnReport) as refused:
        commands.sign_report(id=row.id, expected_version=row.version, by=house.chen, at=FRIDAY)
    with pytest.raises(OwnReport):
        commands.return_report(
            id=row.id,
            remarks="请补充损失。",
            expected_version=row.version,
            by=house.chen,
            at=FRIDAY,
        )

    assert (refused.value.clause, refused.value.code()) == ("2.2.4", "own_report")


def test_2_19_own_report_also_whoever_wrote_an_earlier_version(house: House):
    case = lifted(house)
    cases.assign(**on(case, house.chen, FRIDAY), owner_id=house.chen.id, reason="主管亲自处理")
    row = write(house, asked(case), by=house.chen, summary="主管起草的概述，共十余字。")
    cases.assign(**on(case, house.chen, FRIDAY), owner_id=house.bo_bo.id, reason="交回经办")
    row = submitted(house, row)

    with pytest.raises(OwnReport):
        commands.sign_report(id=row.id, expected_version=row.version, by=house.chen, at=FRIDAY)


def test_2_19_the_database_refuses_a_signature_of_the_author(house: House, row: SpecialReport):
    row = signed(house, row)

    with pytest.raises(IntegrityError, match="not_signed_by_its_author"), transaction.atomic():
        SpecialReport.objects.filter(id=row.id).update(signed_by=row.author_id)


def test_2_19_a_supervisor_signs_and_nobody_else(house: House, row: SpecialReport):
    row = submitted(house, row)

    with pytest.raises(NotPermitted):
        commands.sign_report(id=row.id, expected_version=row.version, by=house.bo_bo, at=FRIDAY)
    with pytest.raises(NotFound):
        commands.sign_report(
            id=row.id, expected_version=row.version, by=house.other_agent, at=FRIDAY
        )
    with pytest.raises(NotPossible):
        write(house, row, summary="复核中不能再改")


def test_2_19_what_is_returned_goes_back_with_remarks_and_every_version_stays(
    house: House, row: SpecialReport
):
    row = submitted(house, row)
    row = commands.return_report(
        id=row.id, remarks="请补充对供应商的处理。", expected_version=row.version, by=house.chen,
        at=FRIDAY,
    )  # fmt: skip

    assert row.state == "drafted"
    seen = queries.opened_report(row.id, by=house.bo_bo, at=FRIDAY)
    assert seen.remarks is not None
    assert seen.remarks.remarks == "请补充对供应商的处理。"
    assert seen.writable
    signed(house, row)
    assert [text.kind for text in queries.versions(row)] == ["report", "remarks", "report"]
    assert said(row) == [
        "report.asked", "report.submitted", "report.returned", "report.submitted", "report.signed",
    ]  # fmt: skip


def test_2_19_what_is_signed_is_printed_kept_and_named_in_the_log(house: House, row: SpecialReport):
    row = signed(house, row)

    with blobs.open_blob(row.blob) as file:
        paper = file.read()
    assert paper.startswith(b"%PDF-1.7")
    assert hashlib.sha256(paper).hexdigest() == row.sha256
    event = Event.objects.get(kind="report.signed")
    assert event.data["files"] == [row.sha256]
    assert row.paper["draft"] is False
    assert row.paper["signer"] == "陈主管"
    assert row.paper["loss"] == "3,588.50"
    assert row.paper["measures"][0] == {
        "what": "下架该批次并启动召回", "owner": "波波", "due_on": "2026年3月20日",
    }  # fmt: skip


def test_2_19_a_signed_report_goes_to_the_management_and_every_supervisor_with_a_link_only(
    house: House, row: SpecialReport
):
    yan = manager()
    row = signed(house, row)
    event = Event.objects.get(kind="report.signed")

    tasks.send_to_management([event])
    tasks.send_to_management([event])
    tasks.tell_of_reports(list(Event.objects.filter(kind="report.sent")))

    row.refresh_from_db()
    assert (row.state, said(row)[-2:]) == ("sent", ["report.signed", "report.sent"])
    told = Message.objects.filter(template="report_sent")
    assert set(told.values_list("staff_id", flat=True)) == {house.chen.id, yan.id}
    body = told.filter(staff_id=yan.id)[0].body
    assert f"/desk/reports/special/{row.id}/" in body
    assert "底座" not in body
    assert queries.found_report(row.id, yan).id == row.id


def test_2_19_the_management_reads_no_report_before_it_was_signed(house: House, row: SpecialReport):
    submitted(house, row)

    with pytest.raises(NotFound):
        queries.opened_report(row.id, by=manager(), at=FRIDAY)


def test_2_19_the_case_closes_when_its_report_is_signed_and_not_before(house: House):
    case = lifted(house)
    row = asked(case)
    led(house, case, house.bo_bo)
    decided_and_told(house, case)
    cases.confirm(**on(case, house.ai_li, FRIDAY + HOUR))
    with pytest.raises(NotReady):
        cases.close(number=case.number, by=people.SYSTEM, at=FRIDAY + HOUR)

    row = submitted(house, row)
    case.refresh_from_db()
    assert case.state == "notified"
    commands.sign_report(id=row.id, expected_version=row.version, by=house.chen, at=FRIDAY + DAY)

    case.refresh_from_db()
    assert (case.state, case.ended_at) == ("closed", FRIDAY + DAY)
