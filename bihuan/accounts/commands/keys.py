"""Keep the keys a member of staff has chosen for the desk (WCAG 2.1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from bihuan.accounts.models import StaffKeys
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound

MOST = 60


@transaction.atomic
def set_keys(*, off: bool, keys: Mapping[str, str], by: Actor, at: datetime) -> StaffKeys:
    """Letters off, and which key is which; nobody's business but one's own, so no event."""
    if not by.is_staff or not by.id:
        raise NotFound()
    if len(keys) > MOST or any(len(a) != 1 or len(b) != 1 for a, b in keys.items()):
        raise Invalid({"keys": "not_valid"})
    row, _new = StaffKeys.objects.update_or_create(
        staff_id=by.id, defaults={"off": off, "keys": dict(keys)}
    )
    return row
