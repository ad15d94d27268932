"""What will still be done after the result: by whom, and chased when its day is over (1.2 ④)."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from bihuan.cases import commands, tasks
from bihuan.cases.models import FollowUp
from bihuan.cases.tests.people import FRIDAY, file, house, supervisor
from bihuan.cases.tests.stories import DAY, HOUR, handled, on, said, told, words
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.policy import queries as policy

pytestmark = pytest.mark.django_db


def test_1_2_a_follow_up_is_done_once_by_whoever_promised_it_or_works_on_the_case():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    [row] = FollowUp.objects.filter(case_id=case.id)
    at = FRIDAY + DAY

    with pytest.raises(NotPermitted):
        commands.finish_follow_up(**on(case, home.other_agent, at), follow_up_id=row.id)
    for by in (home.ai_li, home.ding):
        with pytest.raises(NotFound):
            commands.finish_follow_up(**on(case, by, at), follow_up_id=row.id)
    with pytest.raises(NotFound):
        commands.finish_follow_up(**on(case, home.bo_bo, at), follow_up_id=1)
    done = commands.finish_follow_up(**on(case, home.bo_bo, at), follow_up_id=row.id)
    again = commands.finish_follow_up(**on(case, home.chen, at + DAY), follow_up_id=row.id)

    assert (done.done_at, again.done_at) == (at, at)
    assert len(said(case, "follow_up.done")) == 1


def test_1_2_somebody_of_another_department_finishes_what_they_promised():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    FollowUp.objects.filter(case_id=case.id).update(owner_id=home.other_agent.id)
    [row] = FollowUp.objects.filter(case_id=case.id)

    done = commands.finish_follow_up(**on(case, home.other_agent), follow_up_id=row.id)

    assert done.done_at == FRIDAY + HOUR


@pytest.mark.parametrize("ended", ["done_at", "chased_at"])
def test_1_2_what_is_done_or_chased_already_is_not_chased_again(ended):
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    FollowUp.objects.filter(case_id=case.id).update(**{ended: FRIDAY + DAY})

    with pytest.raises(NotPossible):
        commands.chase(
            follow_up_id=FollowUp.objects.get(case_id=case.id).id, by=SYSTEM, at=FRIDAY + 9 * DAY
        )

    assert said(case, "follow_up.late") == []


def test_1_2_a_follow_up_is_chased_once_when_its_day_is_over_and_not_before():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    [row] = FollowUp.objects.filter(case_id=case.id)
    midnight = FRIDAY.replace(day=16, hour=16)  # the 16th is over in Shanghai

    tasks.tend(midnight - HOUR)
    early = said(case, "follow_up.late")
    for hours in (0, 1, 24):
        tasks.tend(midnight + hours * HOUR)

    [late] = said(case, "follow_up.late")
    assert early == []
    assert (late.data["owner"], late.data["due_on"]) == (home.bo_bo.id, "2026-02-16")
    assert FollowUp.objects.get(id=row.id).chased_at == midnight


def test_1_2_what_stays_undone_is_chased_again_and_climbs_as_far_as_the_ladder_goes():
    home = house()
    other, head = supervisor("法务主管", "legal"), supervisor("管理层", "management")
    case = file(home)
    handled(home, case)
    told(home, case)
    midnight = FRIDAY.replace(day=16, hour=16)

    for day in (0, 1, 6, 7, 8, 13, 14, 15, 90):
        tasks.tend(midnight + day * DAY)

    climbed = said(case, "follow_up.escalated")
    everybody = {home.bo_bo.id, home.chen.id, other.id, head.id}
    assert [(e.data["rung"], set(e.data["told"])) for e in climbed] == [
        (1, everybody), (2, {home.bo_bo.id, head.id}),
    ]  # fmt: skip
    assert [e.at - midnight for e in climbed] == [7 * DAY, 14 * DAY]
    assert len(said(case, "follow_up.late")) == 1  # its person hears of it once


def test_1_2_after_a_long_silence_it_climbs_at_once_to_where_it_belongs():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)

    for hours in (0, 1):
        tasks.tend(FRIDAY + 60 * DAY + hours * HOUR)

    assert [e.data["rung"] for e in said(case, "follow_up.escalated")] == [2]


def test_1_2_what_is_done_climbs_no_further_and_open_again_it_begins_below():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    [row] = FollowUp.objects.filter(case_id=case.id)
    late = FRIDAY + 11 * DAY
    tasks.tend(late)
    tasks.tend(late)
    commands.finish_follow_up(**on(case, home.bo_bo, late), follow_up_id=row.id)
    tasks.tend(late + 30 * DAY)
    rung = policy.current(late).chases[2]
    with pytest.raises(NotPossible):
        commands.chase_higher(follow_up_id=row.id, rung=rung, by=SYSTEM, at=late + 30 * DAY)

    commands.undo_follow_up(
        **on(case, home.chen, late + HOUR), follow_up_id=row.id, reason="用户说没有收到"
    )
    for hours in (2, 3):
        tasks.tend(late + hours * HOUR)

    assert [e.data["rung"] for e in said(case, "follow_up.escalated")] == [1, 1]


def test_1_2_one_marked_done_by_mistake_is_open_again_and_chased_though_it_was_chased_before():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    [row] = FollowUp.objects.filter(case_id=case.id)
    late = FRIDAY + 5 * DAY
    tasks.tend(late)
    commands.finish_follow_up(**on(case, home.bo_bo, late), follow_up_id=row.id)

    open_ = commands.undo_follow_up(
        **on(case, home.chen, late + HOUR), follow_up_id=row.id, reason="用户说没有收到"
    )
    for hours in (2, 3):
        tasks.tend(late + hours * HOUR)

    assert (open_.done_at, open_.due_on) == (None, row.due_on)
    assert [e.kind for e in said(case) if e.kind[:9] == "follow_up"] == [
        "follow_up.late", "follow_up.done", "follow_up.undone", "follow_up.late",
    ]  # fmt: skip
    [undone] = said(case, "follow_up.undone")
    assert (words(case).text, words(case).internal) == ("用户说没有收到", True)
    assert undone.data["entry"] == words(case).id


def test_1_2_only_what_is_done_is_opened_again_with_a_reason_by_whoever_works_on_it():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    [row] = FollowUp.objects.filter(case_id=case.id)
    asked = {"follow_up_id": row.id, "reason": "误记"}

    with pytest.raises(NotPossible):
        commands.undo_follow_up(**on(case, home.bo_bo), **asked)
    commands.finish_follow_up(**on(case, home.bo_bo), follow_up_id=row.id)
    with pytest.raises(NotPermitted):
        commands.undo_follow_up(**on(case, home.other_agent), **asked)
    with pytest.raises(NotFound):
        commands.undo_follow_up(**on(case, home.ai_li), **asked)
    with pytest.raises(Invalid) as refused:
        commands.undo_follow_up(**on(case, home.bo_bo), **asked | {"reason": " "})

    assert refused.value.fields == {"reason": "missing"}
    row.refresh_from_db()
    assert row.done_at is not None


def test_nothing_is_given_to_somebody_who_has_left_the_house():
    home = house()
    case = file(home, kind="suggestion")
    get_user_model().objects.filter(username="波波").update(is_active=False)

    for step, given in (
        (commands.assign, {"owner_id": home.bo_bo.id}),
        (commands.plan, {"owner_id": home.bo_bo.id, "due_on": FRIDAY.date(), "text": "下月上线"}),
    ):
        with pytest.raises(Invalid) as refused:
            step(**on(case, home.chen), **given)
        assert refused.value.fields == {"owner_id": "not_known"}
