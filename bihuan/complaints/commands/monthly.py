"""Tell management and supervisors of last month's report, on the first working day (2.2.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings

from bihuan.accounts import queries as people
from bihuan.complaints import queries, rules
from bihuan.core.actors import SYSTEM, Role
from bihuan.core.clocks import SHANGHAI
from bihuan.notify import commands as notify
from bihuan.notify.commands import Telling
from bihuan.policy import queries as policy

NOTICE = "monthly_report"
FROM_HOUR = 9  # in Shanghai, when people are at work
STILL_NEWS = timedelta(days=7)  # a worker that was away tells it late, but not for ever


def tell_month(*, at: datetime) -> int:
    """How many were told, now or before; 0 on other days. Once a month for each reader."""
    now = at.astimezone(SHANGHAI)
    told_on = _told_on(now.date(), at)
    if not told_on <= now.date() <= told_on + STILL_NEWS or now.hour < FROM_HOUR:
        return 0
    if NOTICE not in policy.current(at).notices:  # a text in force that is older than this notice
        return 0
    last = now.date().replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    found = queries.on_time(SYSTEM, first, last).total
    link = urlencode({"from": first.isoformat(), "to": last.isoformat()})
    facts = {
        "month": f"{first:%Y-%m}",
        "due": str(found.due),
        "kept": str(found.kept),
        "missed": str(found.missed),
        "rate": "—" if found.rate is None else f"{found.rate:.1f}%",
        "link": f"{settings.BASE_URL}/desk/reports/on-time/?{link}",
    }
    readers = [
        one.id
        for one in people.everybody()
        if Role.SUPERVISOR in one.roles or one.department == rules.MANAGEMENT
    ]
    notify.tell_all(
        [
            Telling(
                template=NOTICE, key=f"{NOTICE}:{first:%Y-%m}:s{id}", facts=facts, at=at,
                staff_id=id, channels=("inbox", "email"),
            )
            for id in readers
        ]
    )  # fmt: skip
    return len(readers)


def _told_on(today: date, at: datetime) -> date:
    """The working day of this month that the policy names; a default, the handbook names none."""
    nth = queries.default(NOTICE, at).amount
    return policy.workdays().add(today.replace(day=1) - timedelta(days=1), nth)
