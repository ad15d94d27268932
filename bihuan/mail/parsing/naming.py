"""What an attachment is called, given or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bihuan.mail.parsing.words import one_line, text

if TYPE_CHECKING:
    from bihuan.mail.parsing.entities import Entity

_LONGEST = 200
#: What a part without a name is called, by its type; then by the first half of its type.
_BY_TYPE = {
    "text/plain": "document.txt",
    "text/html": "document.html",
    "text/calendar": "calendar.ics",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "text/rfc822-headers": "headers.txt",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/partial": "partial.eml",
    "image/jpeg": "image.jpg",
    "image/jpg": "image.jpg",
    "image/pjpeg": "image.jpg",
    "image/svg+xml": "image.svg",
    "image/x-icon": "image.ico",
    "video/quicktime": "video.mov",
    "audio/mpeg": "audio.mp3",
    "application/pdf": "document.pdf",
    "application/zip": "archive.zip",
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
}
_BY_HALF = {"image": "image", "video": "video", "audio": "audio", "text": "document"}
_SIMPLE = re.compile(r"[a-z0-9]{2,5}")
_FILE = re.compile(r"[^<>@\s]{1,100}\.[a-zA-Z][a-zA-Z0-9]{1,4}")


def named(entity: Entity, hint: str, subject: str | None) -> str:
    """The name that was given, or one made of what else the part says.

    `subject` is that of a mail that is attached; None when the part is none.
    """
    given = entity.placed.get("filename") or entity.given.get("name") or ""
    given = given or entity.given.get("filename") or entity.placed.get("name") or ""
    name = clean(given)
    if subject is not None and not name:
        name = subject or _described(entity, hint) or "message"
        return clean(name)[: _LONGEST - 4] + ".eml"
    return name or _made(entity, hint)


def clean(name: str) -> str:
    """In one line, of bearable length, with its extension."""
    name = one_line(name).strip(" \t\"'")
    if len(name) <= _LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:_LONGEST]
    return stem[: _LONGEST - len(extension) - 1] + "." + extension


def _made(entity: Entity, hint: str) -> str:
    first, _, second = entity.kind.partition("/")
    generic = _BY_TYPE.get(entity.kind, "")
    if not generic and first in _BY_HALF and _SIMPLE.fullmatch(second):
        generic = f"{_BY_HALF[first]}.{second}"
    place = text(entity.first("content-location"), hint).rpartition("/")[2]
    mark = text(entity.first("content-id"), hint).strip("<>").partition("@")[0]
    for name in (place, mark):
        if _FILE.fullmatch(name):
            return clean(name)
    described = _described(entity, hint)
    if described:
        extension = generic.rpartition(".")[2]
        return described if "." in described or not generic else f"{described}.{extension}"
    return generic or clean(mark) or "file"


def _described(entity: Entity, hint: str) -> str:
    return clean(text(entity.first("content-description"), hint))


def apart(names: list[str]) -> list[str]:
    """The names with a number in each that came before: of two `a.tar.gz` one is `a1.tar.gz`."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    out = []
    for name in names:
        stem, dot, rest = name.partition(".")
        new = name
        while new in taken:
            counts[name] = counts.get(name, 0) + 1
            new = f"{stem}{counts[name]}{dot}{rest}"
        taken.add(new)
        out.append(new)
    return out
