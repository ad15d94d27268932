"""Kind, category and issue are corrected, with the old value kept and complaints counted anew."""

from __future__ import annotations

import pytest

from bihuan.cases import commands
from bihuan.cases.models import Clock, Entry
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import HOUR, dues, on, said
from bihuan.core.refusals import Invalid

pytestmark = pytest.mark.django_db


def test_1_04_what_turns_into_a_complaint_counts_from_the_message_that_complains():
    home = house()
    case = file(home, kind="enquiry")
    before = dues(case)
    complained = FRIDAY + 5 * HOUR
    commands.message(**on(case, home.ai_li, complained), text="没人回我，我要投诉！")

    commands.classify(
        **on(case, home.bo_bo, FRIDAY + 9 * HOUR), kind="complaint", reason="用户要求投诉"
    )

    rows = Clock.objects.filter(case_id=case.id, void_at=None)
    due = {p: r.due_at for r in rows for p in r.promises}
    assert due["C-1.4-4"] == complained + 48 * HOUR
    assert due["C-1.4-5"] == complained + 72 * HOUR
    assert due["C-1.4-1"] == FRIDAY + 24 * HOUR
    assert before <= dues(case)
    [told] = said(case, "case.classified")
    assert (told.data["before"]["kind"], told.data["after"]["kind"]) == ("enquiry", "complaint")


def test_1_04_x_09_a_complaint_taken_for_an_enquiry_counts_from_its_receipt():
    home = house()
    case = file(home, kind="enquiry")

    commands.classify(**on(case, home.bo_bo, FRIDAY + 9 * HOUR), kind="complaint", reason="看错了")

    assert ("complaint.accepted", FRIDAY + 48 * HOUR) in dues(case)


def test_1_04_who_complains_by_phone_is_counted_from_the_call():
    home = house()
    case = file(home, kind="enquiry")
    called = FRIDAY + 8 * HOUR
    who = on(case, home.bo_bo, FRIDAY + 9 * HOUR)

    for wrong in (FRIDAY - HOUR, FRIDAY + 10 * HOUR):
        with pytest.raises(Invalid) as refused:
            commands.classify(**who, kind="complaint", complained_at=wrong, reason="来电投诉")
        assert refused.value.fields == {"complained_at": "not_valid"}
    commands.classify(**who, kind="complaint", complained_at=called, reason="来电投诉")

    assert ("complaint.accepted", called + 48 * HOUR) in dues(case)
    assert ("complaint.final_feedback_sent", called + 72 * HOUR) in dues(case)


def test_2_01_a_new_issue_brings_its_category_and_the_old_value_stays_in_the_log():
    home = house()
    case = file(home)

    after = commands.classify(
        **on(case, home.bo_bo), issue="payment_failure", reason="实为支付失败"
    )

    assert (after.issue, after.category, after.kind) == (
        "payment_failure", "system_tech", "complaint",
    )  # fmt: skip
    [told] = said(case, "case.classified")
    assert told.data["before"]["category"] == "service_quality"
    assert Entry.objects.filter(case_id=case.id).latest("id").internal


def test_2_01_a_category_is_set_by_itself_and_an_unknown_issue_is_named():
    home = house()
    case = file(home)

    after = commands.classify(**on(case, home.bo_bo), category="platform_rule", reason="规则问题")
    with pytest.raises(Invalid) as refused:
        commands.classify(**on(case, home.bo_bo), issue="weather", reason="猜的")

    assert (after.category, after.rank) == ("platform_rule", 5)
    assert refused.value.fields == {"issue": "not_known"}
