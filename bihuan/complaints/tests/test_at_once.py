"""Whoever reports a breach at the same moment waits, and finds its record (2.3.3)."""

from __future__ import annotations

from typing import Any

from bihuan.complaints import tasks
from bihuan.complaints.models import Accountability
from bihuan.complaints.tests.test_accountability import missed
from bihuan.events.models import Event


def test_2_3_3_a_breach_reported_by_several_at_once_is_one_record(fresh_db: Any, at_once: Any):
    events = [missed(0, round=number) for number in range(1, 30)]

    at_once(*[lambda: tasks.hold_to_account(events)] * 4)

    assert Accountability.objects.count() == 29
    assert Event.objects.filter(kind="accountability.opened").count() == 29
