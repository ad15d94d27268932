"""2.4.3: whether the loop is closed is looked at in batches, kept, and shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.cases import queries as cases
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.models import LoopCheck
from bihuan.complaints.tests.people import HOUR
from bihuan.core.refusals import NotFound
from bihuan.events.relay import drain
from bihuan.notify.tasks import send_inbox

pytestmark = pytest.mark.django_db
AT = FRIDAY + HOUR


@pytest.fixture
def home() -> House:
    home = house()
    for _ in range(3):
        file(home)
    drain(FRIDAY)
    send_inbox(FRIDAY)
    return home


def test_a_look_that_was_asked_for_is_kept_and_names_each_gap(home: House):
    one = Case.objects.earliest("id")
    Case.objects.filter(id=one.id).update(owner_id=0)

    commands.ask_loop(by=home.chen, at=AT)
    assert queries.loop_seen(home.chen).going_on == 0
    assert tasks.look_at_loop(AT) == 3

    seen = queries.loop_seen(home.chen)
    assert (seen.done_at, seen.cases, seen.gaps, seen.asker) == (AT, 3, 1, "陈主管")
    assert [(lack.number, lack.url, lack.why) for lack in seen.lacks] == [
        (one.number, one.desk_url, "no_owner")
    ]
    assert seen.going_on is None


def test_batches_find_what_the_command_finds(home: House):
    Case.objects.update(next_due_at=None)
    found, last = [], 0
    while (looked := cases.loop_batch(AT, last, most=1)).cases:
        found += looked.gaps
        last = looked.last

    assert found == list(cases.loop(AT))
    assert len(found) == 3


def test_who_asks_while_one_look_goes_on_is_given_that_one(home: House):
    first = commands.ask_loop(by=home.chen, at=AT)

    assert commands.ask_loop(by=home.chen, at=AT + HOUR).id == first.id
    assert LoopCheck.objects.count() == 1


def test_once_a_day_it_is_looked_at_by_itself(home: House):
    for hours in range(0, 47):
        tasks.look_at_loop(AT + hours * HOUR)

    assert LoopCheck.objects.filter(open=False).count() == 2
    assert queries.loop_seen(home.chen).asker == ""


def test_old_looks_are_forgotten(home: House):
    for day in range(34):
        commands.ask_loop(by=home.chen, at=AT + timedelta(days=day))
        tasks.look_at_loop(AT + timedelta(days=day))

    assert LoopCheck.objects.count() == 30


def test_an_agent_neither_reads_nor_asks(home: House):
    with pytest.raises(NotFound):
        queries.loop_seen(home.bo_bo)
    with pytest.raises(NotFound):
        commands.ask_loop(by=home.bo_bo, at=AT)
