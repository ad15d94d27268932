"""What a mail of ours carries so that a reply to it finds its way back, and only a reply."""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Iterable
from hashlib import sha256

_ID_BYTES = 7  # ids have 53 bits
_MAC_BYTES = 13  # 104 bits; 20 bytes are 32 letters without padding
_LENGTH = 8 * (_ID_BYTES + _MAC_BYTES) // 5
_SHAPE = re.compile(rf"(?<![a-z0-9])r([a-z2-7]{{{_LENGTH}}})(?![a-z0-9])", re.IGNORECASE)
_MOST = 200  # tokens looked at in one mail: each costs a hash


def make(secret: bytes, message_id: int) -> str:
    """33 letters and digits for one message: they stand in its Message-ID and its reply address.

    Letter case does not matter, since mail servers fold it (RFC 5321, 2.4).
    """
    plain = message_id.to_bytes(_ID_BYTES, "big")
    return "r" + b32encode(plain + _mac(secret, plain)).decode().lower()


def read(secret: bytes, texts: Iterable[str]) -> tuple[int, ...]:
    """The messages whose tokens stand in these addresses or Message-IDs, the first one first.

    A token that was altered, or made elsewhere, is none.
    """
    found: dict[int, None] = {}
    looked = 0
    for text in texts:
        for shape in _SHAPE.finditer(text):
            looked += 1
            if looked > _MOST:
                return tuple(found)
            kept = b32decode(shape[1].upper())
            plain, mac = kept[:_ID_BYTES], kept[_ID_BYTES:]
            if hmac.compare_digest(mac, _mac(secret, plain)):
                found[int.from_bytes(plain, "big")] = None
    return tuple(found)


def _mac(secret: bytes, plain: bytes) -> bytes:
    return hmac.new(secret, b"bihuan.reply.1\x00" + plain, sha256).digest()[:_MAC_BYTES]
