"""Keep what came before anything is made of it, hand out what waits, and forget what is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings

from bihuan.store import secrets, statements
from bihuan.store.blocks import new_id
from bihuan.wechat import queries
from bihuan.wechat.models import Account, BindCode, Received, Signature
from bihuan.wechat.rules.said import Said

AT_ONCE = 20
LEASE = timedelta(minutes=3)
FIRST = timedelta(seconds=30)  # the door that took it has so long to do it
SIGNED = timedelta(hours=1)
DONE = timedelta(days=30)
_SEEN_EVERY = timedelta(seconds=5)

_LEASE = """
WITH free AS (
    SELECT id FROM wechat_received
    WHERE (state = 'waiting' OR media = 'waiting') AND next_try_at <= %(at)s
    ORDER BY next_try_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE wechat_received AS came SET tries = tries + 1, next_try_at = %(until)s
FROM free WHERE came.id = free.id RETURNING came.*
"""


def is_altered(*, signature: str, body: bytes, at: datetime) -> bool:
    """Whether this signature came before, with another body: then nobody of WeChat's sent it."""
    digest, said = secrets.digest("wechat signature", signature), sha256(body).digest()
    made = Signature(digest=digest, body=said, at=at)
    Signature.objects.bulk_create([made], ignore_conflicts=True)
    kept = Signature.objects.filter(digest=digest).values_list("body", flat=True).first()
    return kept is not None and bytes(kept) != said


def keep(said: Said, raw: bytes, at: datetime) -> Received:
    """The row of this message, made once however often it comes."""
    _seen(at)
    key, id = secrets.digest("wechat message", said.key), new_id(at)
    made = Received(
        id=id, key=key, kind=said.kind, at=at, next_try_at=at + FIRST,
        raw=secrets.seal_bytes(0, queries.TABLE, "raw", id, raw),
    )  # fmt: skip
    Received.objects.bulk_create([made], ignore_conflicts=True)
    return Received.objects.get(key=key)


def _seen(at: datetime) -> None:
    """Something came in: remembered every few seconds, so that nobody waits for this one row."""
    rows = Account.objects.filter(app_id=settings.WECHAT.app_id)
    if rows.exclude(last_in_at__gt=at - _SEEN_EVERY).update(last_in_at=at) or rows.exists():
        return
    first = Account(app_id=settings.WECHAT.app_id, last_in_at=at)
    Account.objects.bulk_create([first], ignore_conflicts=True)


def lease(at: datetime, most: int = AT_ONCE) -> list[Received]:
    """What waits longest, for this taker alone until LEASE is over."""
    values = {"at": at, "until": at + LEASE, "most": most}
    return sorted(statements.fetch(Received, _LEASE, values), key=lambda row: row.id)


def forget(at: datetime) -> int:
    """Drop signatures, codes that are over, and what was done a month ago; how many messages."""
    Signature.objects.filter(at__lt=at - SIGNED).delete()
    BindCode.objects.filter(expires_at__lt=at).delete()
    done = Received.objects.filter(at__lt=at - DONE).exclude(state="waiting")
    return done.exclude(media="waiting").delete()[0]
