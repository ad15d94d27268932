"""How far a mailbox was read: moved on in the transaction that keeps what was found there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from bihuan.mail.commands.keeping import Came, keep
from bihuan.mail.models import Listener, Mailbox, Received

LEASE = timedelta(minutes=3)  # longer than a server may take to answer once
FAULT_MOST = 200
#: The first look takes what came lately; years of old mail would all be overdue at once.
FIRST_LOOKS_BACK = timedelta(days=1)


def listen(*, names: Iterable[str], at: datetime) -> None:
    """These servers of ours take mail at this moment: their sign of life."""
    for name in names:
        Listener.objects.update_or_create(name=name, defaults={"seen_at": at})


@transaction.atomic
def look_into(*, name: str, at: datetime) -> Mailbox | None:
    """This mailbox for this looker alone; None when it is not time, or somebody else looks."""
    rows = Mailbox.objects.select_for_update(skip_locked=True)
    first = {"next_look_at": at, "since_on": (at - FIRST_LOOKS_BACK).date()}
    Mailbox.objects.get_or_create(name=name[:254], defaults=first)
    due = Q(next_look_at__lte=at) & (Q(leased_until=None) | Q(leased_until__lte=at))
    row = rows.filter(due, name=name[:254]).first()
    if row is not None:
        row.leased_until = at + LEASE
        row.save(update_fields=["leased_until"])
    return row


@transaction.atomic
def begin_anew(*, name: str, uid_validity: int, at: datetime) -> Mailbox:
    """The mailbox was made anew: its UIDs mean other mails now, so all are looked at again.

    What was taken before is known by what it says, whatever its UID (one mail per digest).
    """
    row = _mine(name)
    row.uid_validity, row.last_uid, row.stuck_uid, row.stuck_tries = uid_validity, 0, 0, 0
    row.save(update_fields=["uid_validity", "last_uid", "stuck_uid", "stuck_tries"])
    return row


@transaction.atomic
def keep_found(
    *, name: str, uid_validity: int, uid: int, came: Came | None, at: datetime
) -> Received | None:
    """A mail of the mailbox is kept and the place moves past it: both, or neither.

    None where the UID holds no mail any more, or somebody else was here first.
    """
    row = _mine(name)
    if row.uid_validity != uid_validity or row.last_uid >= uid:
        return None
    row.last_uid, row.stuck_uid, row.stuck_tries, row.leased_until = uid, 0, 0, at + LEASE
    row.save(update_fields=["last_uid", "stuck_uid", "stuck_tries", "leased_until"])
    return keep([came], at=at)[0] if came else None


@transaction.atomic
def looked(*, name: str, again_at: datetime, at: datetime) -> Mailbox:
    """The look is over and nothing was wrong."""
    row = _mine(name)
    row.leased_until, row.next_look_at, row.looked_at = None, again_at, at
    row.failing_since, row.fault = None, ""
    row.save(update_fields=["leased_until", "next_look_at", "looked_at", "failing_since", "fault"])
    return row


@transaction.atomic
def look_failed(
    *, name: str, fault: str, uid: int = 0, again_at: datetime, at: datetime
) -> Mailbox:
    """The mailbox, or one mail of it, could not be read: since when, for who watches the ways."""
    row = _mine(name)
    row.stuck_tries = row.stuck_tries + 1 if uid and uid == row.stuck_uid else int(bool(uid))
    row.stuck_uid, row.leased_until, row.next_look_at = uid, None, again_at
    row.failing_since, row.fault = row.failing_since or at, fault[:FAULT_MOST]
    row.save(
        update_fields=[
            "stuck_uid", "stuck_tries", "leased_until", "next_look_at", "failing_since", "fault",
        ]
    )  # fmt: skip
    return row


def _mine(name: str) -> Mailbox:
    return Mailbox.objects.select_for_update().get(name=name[:254])
