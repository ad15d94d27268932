"""Who acts: a person, a job or a plug-in, with roles; never a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to a case (HOUSE §6b)."""

    CUSTOMER = "customer"
    MERCHANT = "merchant"
    AGENT = "agent"
    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"
    LEGAL = "legal"
    COMPLIANCE = "compliance"
    PRIVACY_OFFICER = "privacy_officer"
    MEDIATOR = "mediator"
    ASSESSOR = "assessor"
    COMMITTEE = "committee"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


STAFF = frozenset(
    {
        Role.AGENT,
        Role.SPECIALIST,
        Role.SUPERVISOR,
        Role.LEGAL,
        Role.COMPLIANCE,
        Role.PRIVACY_OFFICER,
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Built at a door; the rooms never see a request.

    `id` is a plain number, never None: 0 is the house itself, so that a query by id can
    never match rows that belong to nobody. For a customer it is the Person's id, for staff
    the Staff row's id, for a merchant the Merchant's.
    """

    id: int
    roles: frozenset[Role]
    department: str = ""
    name: str = ""

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF) or Role.ADMINISTRATOR in self.roles

    @property
    def voice(self) -> str:
        """In which of the four voices this actor speaks on a timeline."""
        if Role.SYSTEM in self.roles:
            return "system"
        if self.is_staff:
            return "agent"
        return "merchant" if Role.MERCHANT in self.roles else "user"


SYSTEM = Actor(0, frozenset({Role.SYSTEM}), name="system")
