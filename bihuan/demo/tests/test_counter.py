"""The counters of the demo: open, with people in line and appointments to come."""

from __future__ import annotations

from bihuan.counter import queries
from bihuan.counter.models import Appointment, Visit
from bihuan.demo.tests.conftest import Told


def test_two_points_are_configured_and_have_a_queue(told: Told) -> None:
    rows = queries.points()

    assert [one.city for one in rows] == ["上海", "成都"]
    assert all(one.is_configured for one in rows)
    for one in rows:
        states = set(Visit.objects.filter(point_id=one.id).values_list("state", flat=True))
        assert {"waiting", "called", "done"} <= states
        assert Appointment.objects.filter(point_id=one.id, state="booked").count() == 3
