"""The link that shows a number or an appointment to whoever holds it, and nothing else of them."""

from __future__ import annotations

import base64
import hashlib
from typing import Literal

from bihuan.store import secrets

Kind = Literal["visit", "appointment"]
BYTES = 16


def token(kind: Kind, id: int) -> str:
    """128 bits that nobody can guess without the house's key; the same each time they are made."""
    made = secrets.digest(f"counter {kind}", str(id))[:BYTES]
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def mark(token: str) -> bytes:
    """What the row keeps of it, and is found by."""
    return hashlib.sha256(token.encode()).digest()
