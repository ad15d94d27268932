"""Keep a mail as it came, sealed, before anybody tries to read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from bihuan.mail import rules
from bihuan.mail.models import Received
from bihuan.store import room, secrets
from bihuan.store.blocks import new_id

TABLE = "mail_received"


@dataclass(frozen=True, slots=True)
class Came:
    """A delivery. `sender` is the envelope's, "" for the null sender, None where none is known.

    `cut`: the mail was longer than the house takes, and this is its beginning. `arrived_at` is
    when it reached the platform's mailbox, now when it came by itself.
    """

    raw: bytes
    via: str
    recipients: tuple[str, ...] = ()
    sender: str | None = None
    arrived_at: datetime | None = None
    cut: bool = False


@transaction.atomic
def keep(came: Sequence[Came], *, at: datetime) -> list[Received]:
    """收件：store these mails durably when the transaction ends; only then may a server say so.

    A recipient that is none of the house's is kept too: the sender wrote to somebody. NoRoom, an
    OSError: whoever brings them tries again later.
    """
    room.check()
    rows = [_row(one, at) for one in came]
    Received.objects.bulk_create(rows)
    return rows


def _row(came: Came, at: datetime) -> Received:
    id = new_id(at)
    ours = settings.MAIL_ADDRESSES
    envelope = {"sender": came.sender, "recipients": list(came.recipients[:100])}
    return Received(
        id=id,
        via=came.via,
        at=at,
        arrived_at=min(came.arrived_at or at, at),
        size=len(came.raw),
        cut=came.cut,
        raw=secrets.seal_bytes(0, TABLE, "raw", id, came.raw),
        envelope=secrets.seal_bytes(0, TABLE, "envelope", id, json.dumps(envelope).encode()),
        # by which address it came is asked of its headers when the envelope does not say
        recipient=rules.recipient(came.recipients, ours, "")[:254],
        next_try_at=at,
    )
