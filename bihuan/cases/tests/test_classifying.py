"""Kind, category and issue are corrected, with the old value kept and complaints counted anew."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Clock, Entry
from bihuan.cases.tests.people import FRIDAY, file, house, supervisor
from bihuan.cases.tests.stories import HOUR, dues, missed, on, said, void
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible

pytestmark = pytest.mark.django_db
INVOICE = {"category": "service_quality", "issue": "invoice"}


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


@pytest.mark.parametrize(
    ("filed", "kind"), [("complaint", "enquiry"), ("complaint", "praise"), ("enquiry", "praise")]
)
def test_2_01_a_kind_that_owes_less_waits_for_a_second_person_and_the_clocks_run_on(filed, kind):
    home = house()
    case = file(home, kind=filed)
    before = dues(case)

    commands.classify(**on(case, home.chen), kind=kind, issue="invoice", reason="看错了")
    with pytest.raises(NotPermitted) as alone:
        commands.approve_kind(**on(case, home.chen))
    with pytest.raises(NotPermitted):
        commands.approve_kind(**on(case, home.bo_bo))

    after = Case.objects.get(id=case.id)
    assert alone.value.facts["why"] == "second_person"
    assert dues(case) == before
    assert (after.kind, after.issue) == (filed, case.issue)
    [asked] = said(case, "case.kind_proposed")
    assert (asked.data["asked"], asked.clause) == ({"kind": kind, **INVOICE}, "2.1.2")
    tasks.sweep(FRIDAY + 25 * HOUR)
    assert "case.first_response" in missed(case)


def test_2_01_the_second_person_s_word_ends_what_is_no_longer_owed_and_only_that():
    home = house()
    case = file(home)
    commands.classify(**on(case, home.bo_bo), kind="enquiry", issue="invoice", reason="只是开票")

    after = commands.approve_kind(**on(case, home.chen, FRIDAY + 2 * HOUR))

    assert (after.kind, after.issue, queries.kind_change(case)) == ("enquiry", "invoice", None)
    assert void(case) == {"approve_kind"}
    left = {milestone for milestone, _ in dues(case)}
    assert "complaint.accepted" not in left
    assert {"case.first_response", "case.handling_done"} <= left
    [told] = said(case, "case.kind_approved")
    assert told.data["before"]["kind"] == "complaint"
    assert (told.data["after"]["kind"], told.actor_id) == ("enquiry", home.chen.id)
    assert any(d.startswith("-") for d in told.data["dues"]["complaint.accepted"])


def test_2_01_what_was_late_by_the_approval_stays_late():
    home = house()
    case = file(home)
    commands.classify(**on(case, home.bo_bo), kind="enquiry", reason="只是询问")

    commands.approve_kind(**on(case, home.chen, FRIDAY + 50 * HOUR))

    assert "complaint.accepted" in missed(case)


def test_2_01_a_wish_is_dropped_by_naming_the_kind_it_is_and_replaced_by_another():
    home = house()
    case = file(home)
    zhao = supervisor("赵主管")
    commands.classify(**on(case, home.chen), kind="enquiry", reason="只是询问")
    commands.classify(**on(case, home.bo_bo), kind="praise", reason="是表扬")
    asked = queries.kind_change(case)
    assert asked is not None
    assert (asked.kind, asked.asked_by) == ("praise", home.bo_bo.id)

    commands.classify(**on(case, home.chen), kind="complaint", reason="确是投诉，不同意改类")

    with pytest.raises(NotPossible):
        commands.approve_kind(**on(case, zhao))
    assert Case.objects.get(id=case.id).kind == "complaint"


def test_2_01_a_wish_outlives_a_change_of_category_alone():
    home = house()
    case = file(home)
    commands.classify(**on(case, home.bo_bo), kind="enquiry", reason="只是询问")

    after = commands.classify(**on(case, home.chen), category="other", reason="归入其他")

    assert (after.kind, after.category) == ("complaint", "other")
    approved = commands.approve_kind(**on(case, home.chen))
    assert (approved.kind, approved.category) == ("enquiry", "other")  # as it was by then
