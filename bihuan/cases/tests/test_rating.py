"""The person's marks for the handling: every question of the survey, once a round (1.4, 2.4.4)."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import HOUR, closed, handled, on, said, told
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible

pytestmark = pytest.mark.django_db

MARKS = {"response_speed": 5, "solving_efficiency": 4, "attitude": 5, "result": 3}


def asked() -> tuple[House, Case]:
    """爱丽's case, its result told."""
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    return home, case


def test_1_4_the_marks_stand_in_the_log_and_move_nothing():
    home, case = asked()

    after = commands.rate(
        **on(case, home.ai_li, FRIDAY + 3 * HOUR), scores=MARKS, text="波波很耐心。"
    )

    assert (after.state, queries.rating(after)) == ("notified", MARKS)
    assert said(case, "case.rated")[0].data["survey"] == "complaint"
    text = Entry.objects.filter(case_id=case.id).latest("id").text
    assert text.endswith("3 分\n波波很耐心。")


def test_1_4_a_closed_case_may_still_be_rated_and_only_once():
    home = house()
    case = file(home)
    closed(home, case)
    commands.rate(**on(case, home.ai_li, FRIDAY + 4 * HOUR), scores=MARKS)

    with pytest.raises(NotPossible):
        commands.rate(**on(case, home.ai_li, FRIDAY + 5 * HOUR), scores=MARKS)

    assert len(said(case, "case.rated")) == 1


@pytest.mark.parametrize(
    ("scores", "code"),
    [({"attitude": 5}, "missing"), ({}, "missing"), (MARKS | {"weather": 5}, "not_known")],
)
def test_2_4_4_every_question_is_answered_and_no_other(scores, code):
    home, case = asked()

    with pytest.raises(Invalid) as refused:
        commands.rate(**on(case, home.ai_li), scores=scores)

    assert refused.value.fields == {"scores": code}


def test_nobody_but_the_person_rates_and_nobody_before_the_result():
    home, case = asked()
    early = file(home)

    with pytest.raises(NotPermitted):
        commands.rate(**on(case, home.bo_bo), scores=MARKS)
    with pytest.raises(NotFound):
        commands.rate(**on(case, home.ding), scores=MARKS)
    with pytest.raises(NotPossible):
        commands.rate(**on(early, home.ai_li), scores=MARKS)
