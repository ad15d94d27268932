"""A breach whose clock ran, and the people who answer for it: for the stories of this room."""

from __future__ import annotations

from datetime import timedelta

from bihuan.accounts import commands as accounts
from bihuan.cases import commands as cases
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, LONG_AGO, House, file
from bihuan.complaints.models import Accountability
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.events.relay import drain

HOUR = timedelta(hours=1)
SAID = {
    "cause_code": "handover",
    "cause": "交接时遗漏，未及时改派",
    "measure": "即日起每日 17:00 核对交接清单",
}
MILESTONE = "case.first_response"


def staff(name: str, role: Role, department: str) -> Actor:
    """Somebody more."""
    row = accounts.create_staff(
        name=name, username=name, roles=[role], department=department, by=SYSTEM, at=LONG_AGO
    )
    return Actor(row.id, frozenset({role}), department, name)


def breached(home: House, hours: int = 25) -> tuple[Case, Accountability]:
    """A complaint of 波波's without its first response after 24 hours, and the record of it."""
    case = file(home)
    cases.judge(within=timedelta(), by=SYSTEM, at=FRIDAY + hours * HOUR)
    drain(FRIDAY + hours * HOUR)
    return case, Accountability.objects.get(case_id=case.id, milestone=MILESTONE)
