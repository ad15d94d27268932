"""Undo what was done to the octets for transport: base64, quoted-printable, uuencode."""

from __future__ import annotations

import binascii
import re
from itertools import islice

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_OTHERS = bytes(byte for byte in range(256) if byte not in _ALPHABET)
_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?$", re.MULTILINE)
_END = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]+")
_MOST_FILES = 100  # written into one text
_MOST_PIECES = 10_000  # of base64 with padding after each
_MOST_LINES = 1_000_000  # of uuencode: 45 MB of octets


def unpacked(data: bytes, encoding: str) -> bytes:
    """The octets that were meant; as they stand when the encoding is none or not known."""
    name = encoding.strip(" \t\"';").lower()
    if name == "base64":
        return unbase64(data)
    if name == "quoted-printable":
        return binascii.a2b_qp(data)
    if name in {"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"}:
        return _unuu(_within(data))
    return data


def unbase64(data: bytes) -> bytes:
    """Whatever base64 there is in `data`: wrong length, padding within, other signs between."""
    signs = data.translate(None, _OTHERS)
    if b"=" not in signs.rstrip(b"="):
        return _padded(signs)
    if signs.count(b"=") > _MOST_PIECES:
        return _padded(signs.replace(b"=", b""))
    return b"".join(_padded(piece) for piece in re.split(b"=+", signs))


def _padded(signs: bytes) -> bytes:
    bare = signs.rstrip(b"=")
    if len(bare) % 4 == 1:
        bare = bare[:-1]  # six bits make no octet
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))


def uuencoded(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A text without the files written into it, and these: (name, octets)."""
    files: list[tuple[bytes, bytes]] = []
    kept, at = [], 0
    while len(files) < _MOST_FILES and (begin := _BEGIN.search(data, at)):
        end = _END.search(data, begin.end())
        octets = _unuu(data[begin.end() : end.start()]) if end else b""
        if not end or not octets:
            break
        files.append((begin[1].strip(), octets))
        kept.append(data[at : begin.start()])
        at = end.end()
    return b"".join([*kept, data[at:]]), files


def _within(data: bytes) -> bytes:
    """Between `begin` and `end`, which some leave out."""
    begin = _BEGIN.search(data)
    start = begin.end() if begin else 0
    end = _END.search(data, start)
    return data[start : end.start()] if end else data[start:]


def _unuu(data: bytes) -> bytes:
    out = bytearray()
    for found in islice(_LINE.finditer(data), _MOST_LINES):
        line = found[0]
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:  # a line that is too long: as many as its first sign says
            count = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:count])
            except binascii.Error:
                continue
    return bytes(out)
