"""爱丽 who complains, 波波 who handles, 陈主管 who answers for both, and a case of hers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bihuan.accounts import commands as accounts
from bihuan.core.actors import SYSTEM
from bihuan.notify.tests import wiring
from bihuan.policy.loader import load_current

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
STREAM = 4_611_686


@dataclass(frozen=True)
class People:
    """Ids only."""

    aili: int
    bobo: int
    chen: int


def enrol() -> People:
    """The three, and one case of 爱丽 that 波波 owns."""
    aili = accounts.register_person(
        contact=accounts.Contact(name="爱丽", email="aili@example.com"), at=AT
    )
    bobo, chen = (
        accounts.create_staff(
            name=name, roles=[role], department="customer_service", username=login, by=SYSTEM, at=AT
        ).id
        for name, role, login in (("波波", "agent", "bobo"), ("陈主管", "supervisor", "chen"))
    )
    wiring.CASES[STREAM] = wiring.CaseFacts(
        STREAM, person_id=aili, owner_id=bobo, variables=every_word()
    )
    return People(aili, bobo, chen)


def every_word() -> dict[str, str]:
    """A value for each variable that a notice of the handbook may ask for."""
    return {name: "－" for one in load_current().notices.values() for name in one.variables}
