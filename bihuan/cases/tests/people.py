"""爱丽 (customer), 波波 (agent), 陈主管 (supervisor), 丁外人 (stranger), and their house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bihuan.accounts import commands as accounts
from bihuan.accounts.commands import Contact
from bihuan.cases import commands, queries
from bihuan.cases.commands import Filing
from bihuan.cases.models import Case
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.policy import commands as policy
from bihuan.policy import loader
from bihuan.policy import queries as policies

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
#: Friday 2026-02-13 16:00 in Shanghai: the worked example of HOUSE §6b
FRIDAY = datetime(2026, 2, 13, 8, tzinfo=UTC)
TEXT = "收到的破壁机底座开裂，加水后漏水，商家拒绝退货，要求退款。"


@dataclass(frozen=True, slots=True)
class House:
    """A platform with its handbook in force and its people."""

    ai_li: Actor
    bo_bo: Actor
    chen: Actor
    ding: Actor
    other_agent: Actor


def _staff(name: str, role: Role, department: str) -> Actor:
    made = accounts.create_staff(
        name=name,
        username=name,
        roles=[role],
        department=department,
        by=Actor(0, frozenset({Role.SYSTEM, Role.ADMINISTRATOR})),
        at=LONG_AGO,
    )
    return Actor(made.id, frozenset({role}), department, name)


def house() -> House:
    """Everything a story needs; for use inside a test's transaction."""
    policies.forget()
    queries.forget_loads()
    queries.forget_routing()  # rules that another test published, and that were rolled back
    policy.activate(path=Path(loader.CURRENT), by=SYSTEM, at=LONG_AGO)
    customers = [
        accounts.register_person(contact=Contact(name=name, phone=phone), at=LONG_AGO)
        for name, phone in (("爱丽", "13900002718"), ("丁外人", "13900005555"))
    ]
    ai_li, ding = (Actor(id, frozenset({Role.CUSTOMER})) for id in customers)
    return House(
        ai_li=ai_li,
        ding=ding,
        bo_bo=_staff("波波", Role.AGENT, "customer_service"),
        other_agent=_staff("法务何", Role.AGENT, "legal"),
        chen=_staff("陈主管", Role.SUPERVISOR, "customer_service"),
    )


def proven(person: Actor) -> None:
    """Their contact is known to be theirs, as after a sign-in by code (1.2)."""
    mail = Contact(email="ai.li@example.com")
    accounts.update_contact(person_id=person.id, contact=mail, proved=True, by=person, at=FRIDAY)


def supervisor(name: str, department: str = "customer_service") -> Actor:
    """Somebody else who may approve."""
    return _staff(name, Role.SUPERVISOR, department)


def agent(name: str, department: str) -> Actor:
    """Somebody of another department."""
    return _staff(name, Role.AGENT, department)


def lawyer(name: str) -> Actor:
    """Somebody of the legal department in that role."""
    return _staff(name, Role.LEGAL, "legal")


def filing(**changes: object) -> Filing:
    """爱丽's complaint by mail."""
    given: dict[str, object] = {
        "kind": "complaint",
        "channel": "email",
        "text": TEXT,
        "contact": Contact(name="爱丽", phone="13900002718"),
        "category": "service_quality",
    }
    return Filing(**(given | changes))  # type: ignore[arg-type]


def file(house: House, at: datetime = FRIDAY, **changes: object) -> Case:
    """爱丽 files it."""
    return commands.file(filing=filing(**changes), by=house.ai_li, at=at).case
