"""The counters say together whether any is open, and the shortest wait of those that are (6.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.cases.tests import people
from bihuan.counter import queries
from bihuan.counter.tests.points import MONDAY, opened, taken

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_it_is_open_where_one_point_is_and_the_shortest_queue_is_the_wait(
    django_assert_num_queries,
):
    home = people.house()
    assert queries.channel_standing(MONDAY) is None
    opened(home, name="没有窗口", windows=0)
    assert queries.channel_standing(MONDAY) is None

    long, short = opened(home, windows=1), opened(home, name="静安服务点", windows=1)
    for _ in range(5):
        taken(home, long)
    taken(home, short)

    said = queries.channel_standing(MONDAY)
    assert said is not None
    assert (said.open_now, said.failing_since, said.waiting) == (True, None, 1)
    assert said.wait_seconds == 60 * queries.queue(short, MONDAY).wait_of_next
    night = queries.channel_standing(MONDAY + 12 * HOUR)
    assert night is not None
    assert (night.open_now, night.wait_seconds) == (False, None)
    assert night.opens_at == MONDAY + 24 * HOUR
    with django_assert_num_queries(6):  # however many points are open
        queries.channel_standing(MONDAY)
    counted = queries.contacts(MONDAY, MONDAY + HOUR)
    assert (counted.came, counted.answered) == (6, 0)
