"""What WeChat sends: signed, encrypted where we have a key, XML without anything clever."""

from __future__ import annotations

import base64
import hmac
import struct
from datetime import datetime, timedelta
from hashlib import sha1
from xml.parsers import expat
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

MOST = 64 * 1024  # bytes: a text has 2,048, everything else less
AROUND = timedelta(minutes=5)  # how far WeChat's clock may be from ours (N35)
_FIELDS_MOST, _DEPTH_MOST = 100, 6
_BLOCK = 32  # WeChat pads to 32 bytes although AES has 16


class Unreadable(ValueError):
    """It is not what WeChat sends; why, in a word."""


def signature(*parts: str) -> str:
    """SHA-1 over the parts in order, in hexadecimal, as WeChat makes it."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, token: str, timestamp: str, nonce: str, *more: str) -> bool:
    """Whether whoever knows the token signed this."""
    wanted = signature(token, timestamp, nonce, *more)
    return hmac.compare_digest(wanted.encode(), given.encode())


def is_of_now(timestamp: str, at: datetime) -> bool:
    """Whether it was signed within five minutes of now."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    return abs(at.timestamp() - int(timestamp)) <= AROUND.total_seconds()


def fields(xml: bytes) -> dict[str, str]:
    """The fields of `<xml>`, those directly in it alone. Unreadable.

    No document type, so no entities; nothing deep, nothing large.
    """
    if len(xml) > MOST:
        raise Unreadable("too_large")
    found: dict[str, list[str]] = {}
    path: list[str] = []
    parser = expat.ParserCreate("utf-8")

    def begin(name: str, _: object) -> None:
        path.append(name)
        if len(path) > _DEPTH_MOST or len(found) > _FIELDS_MOST:
            raise Unreadable("too_much")
        if len(path) == 2:
            found[name] = []

    def text(said: str) -> None:
        if len(path) == 2:
            found[path[1]].append(said)

    def clever(*_: object) -> None:
        raise Unreadable("doctype")

    parser.StartElementHandler, parser.CharacterDataHandler = begin, text
    parser.EndElementHandler = lambda _: path.pop()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = clever
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as fault:
        raise Unreadable("not_xml") from fault
    return {name: "".join(said) for name, said in found.items()}


def opened(key: bytes, sealed: str, app_id: str) -> bytes:
    """What was encrypted for this account. Unreadable, also when it was for another."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = cipher.update(raw) + cipher.finalize()
    except ValueError as fault:
        raise Unreadable("not_encrypted") from fault
    plain = plain[: -plain[-1]] if plain and 1 <= plain[-1] <= _BLOCK else b""
    if len(plain) < 20:
        raise Unreadable("not_encrypted")
    (length,) = struct.unpack(">I", plain[16:20])
    if plain[20 + length :] != app_id.encode():
        raise Unreadable("another_account")
    return plain[20 : 20 + length]


def sealed(key: bytes, said: bytes, app_id: str, salt: bytes) -> str:
    """The same the other way; `salt` are 16 random bytes."""
    plain = salt + struct.pack(">I", len(said)) + said + app_id.encode()
    padding = _BLOCK - len(plain) % _BLOCK
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    raw = cipher.update(plain + bytes([padding]) * padding) + cipher.finalize()
    return base64.b64encode(raw).decode()


def reply(text: str, *, to: str, sender: str, at: datetime) -> bytes:
    """A passive answer in words, in plain."""
    return (
        f"<xml><ToUserName>{escape(to)}</ToUserName><FromUserName>{escape(sender)}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime><MsgType>text</MsgType>"
        f"<Content>{escape(text)}</Content></xml>"
    ).encode()


def in_envelope(encrypted: str, *, token: str, timestamp: str, nonce: str) -> bytes:
    """What was encrypted, signed as WeChat asks for it."""
    signed = signature(token, timestamp, nonce, encrypted)
    return (
        f"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{signed}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{escape(nonce)}</Nonce></xml>"
    ).encode()
