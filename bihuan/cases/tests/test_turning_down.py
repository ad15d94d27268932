"""A proposal does not hang for ever: turned down, or taken back by who made it (2.1.2, 2.3.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, agent, file, house
from bihuan.cases.tests.stories import HOUR, dues, on, said, words
from bihuan.core.refusals import NotPermitted, NotPossible
from bihuan.events.relay import drain
from bihuan.notify.models import Message
from tests.house.test_replay import retold, row

pytestmark = pytest.mark.django_db
WHY = "只有一人受影响"


@pytest.fixture
def home() -> House:
    return house()


def severity(home: House, case: Case) -> None:
    who = on(case, home.bo_bo)
    commands.set_severity(**who, severity="major", reason="多人受影响")


def kind(home: House, case: Case) -> None:
    commands.classify(**on(case, home.bo_bo), kind="enquiry", issue="invoice", reason="只是开票")


PROPOSED = [(severity, "keep_severity"), (kind, "keep_kind")]
each = pytest.mark.parametrize(("propose", "keep"), PROPOSED, ids=["severity", "kind"])


@each
def test_2_1_2_2_3_1_turned_down_the_case_is_what_it_was_and_so_are_its_dues(
    home: House, propose: Callable[..., None], keep: str
):
    case = file(home)
    before, owed = row(case), dues(case)
    propose(home, case)

    after = commands.STEPS[keep](**on(case, home.chen), reason=WHY)

    assert row(case) == before | {"version": after.version}
    assert dues(case) == owed
    assert (after.proposed_severity, after.proposed_by) == ("", 0)
    assert queries.kind_change(after) is None
    assert retold(said(case)) == row(case)
    assert (words(case).text, words(case).internal) == (WHY, True)


@each
def test_2_1_2_2_3_1_what_was_turned_down_can_be_proposed_again_and_not_approved(
    home: House, propose: Callable[..., None], keep: str
):
    case = file(home)
    propose(home, case)
    commands.STEPS[keep](**on(case, home.chen), reason=WHY)

    with pytest.raises(NotPossible):
        commands.STEPS[keep.replace("keep", "approve")](**on(case, home.chen))
    with pytest.raises(NotPossible):
        commands.STEPS[keep](**on(case, home.chen), reason=WHY)
    propose(home, case)
    commands.STEPS[keep.replace("keep", "approve")](**on(case, home.chen))


@each
def test_2_1_2_2_3_1_its_proposer_takes_it_back_and_a_colleague_may_not(
    home: House, propose: Callable[..., None], keep: str
):
    case = file(home)
    propose(home, case)
    colleague = agent("同组林", "customer_service")

    with pytest.raises(NotPermitted) as refused:
        commands.STEPS[keep](**on(case, colleague), reason=WHY)
    commands.STEPS[keep](**on(case, home.bo_bo), reason="提错了")

    assert refused.value.facts["why"] == "asker_or_supervisor"
    drain(FRIDAY + HOUR)
    assert not Message.objects.filter(template="proposal_kept").exists()  # he knows


@each
def test_2_1_2_2_3_1_its_proposer_is_told_why_and_nobody_else(
    home: House, propose: Callable[..., None], keep: str
):
    case = file(home)
    propose(home, case)
    other = agent("同组林", "customer_service")
    commands.assign(**on(case, home.chen), owner_id=other.id)  # whose case it is by now

    commands.STEPS[keep](**on(case, home.chen), reason=WHY)
    drain(FRIDAY + HOUR)

    told = Message.objects.filter(template="proposal_kept")
    assert {letter.staff_id for letter in told} == {home.bo_bo.id}
    assert all(f"理由：{WHY}。" in letter.body for letter in told)
