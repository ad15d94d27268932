"""Merge and unmerge: both streams say so, nothing is lost, and the old dues come back (2.2.3)."""

from __future__ import annotations

import pytest

from bihuan.accounts.commands import Contact
from bihuan.cases import commands
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import FRIDAY, file, filing, house
from bihuan.cases.tests.stories import DAY, HOUR, dues, handled, on, said, told, void
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.policy.loader import load_current

pytestmark = pytest.mark.django_db
DING = Contact(name="丁外人", phone="13900005555")


def test_e_02_merged_cases_say_so_on_both_streams_and_owe_nothing():
    home = house()
    first, second = file(home), file(home)

    commands.merge(**on(second, home.bo_bo), into=first.number)

    merged = Case.objects.get(id=second.id)
    assert (merged.state, merged.merged_into, merged.next_due_at) == ("merged", first.id, None)
    assert void(second) == {"merged"}
    assert [e.data["other"] for e in said(first, "case.merged")] == [second.number]
    assert [e.data["other"] for e in said(second, "case.merged")] == [first.number]
    assert Case.objects.get(id=first.id).state == "filed"


def test_e_02_an_unmerged_case_runs_again_with_its_old_dues():
    home = house()
    first, second = file(home), file(home)
    before = dues(second)
    commands.merge(**on(second, home.bo_bo), into=first.number)

    back = commands.unmerge(**on(second, home.chen, FRIDAY + 2 * HOUR), reason="不是同一件事")

    assert (back.state, back.merged_into, back.ended_at) == ("filed", 0, None)
    assert dues(second, done_at=None) == before
    assert back.next_due_at == FRIDAY + 24 * HOUR
    assert [e.kind for e in said(first)][-1] == "case.unmerged"


def test_e_02_only_a_supervisor_undoes_a_merge():
    home = house()
    first, second = file(home), file(home)
    commands.merge(**on(second, home.bo_bo), into=first.number)

    with pytest.raises(NotPermitted):
        commands.unmerge(**on(second, home.bo_bo), reason="不是同一件事")


def test_e_02_a_told_case_that_was_merged_waits_anew_and_is_reminded_anew():
    home = house()
    first, second = file(home), file(home)
    handled(home, second)
    told(home, second)
    commands.remind(**on(second, SYSTEM, FRIDAY + 4 * DAY))
    commands.merge(**on(second, home.bo_bo, FRIDAY + 5 * DAY), into=first.number)

    back = commands.unmerge(**on(second, home.chen, FRIDAY + 6 * DAY), reason="不是同一件事")

    assert (back.state, back.waits_until) == ("notified", FRIDAY + 13 * DAY)
    assert commands.remind(**on(second, SYSTEM, FRIDAY + 10 * DAY)).reminded_round == 1


def test_e_02_a_planned_suggestion_keeps_its_next_date_through_a_merge():
    home = house()
    first = file(home)
    praise = file(home, kind="praise", text="客服很耐心，特来表扬。")
    who = on(praise, home.bo_bo)
    planned = commands.plan(
        **who, owner_id=home.bo_bo.id, due_on=FRIDAY.date() + DAY, text="转达并致谢"
    )
    commands.merge(**who, into=first.number)

    back = commands.unmerge(**on(praise, home.chen), reason="不是同一件事")

    assert back.waits_until == planned.waits_until


def test_a_case_is_not_merged_into_itself_however_its_number_is_written():
    home = house()
    case = file(home)

    for written in (case.number, case.number.lower(), f"{case.number[:2]}-{case.number[2:]}"):
        with pytest.raises(Invalid) as refused:
            commands.merge(**on(case, home.bo_bo), into=written)
        assert refused.value.fields == {"into": "itself"}


def test_e_02_two_cases_are_not_merged_into_each_other():
    home = house()
    first, second, third = file(home), file(home), file(home)
    commands.merge(**on(first, home.bo_bo), into=second.number)

    with pytest.raises(Invalid) as back:
        commands.merge(**on(second, home.bo_bo), into=first.number)
    with pytest.raises(NotPossible) as again:
        commands.merge(**on(first, home.chen), into=third.number)

    assert back.value.fields == {"into": "not_open"}
    assert again.value.facts["possible"] == ["unmerge"]
    assert Case.objects.get(id=second.id).state == "filed"


def test_e_02_what_was_said_on_the_target_in_between_stays_there_when_the_merge_is_undone():
    home = house()
    first, second = file(home), file(home)
    commands.merge(**on(second, home.bo_bo), into=first.number)
    commands.answer(**on(first, home.bo_bo, FRIDAY + 2 * HOUR), text="两件一并核实中。")
    moved = commands.merge(**on(first, home.bo_bo, FRIDAY + 2 * HOUR), into=file(home).number)
    commands.unmerge(**on(moved, home.chen, FRIDAY + 3 * HOUR), reason="并错了")

    back = commands.unmerge(**on(second, home.chen, FRIDAY + 4 * HOUR), reason="不是同一件事")

    assert [e.text for e in Entry.objects.filter(case_id=first.id, kind="answer")] == [
        "两件一并核实中。"
    ]
    assert not Entry.objects.filter(case_id=second.id, kind="answer").exists()
    assert dues(back, milestone="case.first_response", done_at=None)  # still owes its own answer
    assert said(first, "case.unmerged")[-1].data["other"] == second.number
    assert said(second, "case.unmerged")[-1].data["other"] == first.number
    told_ = load_current().notices["unmerged"]
    assert (told_.on, told_.audience) == (("case.unmerged",), "customer")


def test_a_case_is_not_merged_into_one_that_is_unknown_or_ended():
    home = house()
    case, ended = file(home), file(home)
    commands.withdraw(**on(ended, home.ai_li))

    for into, code in (("TS2026021300000000", "no_such_case"), (ended.number, "not_open")):
        with pytest.raises(Invalid) as refused:
            commands.merge(**on(case, home.bo_bo), into=into)
        assert refused.value.fields == {"into": code}


def test_x_09_a_case_is_merged_into_the_earlier_one_or_its_dues_would_be_lost():
    home = house()
    first, second = file(home), file(home, at=FRIDAY + DAY)

    with pytest.raises(Invalid) as refused:
        commands.merge(**on(first, home.bo_bo, FRIDAY + DAY), into=second.number)

    assert refused.value.fields == {"into": "came_later"}
    commands.merge(**on(second, home.bo_bo, FRIDAY + DAY), into=first.number)


def test_x_07_a_complaint_is_not_merged_into_what_is_none_nor_into_a_lighter_one():
    home = house()
    asked, graver, lighter = file(home, kind="enquiry"), file(home), file(home)
    commands.set_severity(**on(graver, home.bo_bo), severity="major", reason="有人受伤")
    commands.approve_severity(**on(graver, home.chen))

    for into, why in ((asked, "no_complaint"), (lighter, "less_severe")):
        with pytest.raises(Invalid) as refused:
            commands.merge(**on(graver, home.bo_bo), into=into.number)
        assert refused.value.fields == {"into": why}


def test_2_2_3_a_case_that_owes_nothing_more_may_be_merged_into_a_later_one():
    home = house()
    first = file(home)
    handled(home, first)
    told(home, first)
    second = file(home, at=FRIDAY + DAY)

    merged = commands.merge(**on(first, home.bo_bo, FRIDAY + DAY), into=second.number)

    assert merged.state == "merged"


def test_2_2_3_two_peoples_cases_are_no_one_matter_unless_about_one_order():
    home = house()
    hers = file(home)
    his = commands.file(filing=filing(contact=DING), by=home.ding, at=FRIDAY).case

    with pytest.raises(Invalid) as refused:
        commands.merge(**on(his, home.bo_bo), into=hers.number)

    assert refused.value.fields == {"into": "another_matter"}
    somebody = filing(channel="phone", contact=Contact(name="一位顾客"))
    unknown = commands.file(filing=somebody, by=home.bo_bo, at=FRIDAY).case
    assert commands.merge(**on(unknown, home.bo_bo), into=hers.number).state == "merged"
