"""What the house owes before the end holds the end back, never the person's word (2.2.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import DAY, HOUR, decided, handled, on, said, told
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import NotPossible, NotReady

pytestmark = pytest.mark.django_db
REF = 77


def major(home: House) -> Case:
    """A complaint that was found to be major, and whose result was told."""
    case = people.file(home)
    commands.set_severity(**on(case, home.bo_bo), severity="major", reason="多人受影响")
    commands.approve_severity(**on(case, home.chen))
    commands.accept(**on(case, home.bo_bo), text="已受理，先联系商家。")
    commands.review(**on(case, home.bo_bo), reason="需专项处理", lead_id=home.bo_bo.id)
    _handled(home, case)
    return told(home, case)


def _handled(home: House, case: Case) -> None:
    who = on(case, home.bo_bo)
    commands.answer(**who, text="底座开裂属于质量问题，我们正在核实。")
    commands.propose(**who, solution="支持退货退款。")
    commands.find(**who, finding="照片显示底座裂纹。", measure="全额退款")
    commands.tell(**who, text="初步认定存在质量问题。")


def asked(case: Case) -> None:
    commands.need(
        number=case.number, code=queries.REPORT, before="close", ref=REF,
        due_at=FRIDAY + 14 * DAY, by=SYSTEM,
    )  # fmt: skip


def test_2_19_the_person_confirms_and_the_case_waits_for_the_report() -> None:
    house = people.house()
    case = major(house)
    asked(case)

    commands.confirm(**on(case, house.ai_li, FRIDAY + 3 * HOUR))

    case.refresh_from_db()
    assert (case.state, case.confirmed_at) == ("notified", FRIDAY + 3 * HOUR)
    assert said(case)[-1].kind == "case.result_accepted"
    assert said(case)[-1].data["needs"] == ["special_report"]


def test_2_19_the_case_closes_by_itself_when_the_report_is_there() -> None:
    house = people.house()
    case = major(house)
    asked(case)
    commands.confirm(**on(case, house.ai_li, FRIDAY + 3 * HOUR))

    commands.meet(number=case.number, ref=REF, by=SYSTEM, at=FRIDAY + DAY)

    case.refresh_from_db()
    assert (case.state, case.ended_at) == ("closed", FRIDAY + DAY)
    assert said(case)[-1].kind == "case.closed"


def test_2_19_a_report_that_nobody_has_asked_for_yet_is_missed_all_the_same() -> None:
    house = people.house()
    case = major(house)

    commands.confirm(**on(case, house.ai_li, FRIDAY + 3 * HOUR))

    case.refresh_from_db()
    assert case.state == "notified"


def test_2_19_silence_does_not_close_it_either_and_holds_nobody_else_up() -> None:
    house = people.house()
    case = major(house)
    asked(case)
    later = case.waits_until + timedelta(minutes=1)

    with pytest.raises(NotReady) as refused:
        commands.silence(number=case.number, by=SYSTEM, at=later)

    assert refused.value.facts["missing"] == ["special_report"]
    assert queries.due_to_close(later) == []
    commands.meet(number=case.number, ref=REF, by=SYSTEM, at=later)
    tasks.tend(later)
    case.refresh_from_db()
    assert case.state == "closed"


def test_2_19_whoever_confirmed_is_not_asked_again_but_may_still_object() -> None:
    house = people.house()
    case = major(house)
    commands.confirm(**on(case, house.ai_li, FRIDAY + 3 * HOUR))
    case.refresh_from_db()

    with pytest.raises(NotPossible):
        commands.confirm(**on(case, house.ai_li, FRIDAY + 4 * HOUR))

    offered = {step.action for step in queries.offered(case, house.ai_li)}
    assert "confirm" not in offered
    assert "dispute" in offered
    assert queries.due_to_remind(case.waits_until - HOUR, DAY) == []
    commands.dispute(**on(case, house.ai_li, FRIDAY + 5 * HOUR), text="退款没有到账")
    case.refresh_from_db()
    assert (case.round, case.confirmed_at) == (2, None)


def test_2_10_a_decision_waits_for_what_another_department_owes() -> None:
    house = people.house()
    case = people.file(house)
    handled(house, case)
    commands.need(
        number=case.number, code="sub_task", before="resolve", ref=REF, due_at=None, by=SYSTEM
    )

    with pytest.raises(NotReady) as refused:
        decided(house, case)

    assert refused.value.facts["missing"] == ["sub_task"]
    commands.meet(number=case.number, ref=REF, by=SYSTEM, at=FRIDAY + HOUR)
    assert decided(house, case).state == "resolved"


def test_2_10_nothing_is_asked_of_a_case_that_is_past_it() -> None:
    house = people.house()
    case = people.file(house)
    handled(house, case)
    decided(house, case)

    with pytest.raises(NotPossible):
        commands.need(
            number=case.number, code="sub_task", before="resolve", ref=REF, due_at=None, by=SYSTEM
        )
