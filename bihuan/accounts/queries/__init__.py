"""What others may ask of this room."""

from bihuan.accounts.queries.people import Shown, contact, is_person, known_by, shown, way_to
from bihuan.accounts.queries.team import (
    Colleague,
    Unit,
    active_staff,
    actor_for_user,
    colleagues,
    departments,
    everybody,
    merchant_id,
    merchant_names,
    merchants,
    staff,
    staff_contact,
    staff_names,
    staff_of,
    started_by,
)
from bihuan.accounts.queries.tokens import (
    Bearer,
    bearer_of,
    by_token,
    forget_token,
    token_digest,
    tokens_of,
)

names = staff_names

__all__ = [
    "Bearer",
    "Colleague",
    "Shown",
    "Unit",
    "active_staff",
    "actor_for_user",
    "bearer_of",
    "by_token",
    "colleagues",
    "contact",
    "departments",
    "everybody",
    "forget_token",
    "is_person",
    "known_by",
    "merchant_id",
    "merchant_names",
    "merchants",
    "names",
    "shown",
    "staff",
    "staff_contact",
    "staff_names",
    "staff_of",
    "started_by",
    "token_digest",
    "tokens_of",
    "way_to",
]
