"""Every step of the table: what it needs, what it reaches, what it refuses (HOUSE §6b)."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case, Clock, Entry, FollowUp
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import (
    Invalid,
    NotFound,
    NotPermitted,
    NotPossible,
    NotReady,
    Stale,
)
from bihuan.events.catalog import KIND_OF
from bihuan.events.models import Event
from bihuan.events.seals import verify_all

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def handled(home: House, case: Case, at: datetime = FRIDAY + HOUR) -> Case:
    """Everything before the decision, within the hour."""
    who = {"number": case.number, "by": home.bo_bo, "at": at}
    commands.accept(**who, text="已受理，先联系商家。")
    commands.answer(**who, text="底座开裂属于质量问题，我们正在联系商家核实。")
    commands.propose(**who, solution="支持退货退款，运费由商家承担。")
    commands.review(**who, reason="材料齐全，无需内部调查")
    commands.find(**who, finding="照片显示底座裂纹，商家未提供出厂检验记录。", measure="全额退款")
    return commands.tell(**who, text="初步认定商品存在质量问题，支持您的退款请求。")


def told(home: House, case: Case, at: datetime = FRIDAY + 2 * HOUR) -> Case:
    """Decided and told."""
    who = {"number": case.number, "by": home.bo_bo, "at": at}
    commands.resolve(
        **who, outcome="supported", reason="质量问题成立", basis="消费者权益保护法第24条"
    )
    return commands.notify(
        **who,
        progress="核对照片与订单，联系商家并完成认定。",
        result="全额退款 329.00 元，退货运费由商家承担。",
        follow_ups=[
            {"what": "三天内确认退款到账", "owner_id": home.bo_bo.id, "due_on": date(2026, 2, 16)}
        ],
    )


def test_2_16_the_loop_closes_from_filing_to_archive_and_the_log_retells_the_row():
    home = house()
    case = file(home)

    handled(home, case)
    told(home, case)
    closed = commands.confirm(number=case.number, by=home.ai_li, at=FRIDAY + 3 * HOUR)
    tasks.tend(closed.waits_until + HOUR)

    case = Case.objects.get(id=case.id)
    assert (case.state, case.retention) == ("archived", "trade_3_years")
    action_of = {kind: action for action, kind in KIND_OF.items()}
    state = CASE.start
    for event in Event.objects.filter(stream=case.id).order_by("seq")[1:]:
        if action := action_of.get(event.kind):
            state = CASE.steps[state, action].target
            assert event.data["to"] == state
    assert state == case.state
    assert not Clock.objects.filter(case_id=case.id, done_at=None, void_at=None).exists()
    assert not Clock.objects.filter(case_id=case.id, late_at__isnull=False).exists()


def test_1_08_resolving_names_every_step_that_is_still_owed():
    home = house()
    case = file(home)
    commands.accept(number=case.number, by=home.bo_bo, at=FRIDAY + HOUR)

    with pytest.raises(NotReady) as refused:
        commands.resolve(
            number=case.number, outcome="supported", reason="成立", by=home.bo_bo, at=FRIDAY + HOUR
        )

    assert refused.value.facts["missing"] == [
        "case.first_response",
        "case.initial_solution_sent",
        "complaint.initial_review_done",
        "complaint.preliminary_done",
        "complaint.preliminary_result_sent",
        "finding",
    ]


def test_one_form_takes_all_steps_or_none():
    home = house()
    case = file(home)
    steps = [
        ("accept", {"text": "受理"}),
        ("answer", {"text": "正在核实底座问题。"}),
        ("find", {"finding": "裂纹属实"}),
        ("resolve", {"outcome": "supported", "reason": "成立"}),
    ]

    with pytest.raises(NotReady):
        commands.take_all(steps, number=case.number, by=home.bo_bo, at=FRIDAY + HOUR)

    assert Case.objects.get(id=case.id).state == "filed"
    assert Event.objects.filter(stream=case.id).count() == 1


def test_1_4_the_result_notice_has_its_own_clock_from_the_decision_on():
    home = house()
    case = file(home)
    handled(home, case)

    commands.resolve(
        number=case.number, outcome="supported", reason="成立", by=home.bo_bo, at=FRIDAY + 2 * HOUR
    )

    [row] = Clock.objects.filter(case_id=case.id, milestone="case.result_notice_sent")
    assert (row.promises, row.due_at) == (["C-1.4-3"], FRIDAY + 26 * HOUR)


@pytest.mark.parametrize(
    ("follow_ups", "field"),
    [
        ([], "follow_ups"),
        ([{"what": "回访", "owner_id": 1, "due_on": date(2026, 2, 16)}], "follow_ups.owner_id"),
    ],
)
def test_no_result_notice_without_follow_up_by_a_known_person(follow_ups, field):
    home = house()
    case = file(home)
    handled(home, case)
    who = {"number": case.number, "by": home.bo_bo, "at": FRIDAY + 2 * HOUR}
    commands.resolve(**who, outcome="supported", reason="成立")

    with pytest.raises(Invalid) as refused:
        commands.notify(**who, progress="核实", result="退款", follow_ups=follow_ups)

    assert list(refused.value.fields) == [field]
    assert Case.objects.get(id=case.id).state == "resolved"


def test_2_17_a_dispute_opens_a_second_round_and_the_first_stays_judged():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)

    again = commands.dispute(
        number=case.number, text="退款一直没有到账", by=home.ai_li, at=FRIDAY + 50 * HOUR
    )

    second = {r.milestone for r in queries.clocks(again)}
    assert (again.state, again.round) == ("accepted", 2)
    assert "complaint.accepted" not in second
    assert "complaint.final_feedback_sent" in second
    assert Clock.objects.filter(case_id=case.id, round=1, done_at__isnull=False).count() >= 9
    assert min(r.started_at for r in queries.clocks(again)) == FRIDAY + 50 * HOUR


def test_2_17_silence_closes_after_seven_days_and_not_before():
    home = house()
    case = file(home)
    handled(home, case)
    told_at = told(home, case).told_at

    tasks.tend(told_at + timedelta(days=7) - timedelta(minutes=1))
    before = Case.objects.get(id=case.id).state
    tasks.tend(told_at + timedelta(days=7))

    assert (before, Case.objects.get(id=case.id).state) == ("notified", "closed")
    kinds = list(Event.objects.filter(stream=case.id).values_list("kind", flat=True))
    assert kinds.count("case.reminded") == 1
    assert "case.closed_by_silence" in kinds


def test_2_13_a_missed_due_is_said_once_whoever_looks_and_whenever():
    home = house()
    case = file(home)

    for hours in (25, 26, 27):
        tasks.sweep(FRIDAY + hours * HOUR)

    missed = Event.objects.filter(stream=case.id, kind="clock.missed")
    assert sorted(e.data["milestone"] for e in missed) == [
        "case.first_response",
        "case.initial_solution_sent",
    ]
    assert {e.data["due_at"] for e in missed} == {(FRIDAY + 24 * HOUR).isoformat()}


def test_a_late_answer_between_two_looks_is_still_a_breach():
    home = house()
    case = file(home)

    commands.answer(number=case.number, text="抱歉晚了", by=home.bo_bo, at=FRIDAY + 25 * HOUR)

    [missed] = Event.objects.filter(stream=case.id, kind="clock.missed")
    assert missed.data["milestone"] == "case.first_response"
    tasks.sweep(FRIDAY + 26 * HOUR)
    late = Event.objects.filter(
        stream=case.id, kind="clock.missed", data__milestone="case.first_response"
    )
    assert late.count() == 1


def test_a_soft_due_turns_amber_and_is_no_breach():
    home = house()
    case = file(home)

    tasks.sweep(FRIDAY + 49 * HOUR)

    soft = Clock.objects.get(case_id=case.id, hard=False)
    assert soft.late_at == soft.due_at
    assert not Event.objects.filter(
        stream=case.id, data__due_at=soft.due_at.isoformat(), data__milestone="case.handling_done"
    ).exists()


def test_2_04_raising_severity_waits_for_a_second_person_and_moves_no_clock_before():
    home = house()
    case = file(home)
    dues = set(Clock.objects.filter(case_id=case.id).values_list("milestone", "due_at"))
    who = {"number": case.number, "at": FRIDAY + HOUR}

    commands.set_severity(**who, severity="major", reason="涉及人身安全", by=home.chen)
    unmoved = set(
        Clock.objects.filter(case_id=case.id, void_at=None).values_list("milestone", "due_at")
    )
    with pytest.raises(NotPermitted):
        commands.approve_severity(**who, by=home.chen)
    with pytest.raises(NotPermitted):
        commands.approve_severity(**who, by=home.bo_bo)

    assert unmoved == dues
    assert Case.objects.get(id=case.id).severity == "general"


def test_2_05_the_approval_replaces_the_promises_of_2_3_1_from_the_same_start():
    home = house()
    case = file(home)
    who = {"number": case.number, "at": FRIDAY + HOUR}
    commands.set_severity(**who, severity="major", reason="涉及人身安全", by=home.bo_bo)

    commands.approve_severity(**who, by=home.chen)

    case = Case.objects.get(id=case.id)
    rows = Clock.objects.filter(case_id=case.id, void_at=None)
    promises = {p for r in rows for p in r.promises}
    assert (case.severity, case.tier) == ("major", 2)
    assert {"C-2.3.1-3", "C-2.3.1-4", "C-4.2-2"} <= promises
    assert not {"C-2.3.1-1", "C-2.3.1-2", "C-4.2-1"} & promises
    assert {r.started_at for r in rows} == {FRIDAY}
    void = Clock.objects.filter(case_id=case.id, void_at__isnull=False)
    assert {r.void_reason for r in void} == {"approve_severity"}


def test_1_04_what_turns_into_a_complaint_counts_from_the_complaining_message():
    home = house()
    case = file(home, kind="enquiry")
    before = set(Clock.objects.filter(case_id=case.id).values_list("milestone", "due_at"))
    later = FRIDAY + 5 * HOUR

    commands.classify(
        number=case.number, kind="complaint", reason="用户要求投诉", by=home.bo_bo, at=later
    )

    rows = Clock.objects.filter(case_id=case.id, void_at=None)
    due = {
        r.milestone: r.due_at for r in rows if "C-1.4-5" in r.promises or "C-1.4-4" in r.promises
    }
    assert due == {
        "complaint.accepted": later + 48 * HOUR,
        "complaint.final_feedback_sent": later + 72 * HOUR,
    }
    assert before <= set(rows.values_list("milestone", "due_at"))


def test_an_impossible_step_names_the_possible_ones_and_its_clause():
    home = house()
    case = file(home)

    with pytest.raises(NotPossible) as refused:
        commands.notify(
            number=case.number, progress="", result="", follow_ups=[], by=home.bo_bo, at=FRIDAY
        )

    assert refused.value.clause == "1.4"
    assert "accept" in refused.value.facts["possible"]


def test_a_stale_version_is_refused_with_the_newer_one():
    home = house()
    case = file(home)
    commands.accept(number=case.number, by=home.bo_bo, at=FRIDAY)

    with pytest.raises(Stale) as refused:
        commands.answer(
            number=case.number, text="您好", expected_version=1, by=home.bo_bo, at=FRIDAY
        )

    assert refused.value.facts["version"] == 2


def test_another_departments_agent_may_find_but_not_decide():
    home = house()
    case = file(home)

    commands.find(number=case.number, finding="条款无误", by=home.other_agent, at=FRIDAY)
    with pytest.raises(NotPermitted):
        commands.accept(number=case.number, by=home.other_agent, at=FRIDAY)


def test_2_21_a_withdrawn_case_stays_and_owes_nothing():
    home = house()
    case = file(home)

    commands.withdraw(number=case.number, text="已和商家协商好", by=home.ai_li, at=FRIDAY + HOUR)

    case = Case.objects.get(id=case.id)
    assert (case.state, case.next_due_at) == ("withdrawn", None)
    assert set(Clock.objects.filter(case_id=case.id).values_list("void_reason", flat=True)) == {
        "withdrawn"
    }


def test_e_02_an_unmerged_case_runs_again_with_its_old_dues():
    home = house()
    first, second = file(home), file(home)
    dues = set(Clock.objects.filter(case_id=second.id).values_list("milestone", "due_at"))

    commands.merge(number=second.number, into=first.number, by=home.bo_bo, at=FRIDAY + HOUR)
    merged = Case.objects.get(id=second.id)
    commands.unmerge(
        number=second.number, reason="不是同一件事", by=home.chen, at=FRIDAY + 2 * HOUR
    )

    back = Case.objects.get(id=second.id)
    running = Clock.objects.filter(case_id=second.id, void_at=None, done_at=None)
    assert (merged.state, merged.merged_into) == ("merged", first.id)
    assert (back.state, back.merged_into) == ("filed", 0)
    assert set(running.values_list("milestone", "due_at")) == dues
    assert Event.objects.filter(stream=first.id, kind="case.merged").exists()


def test_a_case_cannot_be_merged_into_itself_or_an_unknown_one():
    home = house()
    case = file(home)
    who = {"number": case.number, "by": home.bo_bo, "at": FRIDAY}

    for into in (case.number, "TS2026021300000000"):
        with pytest.raises(Invalid):
            commands.merge(**who, into=into)


def test_2_09_7_2_praise_gets_an_owner_a_date_and_an_answer():
    home = house()
    case = file(home, kind="praise", text="客服很耐心，特来表扬。")

    commands.plan(
        number=case.number, owner_id=home.bo_bo.id, due_on=date(2026, 2, 28), text="转达并致谢",
        by=home.bo_bo, at=FRIDAY + HOUR,
    )  # fmt: skip

    case = Case.objects.get(id=case.id)
    assert case.owner_id == home.bo_bo.id
    assert case.waits_until is not None
    assert not Clock.objects.filter(case_id=case.id, done_at=None).exists()


def test_follow_ups_are_chased_once_when_their_day_is_over():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)

    for days in (5, 6):
        tasks.tend(FRIDAY + timedelta(days=days))

    assert Event.objects.filter(stream=case.id, kind="follow_up.late").count() == 1
    [row] = FollowUp.objects.filter(case_id=case.id)
    assert row.chased_at is not None


def test_only_the_system_closes_by_silence_or_archives():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)

    with pytest.raises(NotPermitted):
        commands.silence(number=case.number, by=home.chen, at=FRIDAY + timedelta(days=30))
    with pytest.raises(NotPossible):
        commands.silence(number=case.number, by=SYSTEM, at=FRIDAY + timedelta(days=1))


def test_an_action_outside_the_table_does_not_exist():
    home = house()
    case = file(home)

    with pytest.raises(NotFound):
        commands.take("explode", number=case.number, raw={}, by=home.bo_bo, at=FRIDAY)


def test_wrong_fields_are_all_named_at_once():
    home = house()
    case = file(home)

    with pytest.raises(Invalid) as refused:
        commands.take(
            "resolve",
            number=case.number,
            raw={"outcome": "maybe", "owner": 3},
            by=home.bo_bo,
            at=FRIDAY,
        )

    assert refused.value.fields == {
        "outcome": "not_known",
        "reason": "missing",
        "owner": "unknown_field",
    }


def test_a_changed_word_is_found_and_an_erased_one_still_verifies():
    home = house()
    case, other = file(home), file(home)
    seals = Path(mkdtemp())

    before = verify_all(seals)
    Entry.objects.filter(case_id=case.id).update(text="我没有意见。")
    Entry.objects.filter(case_id=other.id).update(text="", salt=b"")
    after = verify_all(seals)

    shutil.rmtree(seals)
    assert before.whole
    assert [(f.stream, f.why) for f in after.faults] == [(case.id, "words")]
