"""2.22 (2.3.2, 7.4): the overview's days, read from sums, are what the rows say at any moment."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from bihuan.cases import commands as cases_
from bihuan.cases import queries as cases
from bihuan.cases import tasks as case_tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.queries import figures
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import notified, resolved
from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.models import Arrived, Counted, Told, Unreckoned
from bihuan.complaints.tests.people import HOUR
from bihuan.complaints.tests.test_ontime import caught_up
from bihuan.complaints.tests.test_random_story import act_at_random
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import NotFound
from bihuan.events import relay
from bihuan.events.relay import drain

db = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST = FRIDAY.astimezone(SHANGHAI).date()


def sums() -> tuple[set[object], set[object]]:
    arrived, told = Arrived.objects.exclude(n=0), Told.objects.exclude(n=0)
    return set(arrived.values_list()), set(told.values_list())


def agree(home: House, at: object) -> None:
    """What the sums and the rows say of two weeks, for who sees everything and who does not."""
    for by in (home.chen, home.bo_bo):
        counted = cases.period(by, FIRST, 14, at)
        assert queries.overview(by, FIRST, 14, at) == counted
        half = FIRST + 7 * DAY
        assert queries.overview(by, half, 7, at, before=7).of(half, 7) == counted.of(half, 7)


@db
@pytest.mark.parametrize("seed", range(4))
def test_after_any_step_of_a_random_story_the_overview_is_what_the_rows_say(seed: int):
    home, rng = house(), Random(100 + seed)
    kinds = ["complaint", "complaint", "enquiry", "complaint"]
    found = [file(home, FRIDAY + n * HOUR, kind=kind) for n, kind in enumerate(kinds)]
    at = FRIDAY + 4 * HOUR
    for n in range(60):
        at += timedelta(minutes=rng.randrange(1, 60 * 6))
        act_at_random(home, found, rng, at)
        if rng.random() < 0.2:
            Case.objects.filter(id=rng.choice(found).id).update(restricted=rng.random() < 0.5)
        if rng.random() < 0.5:
            drain(at)
        if n % 6 == 0:
            agree(home, at)
    case_tasks.sweep(at)
    caught_up(at)

    assert Unreckoned.objects.count() == 0
    agree(home, at)
    kept = sums()
    assert sum(row.n for row in Arrived.objects.all()) == len(found)
    commands.mark([case.id for case in found])
    caught_up(at)
    commands.sum_up()
    assert sums() == kept


@db
def test_what_came_in_today_counts_before_anything_was_summed():
    home = house()
    file(home)

    flow = queries.overview(home.chen, FIRST - DAY, 2, FRIDAY + HOUR).flow

    assert [day.filed for day in flow] == [0, 1]
    assert not Counted.objects.exists()


@db
def test_days_that_are_over_are_read_from_the_sums_alone():
    home = house()
    file(home)
    later = FRIDAY + 2 * DAY
    caught_up(later)
    Arrived.objects.update(n=41)

    flow = queries.overview(home.chen, FIRST, 3, later).flow

    assert [day.filed for day in flow] == [41, 0, 0]


@db
def test_a_house_that_was_never_summed_is_counted_from_its_rows_meanwhile():
    home = house()
    for n in range(3):
        file(home, FRIDAY + n * HOUR)
    commands.mark(Case.objects.values_list("id", flat=True))  # as the migration does

    agree(home, FRIDAY + 3 * DAY)
    assert sum(d.filed for d in queries.overview(home.chen, FIRST, 4, FRIDAY + 3 * DAY).flow) == 3


@db
def test_a_due_that_passed_while_nobody_looked_is_late_in_the_overview():
    home = house()
    file(home)
    caught_up(FRIDAY)
    later = FRIDAY + 3 * DAY  # no sweep since

    found = queries.overview(home.chen, FIRST, 4, later).kept("case.first_response")

    assert (found.due, found.kept) == (1, 0)


@db
def test_how_long_cases_took_follows_what_is_told_hidden_and_disputed():
    home = house()
    found = [file(home, FRIDAY + n * HOUR) for n in range(3)]
    later = FRIDAY + 3 * DAY
    for n, case in enumerate(found):
        resolved(home, case, FRIDAY + (3 + 3 * n) * HOUR)
        notified(home, case, FRIDAY + (4 + 3 * n) * HOUR)  # after 4, 6 and 8 hours
    caught_up(later)

    def hours(by: Actor) -> tuple[int, float | None]:
        agree(home, later)
        took = queries.overview(by, FIRST, 4, later).hours
        return took.told, took.mean

    assert hours(home.other_agent) == (3, 6.0)
    Case.objects.filter(id=found[0].id).update(restricted=True)
    assert hours(home.other_agent) == (2, 7.0)
    cases_.dispute(number=found[1].number, text="没有解决", by=home.ai_li, at=later)
    assert hours(home.other_agent) == (1, 8.0)
    caught_up(later)
    assert hours(home.other_agent) == (1, 8.0)
    assert hours(home.bo_bo) == (2, 6.0)


@db
@pytest.mark.parametrize("hidden", [False, True])
def test_a_due_at_the_end_of_a_day_is_one_of_that_day_and_hidden_with_its_case(hidden: bool):
    home = house()
    case = file(home)
    later = FRIDAY + 4 * DAY
    Clock.objects.filter(case_id=case.id).exclude(milestone="case.first_response").delete()
    Clock.objects.filter(case_id=case.id).update(due_at=figures.midnight(FIRST + 2 * DAY))
    case_tasks.sweep(later)
    caught_up(later)
    Case.objects.filter(id=case.id).update(restricted=hidden)

    for first, days, due in [(FIRST, 2, 1), (FIRST + 2 * DAY, 2, 0)]:
        found = queries.overview(home.other_agent, first, days, later).kept("case.first_response")
        assert found.due == (0 if hidden else due)
        counted = cases.period(home.other_agent, first, days, later)
        assert counted.kept("case.first_response") == found


@db
def test_news_counts_wherever_it_is_on_its_way_to_the_sums():
    home = house()
    later = FRIDAY + 2 * DAY
    steps = [lambda: None, relay.relay, lambda: drain(later), lambda: tasks.reckon(later)]
    case = file(home)

    for step in steps:  # in the outbox, handed on, marked, counted
        step()
        agree(home, later)
        assert relay.untold(queries.flow.MARK) == ({case.id} if step in steps[:2] else set())
    assert sum(day.filed for day in queries.overview(home.chen, FIRST, 3, later).flow) == 1


@db
def test_the_overview_is_for_colleagues():
    home = house()
    with pytest.raises(NotFound):
        queries.overview(home.ai_li, FIRST, 1, FRIDAY)
