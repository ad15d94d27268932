"""How the ways by which mail comes in stand: servers that listen, and the mailbox that is read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from bihuan.core.ports import Contacts, Standing
from bihuan.mail.models import Listener, Mailbox, Received

CHANNEL = "email"
NOWHERE = "service@localhost"  # what stands there until somebody names an address
DEAF = timedelta(minutes=2)  # a server of ours says every 20 s that it listens
UNREAD = timedelta(minutes=5)  # a mailbox is looked into every few seconds, unless told otherwise

Sign = tuple[datetime | None, datetime | None, str]  # alive at, failing since, why


def channel_standing(at: datetime) -> Standing | None:
    """None where no address or no way in is named. One way that fails fails the channel.

    Somebody writes to that very one, and is not to wait in vain.
    """
    signs = [*_listening(at), *_read(at)]
    nowhere = settings.MAIL_ADDRESSES[0] == NOWHERE and not settings.DEMO
    if not signs or nowhere:
        return None
    failing = [(since, why) for _, since, why in signs if since]
    since, reason = min(failing, default=(None, ""))
    alive = max((seen for seen, _, _ in signs if seen), default=None)
    return Standing(
        CHANNEL, alive_at=alive, failing_since=since, reason=reason, open_now=True, always=True
    )


def _listening(at: datetime) -> list[Sign]:
    places = (("smtp", settings.SMTP_LISTEN), ("lmtp", settings.LMTP_LISTEN))
    wanted = [name for name, place in places if place]
    seen = dict(Listener.objects.filter(name__in=wanted).values_list("name", "seen_at"))
    return [_sign(seen.get(name), DEAF, "not_listening", at) for name in wanted]


def _read(at: datetime) -> list[Sign]:
    box = settings.IMAP
    if box is None:
        return []
    row = Mailbox.objects.filter(name=box.name[:254]).first()
    if row and row.failing_since:
        return [(row.looked_at, row.failing_since, "mailbox")]
    patience = max(UNREAD, 5 * timedelta(seconds=box.every))
    return [_sign(row.looked_at if row else None, patience, "not_looked", at)]


def _sign(seen: datetime | None, patience: timedelta, why: str, at: datetime) -> Sign:
    if seen and seen >= at - patience:
        return seen, None, ""
    return seen, seen or at, why


def contacts(since: datetime, until: datetime) -> Contacts:
    """Letters of people: those that became cases or joined one, and those still undecided."""
    came = Received.objects.filter(arrived_at__gte=since, arrived_at__lt=until)
    took = came.filter(state__in=["opened", "joined"]).count()
    return Contacts(CHANNEL, took + came.filter(state__in=["held", "waiting"]).count(), took)
