"""Two people at one incident in one moment: each case is in one place, each message sent once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from bihuan.cases.models import BulkRun
from bihuan.cases.tests.people import House, house
from bihuan.cases.tests.stories import said
from bihuan.complaints import commands, queries
from bihuan.complaints.models import Incident, IncidentCase, IncidentTold
from bihuan.complaints.tests.incidents import HOUR, NOON, added, mended, opened, some_cases, told
from bihuan.core.actors import Actor
from bihuan.core.refusals import AlreadyGathered, Invalid, NotPossible


@pytest.fixture
def home(fresh_db: Any) -> House:
    return house()


def test_two_who_add_the_same_case_to_two_incidents_one_is_told_it_is_taken(
    home: House, at_once: Callable[..., None]
) -> None:
    some = some_cases(home, 4)
    rows = [opened(home), opened(home, mark="two")]
    refused = []

    def add_all(row: Incident, by: Actor) -> None:
        for case in some:
            try:
                added(home, row, case, by)
            except AlreadyGathered:
                refused.append(case.number)

    at_once(partial(add_all, rows[0], home.bo_bo), partial(add_all, rows[1], home.chen))

    assert sorted(refused) == sorted(case.number for case in some)
    assert IncidentCase.objects.count() == 4
    assert [len(said(case, "incident.case_added")) for case in some] == [1, 1, 1, 1]


def test_a_form_that_is_sent_twice_at_once_opens_one_and_tells_once(
    home: House, at_once: Callable[..., None]
) -> None:
    at_once(partial(opened, home), partial(opened, home), partial(opened, home))
    row = Incident.objects.get()
    for case in some_cases(home, 3):
        added(home, row, case)

    at_once(partial(told, home, row), partial(told, home, row))

    assert BulkRun.objects.count() == 1
    assert IncidentTold.objects.count() == 3


def test_two_who_tell_the_rest_at_once_tell_each_case_once(
    home: House, at_once: Callable[..., None]
) -> None:
    first, *late = some_cases(home, 4)
    row = opened(home, first)
    message = told(home, row)
    for case in late:
        added(home, row, case)

    def tell(by: Actor) -> None:
        with suppress(Invalid):  # the other was quicker: nobody is left
            commands.tell_rest(message_id=message.id, seconds=0, by=by, at=NOON + 2 * HOUR)

    at_once(partial(tell, home.bo_bo), partial(tell, home.chen))

    assert IncidentTold.objects.filter(message_id=message.id).count() == 4


def test_who_adds_while_another_closes_leaves_no_case_in_a_closed_incident(
    home: House, at_once: Callable[..., None]
) -> None:
    row = mended(home, opened(home))
    [case] = some_cases(home, 1)

    def add() -> None:
        with suppress(NotPossible):  # it was closed before
            added(home, row, case)

    at_once(add, partial(commands.close_incident, id=row.id, by=home.chen, at=NOON + 2 * HOUR))

    assert queries.membership(case.id) is None
