"""The keys somebody has chosen for the desk."""

from __future__ import annotations

from bihuan.accounts.models import StaffKeys
from bihuan.core.actors import Actor


def keys_of(by: Actor) -> StaffKeys:
    """His own, or those of the house."""
    return StaffKeys.objects.filter(staff_id=by.id).first() or StaffKeys(staff_id=by.id)
