"""A declined case is taken up again while it is not archived: a new round of clocks (2.4.3)."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import HOUR, dues, on, said, void
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotPermitted, NotPossible, NotReady
from bihuan.events.relay import drain
from bihuan.notify.models import Message
from tests.house.test_replay import retold, row

pytestmark = pytest.mark.django_db
LATER = FRIDAY + 4 * HOUR
LOCKED_OUT = {"kind": "account_problem", "issue": "account_restriction", "channel": "phone"}


@pytest.fixture
def home() -> House:
    return house()


def declined(home: House, **changes: str) -> Case:
    case = file(home, **changes)
    return commands.decline(**on(case, home.bo_bo), reason="不属于平台交易。", basis="1.3")


def again(case: Case, by: Actor) -> Case:
    return commands.reopen(**on(case, by, LATER), text="订单在贵平台，附编号")


@pytest.mark.parametrize("who", ["ai_li", "chen"])
def test_2_4_3_its_person_or_a_supervisor_has_it_accepted_with_new_clocks(home: House, who: str):
    case = declined(home)

    after = again(case, getattr(home, who))

    assert (after.state, after.round, after.round_at) == ("accepted", 2, LATER)
    assert (after.ended_at, after.told_at, after.waits_until) == (None, None, None)
    assert after.owner_id
    running = dict(dues(case, round=2))
    assert "complaint.accepted" not in running  # it is in hand already
    assert running["case.first_response"] == LATER + 24 * HOUR
    assert void(case) == {"declined"}  # the first round stays as it was
    assert retold(said(case)) == row(case)


def test_2_4_3_an_agent_alone_does_not_overturn_it_nor_somebody_else(home: House):
    case = declined(home)

    with pytest.raises(NotPermitted):
        again(case, home.bo_bo)
    assert "reopen" not in {step.action for step in queries.offered(case, home.bo_bo)}
    assert case.round == 1


def test_2_4_3_archived_it_stays_declined_and_until_then_its_person_is_told_so(home: House):
    case = declined(home)
    until = queries.reopens_until(case)
    drain(FRIDAY + HOUR)
    [letter] = Message.objects.filter(case_id=case.id, template="declined", channel="inbox")

    assert until is not None
    assert "前可申请重新处理" in letter.body
    tasks.tend(until)
    with pytest.raises(NotPossible):
        again(case, home.ai_li)


def test_1_2_taking_it_up_again_is_accepting_it_so_the_person_must_be_known_or_it_is_waived(
    home: House,
):
    case = declined(home, **LOCKED_OUT)

    with pytest.raises(NotReady) as refused:
        again(case, home.ai_li)
    commands.waive_identity(**on(case, home.chen), reason="已电话核对")

    assert refused.value.facts["missing"] == ["identity_contact"]
    assert again(case, home.ai_li).state == "accepted"
    assert retold(said(case)) == row(case)
