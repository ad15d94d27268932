"""Many departments, one complaint: each has its share and its time, the lead waits (2.2.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.cases import commands as cases
from bihuan.cases.models import Case, Finding
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import (
    DAY,
    HOUR,
    decided,
    handled,
    handled_accepted,
    notified,
    on,
    said,
)
from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.models import SubTask
from bihuan.core.attribution import Holder, totals
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible, NotReady
from bihuan.events.relay import drain
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
NOON = FRIDAY + 2 * HOUR


def given(home: House, case: Case, **changes: object) -> SubTask:
    """波波 asks the lawyers what the terms say."""
    asked = {
        "number": case.number, "what": "核对商家退货条款是否合法", "department": "legal",
        "due_at": NOON + 6 * HOUR, "by": home.bo_bo, "at": NOON,
    }  # fmt: skip
    return commands.give(**(asked | changes))  # type: ignore[arg-type]


def test_2_10_2_2_3_the_case_is_not_decided_before_every_share_is_back() -> None:
    home = people.house()
    case = people.file(home)
    handled(home, case)
    share = given(home, case)

    with pytest.raises(NotReady) as refused:
        decided(home, case, NOON + HOUR)
    commands.finish(
        id=share.id, result="条款不得排除七日退货。", by=home.other_agent, at=NOON + 3 * HOUR
    )

    assert refused.value.facts["missing"] == ["sub_task"]
    assert decided(home, case, NOON + 4 * HOUR).state == "resolved"
    finding = Finding.objects.filter(case_id=case.id).latest("id")
    assert (finding.department, finding.text) == ("legal", "条款不得排除七日退货。")


def test_2_10_it_goes_to_whoever_is_lightest_there_or_to_a_named_person() -> None:
    home = people.house()
    case = people.file(home)

    assert given(home, case).owner_id == home.other_agent.id
    assert given(home, case, owner_id=home.other_agent.id).owner_id == home.other_agent.id
    with pytest.raises(Invalid) as refused:
        given(home, case, owner_id=home.bo_bo.id)
    assert refused.value.fields == {"owner_id": "not_of_this_department"}


def test_4_01_a_second_department_lifts_the_tier() -> None:
    home = people.house()
    case = people.file(home)

    given(home, case, department="customer_service")
    case.refresh_from_db()
    before = case.tier
    given(home, case)

    case.refresh_from_db()
    assert (before, case.tier) == (1, 2)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"due_at": NOON - HOUR}, "due_at", "is_over"),
        ({"due_at": NOON + 30 * DAY}, "due_at", "after_the_case"),
        ({"department": "moon"}, "department", "not_known"),
        ({"what": " "}, "what", "missing"),
    ],
)
def test_bad_shares_are_refused_at_their_field(
    changes: dict[str, object], field: str, code: str
) -> None:
    home = people.house()
    case = people.file(home)

    with pytest.raises(Invalid) as refused:
        given(home, case, **changes)

    assert refused.value.fields == {field: code}
    assert queries.shares(case.id) == []


def test_a_share_of_a_closed_case_is_refused_by_name() -> None:
    home = people.house()
    case = people.file(home)
    cases.withdraw(**on(case, home.ai_li, NOON))

    with pytest.raises(NotPossible) as refused:
        given(home, case)

    assert (refused.value.clause, refused.value.facts["state"]) == ("2.2.3", "withdrawn")


def test_who_may_give_and_finish_a_share_and_for_whom_it_does_not_exist() -> None:
    home = people.house()
    case = people.file(home)
    share = given(home, case)
    tech = people.agent("技术员", "technology")

    with pytest.raises(NotPermitted):
        given(home, case, by=home.other_agent)  # the lead is another department's
    with pytest.raises(NotPermitted):
        commands.finish(id=share.id, result="与我无关，但我来写", by=tech, at=NOON + HOUR)
    with pytest.raises(NotFound):
        commands.finish(id=share.id, result="我是用户", by=home.ai_li, at=NOON + HOUR)
    commands.finish(id=share.id, result="条款无效，应予退货。", by=home.bo_bo, at=NOON + HOUR)
    with pytest.raises(NotPossible):
        commands.drop(id=share.id, reason="不需要了", by=home.bo_bo, at=NOON + HOUR)


def test_2_10_a_dropped_share_is_waited_for_no_longer_and_a_handed_over_one_keeps_its_due() -> None:
    home = people.house()
    case = people.file(home)
    handled(home, case)
    dropped, moved = given(home, case), given(home, case)

    commands.drop(id=dropped.id, reason="用户已补充材料", by=home.bo_bo, at=NOON + HOUR)
    commands.hand_over(
        id=moved.id, department="technology", reason="属系统问题", by=home.chen, at=NOON + HOUR
    )

    row = queries.share(moved.id, home.chen)
    assert (row.department, row.due_at) == ("technology", NOON + 6 * HOUR)
    with pytest.raises(NotReady):
        decided(home, case, NOON + 2 * HOUR)
    commands.finish(id=moved.id, result="日志显示重复扣款。", by=home.chen, at=NOON + 2 * HOUR)
    assert decided(home, case, NOON + 3 * HOUR).state == "resolved"


def test_2_11_2_3_3_a_share_that_is_late_is_said_once_to_owner_lead_and_supervisor() -> None:
    home = people.house()
    boss = people.supervisor("法务主管", "legal")
    case = people.file(home)
    given(home, case)

    for later in (5, 7, 8):
        tasks.tend(NOON + later * HOUR)

    late = said(case, "sub_task.late")
    assert len(late) == 1
    notices.told_all(late)
    told = set(Message.objects.filter(template="sub_task_late").values_list("staff_id", flat=True))
    assert told == {home.other_agent.id, home.bo_bo.id, boss.id}


def test_2_10_shares_end_with_a_case_that_is_withdrawn() -> None:
    home = people.house()
    case = people.file(home)
    given(home, case)
    cases.withdraw(**on(case, home.ai_li, NOON + HOUR))

    tasks.end_shares(said(case, "case.withdrawn"))

    assert queries.open_shares(case.id) == []
    assert tasks.tend(NOON + DAY) == 0


def merged_and_back(home: House, case: Case) -> None:
    """One hour in another case, and out again."""
    other = people.file(home, at=FRIDAY - DAY)
    cases.merge(**on(case, home.chen, NOON + HOUR), into=other.number)
    drain(NOON + HOUR)
    cases.unmerge(**on(case, home.chen, NOON + 2 * HOUR), reason="不是同一件事")
    drain(NOON + 2 * HOUR)


def test_e_02_2_2_3_a_share_that_a_merge_dropped_is_owed_again_once_it_is_undone() -> None:
    home = people.house()
    case = people.file(home)
    handled(home, case)
    dropped, share = given(home, case), given(home, case)
    commands.drop(id=dropped.id, reason="不用了", by=home.bo_bo, at=NOON)

    merged_and_back(home, case)

    [back] = queries.open_shares(case.id)
    assert (back.id, back.due_at, back.owner_id) == (share.id, share.due_at, share.owner_id)
    kinds = [e.kind for e in said(case) if e.data.get("sub_task") == share.id]
    assert kinds == ["sub_task.opened", "sub_task.dropped", "sub_task.revived"]
    told = Message.objects.filter(staff_id=share.owner_id, template__startswith="sub_task_")
    last = list(told.order_by("id").values_list("template", flat=True))[-2:]
    assert last == ["sub_task_dropped", "sub_task_revived"]
    with pytest.raises(NotReady):
        decided(home, case, NOON + 3 * HOUR)
    commands.finish(
        id=share.id, result="条款不得排除七日退货。", by=home.other_agent, at=NOON + 3 * HOUR
    )
    assert decided(home, case, NOON + 4 * HOUR).state == "resolved"
    spans = queries.attributed(case, NOON + 4 * HOUR)
    assert sum(totals(spans).values(), timedelta()) == NOON + 4 * HOUR - case.received_at
    lawyers = Holder("staff", "legal", home.other_agent.id)
    held = [span.start for span in spans if lawyers in span.holders]
    assert min(held) == NOON
    assert NOON + 2 * HOUR in held  # again, once it was back
    assert NOON + HOUR not in held


def test_e_02_a_merge_undone_before_anybody_heard_of_it_drops_no_share() -> None:
    home = people.house()
    case = people.file(home)
    share = given(home, case)
    other = people.file(home, at=FRIDAY - DAY)
    cases.merge(**on(case, home.chen, NOON + HOUR), into=other.number)
    cases.unmerge(**on(case, home.chen, NOON + 2 * HOUR), reason="不是同一件事")

    drain(NOON + 2 * HOUR)

    assert [row.id for row in queries.open_shares(case.id)] == [share.id]
    assert said(case, "sub_task.dropped") == []


def test_2_17_a_share_of_a_case_that_was_declined_holds_up_no_later_round() -> None:
    home = people.house()
    case = people.file(home)
    share = given(home, case)
    cases.decline(**on(case, home.bo_bo, NOON + HOUR), reason="重复提交", basis="1.4")
    drain(NOON + HOUR)
    cases.reopen(**on(case, home.ai_li, NOON + 2 * HOUR), text="不是重复的")
    drain(NOON + 2 * HOUR)
    handled_accepted(home, case, NOON + 3 * HOUR)

    assert decided(home, case, NOON + 4 * HOUR).state == "resolved"
    share.refresh_from_db()
    assert share.dropped_at == NOON + HOUR


def test_2_11_the_time_of_a_whole_story_is_attributed_and_sums_exactly() -> None:
    home = people.house()
    case = people.file(home, at=FRIDAY)
    handled(home, case, FRIDAY + HOUR)
    share = given(home, case)
    commands.finish(
        id=share.id, result="条款不得排除七日退货。", by=home.other_agent, at=NOON + 3 * HOUR
    )
    decided(home, case, NOON + 4 * HOUR)
    notified(home, case, NOON + 5 * HOUR)
    cases.dispute(**on(case, home.ai_li, NOON + 9 * HOUR), text="退款没有到账")
    cases.assign(**on(case, home.bo_bo, NOON + 10 * HOUR), owner_id=home.chen.id)
    until = NOON + 12 * HOUR + timedelta(microseconds=7)
    case.refresh_from_db()

    found = totals(queries.attributed(case, until))

    lead = Holder("staff", "customer_service", home.bo_bo.id)
    assert found[Holder("staff", "legal", home.other_agent.id)] == 3 * HOUR
    assert found[Holder("person")] == 4 * HOUR
    assert found[lead] == 2 * HOUR + 2 * HOUR + HOUR
    assert sum(found.values(), timedelta()) == until - case.received_at


def test_2_11_what_lay_unregistered_was_held_by_nobody() -> None:
    home = people.house()
    case = people.file(home, at=FRIDAY + HOUR, received_at=FRIDAY)

    found = totals(queries.attributed(case, FRIDAY + 3 * HOUR))

    assert found[Holder("nobody")] == HOUR
