"""A case closed to all but named people: who closes it, who is named, what it says of that."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, CaseReader
from bihuan.cases.queries import Filters
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import on, said, words
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible

pytestmark = pytest.mark.django_db
WHY = "涉及客服同事本人"


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def case(home: House) -> Case:
    filed = file(home)
    commands.assign(**on(filed, home.chen), owner_id=home.bo_bo.id)
    return filed


def sees(case: Case, *actors: Actor) -> list[bool]:
    return [queries.sees(case, actor) for actor in actors]


def test_e_13_a_closed_case_exists_for_its_owner_and_the_named_alone(
    home: House, case: Case
) -> None:
    keeper = Actor(9001, frozenset({Role.SUPERVISOR}), "customer_service")
    assert sees(case, home.bo_bo, home.chen, home.other_agent, keeper) == [True] * 4

    commands.restrict(**on(case, home.chen), reason=WHY)

    assert sees(case, home.bo_bo, home.chen, home.ai_li, SYSTEM) == [True] * 4
    assert sees(case, home.other_agent, keeper, home.ding) == [False] * 3
    with pytest.raises(NotFound):
        commands.note(**on(case, home.other_agent), text="我看看")


def test_e_13_whoever_is_named_reads_it_until_he_is_named_no_more(home: House, case: Case) -> None:
    commands.restrict(**on(case, home.chen), reason=WHY)

    commands.add_reader(**on(case, home.chen), staff_id=home.other_agent.id)
    commands.add_reader(**on(case, home.chen), staff_id=home.other_agent.id)
    assert sees(case, home.other_agent) == [True]
    assert {*queries.readers(case)} == {home.chen.id, home.other_agent.id}

    commands.remove_reader(**on(case, home.chen), staff_id=home.other_agent.id)
    assert sees(case, home.other_agent) == [False]
    assert [e.kind for e in said(case)][-4:] == [
        "case.restricted", "case.reader_added", "case.reader_added", "case.reader_removed",
    ]  # fmt: skip


def test_e_13_opened_again_everybody_reads_it_and_nobody_is_named(home: House, case: Case) -> None:
    commands.restrict(**on(case, home.chen), reason=WHY, readers=[home.other_agent.id])

    commands.unrestrict(**on(case, home.chen), reason="核查完毕")

    assert sees(case, home.other_agent) == [True]
    assert not CaseReader.objects.exists()
    assert (words(case).text, words(case).internal) == ("核查完毕", True)


def test_e_13_only_those_who_answer_for_it_close_a_case(home: House, case: Case) -> None:
    for by in (home.bo_bo, home.other_agent):
        with pytest.raises(NotPermitted):
            commands.restrict(**on(case, by), reason=WHY)
    with pytest.raises(NotFound):
        commands.restrict(**on(case, home.ding), reason=WHY)
    for role in (Role.COMPLIANCE, Role.PRIVACY_OFFICER):
        assert queries.may_close(Actor(1, frozenset({role})))


def test_e_13_a_reason_is_needed_and_nothing_is_done_twice(home: House, case: Case) -> None:
    with pytest.raises(Invalid):
        commands.restrict(**on(case, home.chen), reason=" ")
    with pytest.raises(NotPossible):
        commands.add_reader(**on(case, home.chen), staff_id=home.bo_bo.id)
    commands.restrict(**on(case, home.chen), reason=WHY)
    with pytest.raises(NotPossible):
        commands.restrict(**on(case, home.chen), reason=WHY)
    with pytest.raises(Invalid):
        commands.add_reader(**on(case, home.chen), staff_id=999)


def test_e_13_somebody_who_can_open_it_stays(home: House, case: Case) -> None:
    commands.restrict(**on(case, home.chen), reason=WHY, readers=[home.other_agent.id])

    with pytest.raises(Invalid) as refused:
        commands.remove_reader(**on(case, home.chen), staff_id=home.chen.id)

    assert refused.value.fields == {"staff_id": "last_keeper"}
    assert sees(case, home.chen) == [True]


def test_e_13_the_log_names_the_people_and_not_the_reason(home: House, case: Case) -> None:
    commands.restrict(**on(case, home.chen), reason=WHY)

    told = said(case, "case.restricted")[0]
    assert WHY not in str(told.data)
    assert told.data["entry"] == words(case).id
    assert said(case, "case.reader_added")[0].data["staff"] == home.chen.id
    assert "case.restricted" not in {i.kind for i in queries.timeline(case, home.ai_li)}


def test_e_13_lists_counts_and_figures_leave_it_out(home: House, case: Case) -> None:
    other = file(home)
    keeper = Actor(9001, frozenset({Role.SUPERVISOR}), "customer_service")

    def shown(by: Actor) -> tuple[list[str], int, int, int]:
        page = queries.inbox(by, filters=Filters(q="破壁机"), at=FRIDAY)
        every = queries.inbox(by, view="every", at=FRIDAY)
        loads = queries.figures.loads(by, FRIDAY)
        assert {one.number for one in page.cases} <= {one.number for one in every.cases}
        return (
            sorted(one.number for one in every.cases),
            queries.glance(by, FRIDAY)["all"],
            queries.counts(by, FRIDAY)["all"],
            sum(load.total for load in loads.values()),
        )

    both = sorted([case.number, other.number])
    assert shown(keeper) == (both, 2, 2, 2)
    commands.restrict(**on(case, home.chen), reason=WHY)
    assert shown(keeper) == ([other.number], 1, 1, 1)
    assert shown(home.chen) == (both, 2, 2, 2)
    assert queries.hidden_streams(keeper) == {case.id}
    assert queries.hidden_streams(home.chen) == frozenset()
    assert queries.likely_same(other, keeper) == []
    assert queries.count_of_person(other, keeper, FRIDAY) == 0
    assert queries.links([case.id], keeper) == {}
