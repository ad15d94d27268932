"""Colleagues named in a note: found without blanks, told once each, never of a closed case."""

from __future__ import annotations

import pytest

from bihuan.cases import commands
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import House, file, house
from bihuan.cases.tests.stories import on, said, words
from bihuan.core.refusals import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return house()


def told(case: Case) -> list[object]:
    return [event.data["staff"] for event in said(case, "case.mentioned")]


def test_2_2_4_a_colleague_is_found_behind_an_at_without_a_blank(home: House) -> None:
    case = file(home)

    commands.note(**on(case, home.bo_bo), text="@法务何请看条款；＠陈主管 知悉，@法务何 尽快")

    assert told(case) == [home.other_agent.id, home.chen.id]
    assert said(case, "case.mentioned")[0].data["entry"] == words(case).id


def test_2_2_4_who_writes_and_who_is_unknown_is_not_told(home: House) -> None:
    case = file(home)

    commands.note(**on(case, home.bo_bo), text="@波波 自己记一下，邮箱 a@b.cn，@没有这人")

    assert told(case) == []


def test_2_2_4_the_longer_of_two_names_is_meant(home: House) -> None:
    from bihuan.cases.tests.people import _staff
    from bihuan.core.actors import Role

    longer = _staff("陈主管助理", Role.AGENT, "customer_service")
    case = file(home)

    commands.note(**on(case, home.bo_bo), text="@陈主管助理 请排期")

    assert told(case) == [longer.id]


def test_e_13_a_closed_case_is_mentioned_to_nobody_who_may_not_see_it(home: House) -> None:
    case = file(home)
    commands.restrict(**on(case, home.chen), reason="涉及同事")
    before = Entry.objects.filter(case_id=case.id).count()

    with pytest.raises(Invalid) as refused:
        commands.note(**on(case, home.chen), text="@法务何 请看")

    assert refused.value.fields == {"text": "may_not_see"}
    assert refused.value.facts["names"] == "法务何"
    assert Entry.objects.filter(case_id=case.id).count() == before
    commands.add_reader(**on(case, home.chen), staff_id=home.other_agent.id)
    commands.note(**on(case, home.chen), text="@法务何 请看")
    assert told(case) == [home.other_agent.id]
