"""What the supervisor has planned by the time the doors open: skills, qualifications, one rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bihuan.accounts import commands as accounts
from bihuan.cases import commands
from bihuan.cases.routing import shape
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.cast import Cast

LICENCE = "法律职业资格"
#: login, kind, name, and days until it ends, 0 for never
_HELD = (
    ("linyue", "skill", "英语", 0),
    ("fangyuqing", "skill", "粤语", 0),
    ("heqing", "qualification", LICENCE, 400),
    ("suyan", "qualification", LICENCE, 20),  # the team page warns of it
)
_WHY = "英文来信先由会英语的同事受理，避免来回转派"


def plan_the_team(cast: Cast, at: datetime) -> None:
    """Nothing of it moves a case of the story: it counts for what comes in afterwards."""
    chief, today = cast.by_login["chenzhuguan"], at.astimezone(SHANGHAI).date()
    for login, kind, name, days in _HELD:
        until: date | None = today + timedelta(days=days) if days else None
        accounts.set_qualification(
            staff_id=cast.by_login[login].id, kind=kind, name=name, valid_until=until,
            by=chief, at=at,
        )  # fmt: skip
    accounts.set_demands(department="legal", names=[LICENCE], by=chief, at=at)
    english = shape.rule(
        {"name": "英文来信", "languages": ["en"], "categories": ["service_quality"],
         "department": "customer_service", "fallback": "after_sales", "skill": "英语"}
    )  # fmt: skip
    commands.save_rule(rule=english, by=chief, at=at)
    commands.publish_routing(reason=_WHY, by=chief, at=at)
