"""The views of the desk: what stands in each, in which order, and how many."""

from __future__ import annotations

import pytest

from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import DAY, HOUR, closed, handled, told
from bihuan.core.actors import Actor

pytestmark = pytest.mark.django_db

NOW = FRIDAY + 2 * DAY


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def cases(home: House) -> dict[str, Case]:
    """One of each sort, as it stands at NOW: two days after the first ones came."""
    restricted = file(home)
    Case.objects.filter(id=restricted.id).update(restricted=True, owner_id=home.chen.id)
    return {
        "late": file(home),
        "soon": file(home, NOW - 22 * HOUR),
        "later": file(home, NOW - HOUR),
        "waiting": told(home, handled(home, file(home))),
        "closed": closed(home, file(home)),
        "restricted": restricted,
    }


def numbers(view: str, by: Actor) -> list[str]:
    return [case.number for case in queries.inbox(by, view=view, at=NOW).cases]


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("overdue", {"late", "restricted"}),
        ("soon", {"soon"}),
        ("waiting", {"waiting"}),
        ("closed", {"closed"}),
        ("all", {"late", "soon", "later", "waiting", "restricted"}),
    ],
)
def test_every_view_holds_its_cases_and_no_others(
    home: House, cases: dict[str, Case], view: str, names: set[str]
) -> None:
    assert set(numbers(view, home.chen)) == {cases[name].number for name in names}


def test_what_is_longest_overdue_stands_first_and_what_owes_nothing_last(
    home: House, cases: dict[str, Case]
) -> None:
    order = ["late", "soon", "later", "waiting"]

    assert numbers("all", home.bo_bo) == [cases[name].number for name in order]


def test_pages_follow_each_other_without_a_gap_and_without_a_double(
    home: House, cases: dict[str, Case]
) -> None:
    page = queries.inbox(home.bo_bo, limit=1, at=NOW)
    found = [case.number for case in page.cases]
    while page.cursor:
        page = queries.inbox(home.bo_bo, limit=1, cursor=page.cursor, at=NOW)
        found += [case.number for case in page.cases]

    assert found == numbers("all", home.bo_bo)


@pytest.mark.usefixtures("cases")
def test_a_glance_counts_what_the_lists_hold(home: House) -> None:
    for by in (home.chen, home.bo_bo, home.other_agent, home.ai_li):
        seen = queries.glance(by, NOW)

        assert seen == {view: len(numbers(view, by)) for view in seen}
        assert seen == {view: queries.counts(by, NOW)[view] for view in seen}


@pytest.mark.usefixtures("cases")
def test_a_glance_goes_no_further_than_asked_and_says_so(home: House) -> None:
    seen = queries.glance(home.chen, NOW, ["all", "soon"], most=4)

    assert {view: str(number) for view, number in seen.items()} == {"all": "4+", "soon": "1"}


def test_who_may_see_no_case_has_a_glance_of_zeros(home: House) -> None:

    assert set(queries.glance(home.ding, NOW).values()) == {0}
