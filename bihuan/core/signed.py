"""A message is signed by whoever knows the secret, and believed only then (Standard Webhooks)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

PREFIX, VERSION = "whsec_", "v1"
AROUND = timedelta(minutes=5)  # how far the sender's clock may be from ours (N35)
KEPT = timedelta(hours=24)  # for so long an id that came is known again
LEAST, MOST = 24, 64  # bytes of a secret
ID_MOST = 190


def key_of(secret: str) -> bytes:
    """The bytes behind `whsec_…`. ValueError for anything else, bad base64 among it."""
    if not secret.startswith(PREFIX):
        raise ValueError("no whsec_")
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    if not LEAST <= len(key) <= MOST:
        raise ValueError(f"{len(key)} bytes")
    return key


def written(key: bytes) -> str:
    """A secret as the other side is given it."""
    return PREFIX + base64.b64encode(key).decode()


def headers(keys: Iterable[bytes], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message sent at this moment; one signature for each key."""
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signature(key, id, seconds, body) for key in keys),
    }


def signature(key: bytes, id: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    told = hmac.new(key, f"{id}.{timestamp}.".encode() + body, sha256).digest()
    return f"{VERSION},{base64.b64encode(told).decode()}"


def fault(
    keys: Sequence[bytes], *, id: str, timestamp: str, signatures: str, body: bytes, at: datetime
) -> str:
    """Why this message is not believed: no_id, no_time, too_old, too_new, wrong; "" for none.

    `signatures` are several, parted by spaces, while the sender changes its secret; `keys` are
    several while we change ours.
    """
    if not id or len(id) > ID_MOST or not id.isascii() or not id.isprintable():
        return "no_id"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return "no_time"
    apart = at.timestamp() - int(timestamp)
    if abs(apart) > AROUND.total_seconds():
        return "too_old" if apart > 0 else "too_new"
    given = [one for one in signatures.split(" ")[:10] if one.startswith(f"{VERSION},")]
    wanted = [signature(key, id, timestamp, body).encode() for key in keys]
    good = [hmac.compare_digest(w, g.encode()) for w in wanted for g in given]
    return "" if any(good) else "wrong"
