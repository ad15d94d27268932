"""Escalation: with a reason, at least important, no clock moved, the supervisors told."""

from __future__ import annotations

import pytest

from bihuan.cases import commands
from bihuan.cases.tests.people import file, house
from bihuan.cases.tests.stories import dues, on, said, words
from bihuan.core.refusals import Invalid

pytestmark = pytest.mark.django_db


def test_2_2_2_an_escalated_case_is_at_least_important_and_keeps_its_dues():
    home = house()
    case = file(home)
    commands.set_priority(**on(case, home.bo_bo), priority="general", reason="一般")
    before = dues(case)

    case = commands.escalate(**on(case, home.bo_bo), reason="商家失联，需主管协调")

    event = said(case, "case.escalated")[0]
    assert case.priority == "important"
    assert event.data["after"] == {"priority": "important"}
    assert event.data["department"] == case.department
    assert words(case).internal
    assert words(case).text == "商家失联，需主管协调"
    assert dues(case) == before


def test_2_2_2_an_urgent_case_stays_urgent():
    home = house()
    case = file(home)
    commands.set_priority(**on(case, home.bo_bo), priority="urgent", reason="人身安全")

    assert commands.escalate(**on(case, home.bo_bo), reason="请主管接手").priority == "urgent"


def test_2_2_2_nobody_escalates_without_saying_why():
    home = house()

    with pytest.raises(Invalid) as refused:
        commands.take("escalate", raw={"reason": " "}, **on(file(home), home.bo_bo))

    assert refused.value.fields == {"reason": "missing"}
