"""爱丽 declares who she is, and 顾宁 checks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan.accounts import commands
from bihuan.accounts.commands import Contact
from bihuan.accounts.identity import IdentityCheck
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.events.models import Event
from bihuan.policy import commands as policy
from bihuan.policy import loader
from bihuan.policy import queries as policies

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NUMBER, OTHER = "11010519491231002X", "11010519990110002X"
GOOD = {"document": "id_card", "name": "王爱丽", "number": NUMBER, "consent": True}


def in_force() -> None:
    """The handbook that comes with this release."""
    policies.forget()
    policy.activate(path=Path(loader.CURRENT), by=SYSTEM, at=datetime(2025, 1, 1, tzinfo=UTC))


def customer(phone: str = "13900002718", email: str = "") -> Actor:
    """Somebody who gave a contact and proved none."""
    contact = Contact(name="爱丽", phone=phone, email=email)
    return Actor(commands.register_person(contact=contact, at=AT), frozenset({Role.CUSTOMER}))


def colleague(role: Role = Role.PRIVACY_OFFICER, name: str = "顾宁", email: str = "") -> Actor:
    """Somebody of the staff; of those who check, unless told otherwise."""
    row = commands.create_staff(
        name=name, username=name, roles=[role], department="legal", email=email, by=SYSTEM, at=AT
    )
    return Actor(row.id, frozenset({role}), "legal", name)


def declared(by: Actor, at: datetime = AT, **changes: Any) -> IdentityCheck:
    """爱丽's declaration, as it should be but for the changes."""
    return commands.declare_identity(**(GOOD | changes), by=by, at=at)


def verified(row: IdentityCheck, by: Actor, at: datetime = AT + HOUR) -> IdentityCheck:
    """Looked at, and found right."""
    commands.open_identity(id=row.id, reason="核对证件照片", by=by, at=at)
    return commands.verify_identity(id=row.id, way="papers", by=by, at=at)


def said(person: Actor) -> list[Event]:
    """What was said of somebody's identity, in its order."""
    rows = Event.objects.filter(stream=person.id, kind__startswith="identity.")
    return list(rows.order_by("seq"))
