"""2.22 (2.2.4, 7.4): management hears of last month once, on the first working day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.cases.tests.people import FRIDAY, house
from bihuan.complaints import tasks
from bihuan.complaints.tests.people import HOUR, breached, staff
from bihuan.core.actors import Role
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
#: 1 March 2026 is a Sunday
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 09:00 in Shanghai


def test_the_report_of_a_month_is_told_once_on_the_first_working_day_of_the_next():
    home = house()
    manager = staff("管理吴", Role.AGENT, "management")
    breached(home)
    tasks.reckon(FRIDAY + 25 * HOUR)

    for too_early in (MONDAY - timedelta(days=1), MONDAY - timedelta(minutes=1)):
        assert tasks.tell_month(too_early) == 0
    for again in (MONDAY, MONDAY + HOUR, MONDAY + timedelta(days=1)):
        tasks.tell_month(again)

    found = Message.objects.filter(template="monthly_report", channel="inbox")
    assert {message.staff_id for message in found} == {manager.id, home.chen.id}
    assert found.count() == 2
    body = found[0].body
    assert "2026-02 到期的硬性时限 2 个，按时 0 个，超时 2 个，按时率 0.0%" in body
    assert "/desk/reports/on-time/?from=2026-02-01&to=2026-02-28" in body


def test_a_worker_that_was_away_tells_it_late_but_not_for_ever():
    house()

    assert tasks.tell_month(MONDAY + timedelta(days=7)) == 1
    assert tasks.tell_month(MONDAY + timedelta(days=8)) == 0
