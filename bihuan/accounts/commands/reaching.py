"""Whether a person's mail address still takes mail, as reports and answers say (2.4.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bihuan.accounts.models import Person
from bihuan.core.actors import Actor
from bihuan.events import log


@transaction.atomic
def mail_failed(*, person_id: int, case_id: int = 0, by: Actor, at: datetime) -> bool:
    """退信：there is no such address: nothing more goes there until it is known to work again.

    False when that was known, or there is no such person. The event stands with the case.
    """
    rows = Person.objects.filter(id=person_id, erased_at=None, email__isnull=False)
    if not rows.filter(email_failed_at=None).update(email_failed_at=at):
        return False
    log.append(
        "person.mail_failed", stream=case_id or person_id, person=person_id, clause="2.4.1",
        by=by, at=at,
    )  # fmt: skip
    return True


@transaction.atomic
def speaks(*, person_id: int, locale: str, by: Actor, at: datetime) -> bool:
    """In which language somebody wrote who was registered by that; who is known has chosen."""
    new = Person.objects.filter(id=person_id, created_at=at, identity_level="none")
    return bool(new.update(locale=locale))


@transaction.atomic
def mail_works(*, person_id: int, by: Actor, at: datetime) -> bool:
    """Mail came from that address, or another took its place: letters go there again."""
    failed = Person.objects.filter(id=person_id, email_failed_at__isnull=False)
    return bool(failed.update(email_failed_at=None))
