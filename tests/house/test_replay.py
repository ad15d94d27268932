"""The log retells the row: a case's events, walked through the table, arrive where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bihuan.cases import commands, tasks
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import DAY, HOUR, closed, handled, on, resolved, said, told, words
from bihuan.core.actors import SYSTEM
from bihuan.events.catalog import KIND_OF
from bihuan.events.models import Event

ACTION_OF = {kind: action for action, kind in KIND_OF.items()}
ACTION_OF["case.severity_proposed"] = "set_severity"  # upwards, it waits for a second person
ACTION_OF["case.kind_proposed"] = "classify"  # to what owes less: so does that
ACTION_OF["case.result_accepted"] = "confirm"  # the person's word; what the house owes is not there
ACTION_OF["case.pause_asked"] = "pause"  # a long one waits for a second person
LATER = FRIDAY + DAY
PAUSES = {"pause", "approve_pause", "resume"}  # no reason is listed: cases/tests/test_pausing.py
KNOWN = {"ask_identity", "waive_identity"}  # nothing is missing here: cases/tests/test_identity.py


def retold(events: list[Event]) -> dict[str, Any]:
    """What the events say of the case, step by step; each must be a step of the table."""
    filed = events[0].data
    case: dict[str, Any] = {
        name: filed[name] for name in ("round", "version", "owner", "department", "kind",
                                       "category", "issue", "severity", "tier", "priority")
    }  # fmt: skip
    case["state"] = filed["to"]
    before_merge = ""
    for event in events[1:]:
        data, action = event.data, ACTION_OF.get(event.kind)
        if action is None or data.get("version") == case["version"]:
            continue  # of a clock, a notice, or another case that was merged into this one
        step = CASE.steps[case["state"], action]
        assert data["from"] == case["state"]
        stays = event.kind == "case.result_accepted"
        assert data["to"] == (data["from"] if stays else step.target or before_merge)
        assert data["version"] == case["version"] + 1
        before_merge = case["state"]
        case |= {"state": data["to"], "version": data["version"], "round": data["round"]}
        if event.kind != "case.found":  # there it is the department that found
            case |= {name: data[name] for name in ("owner", "department") if name in data}
        case |= data.get("after", {})
        assert event.clause == step.clause
    return case


def row(case: Case) -> dict[str, Any]:
    now = Case.objects.get(id=case.id)
    return {
        "state": now.state, "round": now.round, "version": now.version, "owner": now.owner_id,
        "department": now.department, "kind": now.kind, "category": now.category,
        "issue": now.issue, "severity": now.severity, "tier": now.tier, "priority": now.priority,
    }  # fmt: skip


def filed(home: House, case: Case) -> None:
    """Only registered."""


def archived(home: House, case: Case) -> None:
    ended = closed(home, case)
    tasks.tend(ended.waits_until + HOUR)


def disputed_twice(home: House, case: Case) -> None:
    for n in range(2):
        at = FRIDAY + n * DAY
        if n:
            handled_again(home, case, at)
        else:
            handled(home, case, at)
        told(home, case, at + HOUR)
        commands.dispute(**on(case, home.ai_li, at + 2 * HOUR), text="退款仍未到账")


def handled_again(home: House, case: Case, at: Any) -> None:
    who = on(case, home.bo_bo, at)
    commands.answer(**who, text="重新核实。")
    commands.propose(**who, solution="重新退款。")
    commands.review(**who, reason="齐全")
    commands.find(**who, finding="银行退票")
    commands.tell(**who, text="已重新发起退款。")


def silent(home: House, case: Case) -> None:
    handled(home, case)
    told(home, case)
    for days in (5, 8, 9):
        tasks.tend(FRIDAY + days * DAY)


def reopened_by_staff(home: House, case: Case) -> None:
    closed(home, case)
    commands.reopen(**on(case, home.bo_bo, LATER), text="退款退回")


def withdrawn(home: House, case: Case) -> None:
    resolved(home, case)
    commands.withdraw(**on(case, home.ai_li, LATER))


def declined(home: House, case: Case) -> None:
    commands.decline(**on(case, home.chen), reason="不属于平台交易。", basis="1.3")


def merged(home: House, case: Case) -> None:
    other = people.file(home)
    commands.merge(**on(case, home.bo_bo), into=other.number)


def merged_into(home: House, case: Case) -> None:
    other = people.file(home)
    commands.merge(**on(other, home.bo_bo), into=case.number)
    commands.accept(**on(case, home.bo_bo), text="受理。")


def unmerged(home: House, case: Case) -> None:
    handled(home, case)
    merged(home, case)
    commands.unmerge(**on(case, home.chen, LATER), reason="不是同一件事")


def retracted(home: House, case: Case) -> None:
    """Decided, taken back, decided once more and told."""
    resolved(home, case)
    commands.retract(**on(case, home.bo_bo, FRIDAY + 3 * HOUR), reason="金额算错")
    told(home, case, FRIDAY + 4 * HOUR)


def declined_and_taken_up(home: House, case: Case) -> None:
    declined(home, case)
    commands.reopen(**on(case, home.chen, FRIDAY + 2 * HOUR), text="确属平台订单")


def turned_down(home: House, case: Case) -> None:
    """What was proposed is not so: nothing of the case changes."""
    who = on(case, home.bo_bo)
    commands.classify(**who, kind="enquiry", issue="invoice", reason="只是开票")
    commands.keep_kind(**on(case, home.chen), reason="用户要求退款")
    commands.set_severity(**who, severity="major", reason="多人受影响")
    commands.keep_severity(**who, reason="提错了")


def split(home: House, case: Case) -> None:
    who = on(case, home.bo_bo)
    commands.split(**who, entry_id=words(case).id, text="另一件事。", reason="两件事")


def sorted_anew(home: House, case: Case) -> None:
    who = on(case, home.bo_bo)
    commands.classify(**who, kind="enquiry", issue="invoice", reason="只是开票")
    commands.approve_kind(**on(case, home.chen))
    commands.classify(**who, kind="complaint", reason="改为投诉")
    commands.set_severity(**who, severity="major", reason="多人受影响")
    commands.approve_severity(**on(case, home.chen))
    commands.set_severity(**who, severity="general", reason="核实后仅一人")
    commands.set_tier(**who, tier="3", reason="故障")
    commands.set_priority(**who, priority="urgent", reason="催促")
    commands.assign(**who, owner_id=home.other_agent.id, reason="涉及条款")
    commands.escalate(**on(case, home.chen), reason="请主管协调")
    commands.tag(**on(case, home.chen), add="漏水")
    commands.note(**on(case, home.chen), text="关注")
    commands.message(**on(case, home.ai_li), text="请尽快")
    commands.add_material(**on(case, home.ai_li), text="检测报告")


def raised(home: House, case: Case) -> None:
    """An enquiry that was answered and told, and then complained of."""
    commands.classify(**on(case, home.bo_bo), kind="enquiry", reason="只是询问")
    commands.approve_kind(**on(case, home.chen))
    handled(home, case)
    told(home, case)
    commands.complain(**on(case, home.ai_li, LATER), text="答非所问，我要投诉")


def reported(home: House, case: Case) -> None:
    """Found to be major at the last moment, confirmed, and closed when the report was there."""
    handled(home, case)
    commands.set_severity(**on(case, home.bo_bo), severity="major", reason="多人受影响")
    commands.approve_severity(**on(case, home.chen))
    told(home, case)
    commands.need(
        number=case.number, code="special_report", before="close", ref=7, due_at=None, by=SYSTEM
    )
    commands.confirm(**on(case, home.ai_li, LATER))
    commands.meet(number=case.number, ref=7, by=SYSTEM, at=LATER)


def late(home: House, case: Case) -> None:
    tasks.sweep(FRIDAY + 30 * HOUR)
    handled(home, case, FRIDAY + 90 * HOUR)


STORIES = [
    filed, handled, resolved, closed, archived, disputed_twice, silent, reopened_by_staff,
    withdrawn, declined, declined_and_taken_up, merged, merged_into, unmerged, split, sorted_anew,
    turned_down, retracted, raised, reported, late,
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_events_of_a_case_arrive_at_its_row(
    house: House, story: Callable[[House, Case], object]
) -> None:
    case = people.file(house)

    story(house, case)

    assert retold(said(case)) == row(case)


def test_the_stories_take_every_step_of_the_table(house: House) -> None:
    taken: set[str] = set()
    for story in STORIES:
        case = people.file(house)
        story(house, case)
        taken |= {ACTION_OF[e.kind] for e in said(case) if e.kind in ACTION_OF}

    praise = people.file(house, kind="praise", channel="after_sales")
    who = on(praise, house.bo_bo)
    commands.plan(**who, owner_id=house.bo_bo.id, due_on=FRIDAY.date(), text="致谢")
    commands.confirm_problem(**who, problem="裂纹")
    commands.repair(**who, failed="支付", restored_at=FRIDAY)
    taken |= {ACTION_OF[e.kind] for e in said(praise) if e.kind in ACTION_OF}

    again = people.file(house, at=FRIDAY)
    commands.decline(**on(again, house.bo_bo), reason="不属于平台", basis="1.2")
    commands.overturn(**on(again, SYSTEM), text="申诉成立，请受理", owner_id=house.chen.id)
    taken |= {ACTION_OF[e.kind] for e in said(again) if e.kind in ACTION_OF}

    assert retold(said(again)) == row(again)
    assert taken - {"file"} >= {s.action for s in CASE.steps.values()} - {"rate"} - PAUSES - KNOWN
    assert retold(said(praise)) == row(praise)
    assert SYSTEM.id == 0
