"""A burst is heard as fast as its subscriber hears: a job takes what waits behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from bihuan.events import relay, tasks
from bihuan.events.models import DeadLetter
from bihuan.events.tests import switchboard
from bihuan.events.tests.switchboard import COUNT, POISON
from bihuan.events.tests.test_delivery import ECHOES, heard, jobs, say


@pytest.fixture(autouse=True)
def wires(settings: Any) -> Iterator[None]:
    settings.BIHUAN_WIRING = switchboard.__name__
    yield
    POISON.clear()


def _begin(subscriber: str) -> dict[str, Any]:
    """What the worker hands to the first job of this subscriber."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT min(id) "
            "FROM procrastinate_jobs WHERE lock LIKE %s) RETURNING args #>> '{}'",
            [f"%.{subscriber}"],
        )
        begun: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return begun


@pytest.mark.django_db
def test_a_job_takes_the_batches_that_wait_behind_it_in_order_and_nobody_elses() -> None:
    for _ in range(3):
        say(7)
        relay.relay()
    others = [job for job in jobs() if job[0] == "count"]
    begun = _begin("echo")

    tasks.deliver(**begun)

    assert heard(7) == [1, 2, 3]
    assert heard(7, COUNT) == []
    assert jobs() == [("echo", begun["events"]), *others]  # its own ends with the worker's word


@pytest.mark.django_db
def test_poison_behind_a_job_parks_its_stream_and_the_rest_is_heard() -> None:
    for stream in (7, 8, 7):
        say(stream)
        relay.relay()
    POISON.add((7, 1))

    tasks.deliver(**_begin("echo"))

    assert (heard(7), heard(8)) == ([], [1])
    letters = DeadLetter.objects.filter(subscriber=ECHOES).order_by("seq")
    assert [(one.stream, one.seq, one.parked) for one in letters] == [(7, 1, False), (7, 2, True)]
