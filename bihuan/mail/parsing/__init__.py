"""Read a mail, whatever bytes it is made of."""

from __future__ import annotations

import hashlib
import re

from bihuan.mail.parsing.automatic import automatic, bounce, bulk
from bihuan.mail.parsing.bodies import Reading
from bihuan.mail.parsing.entities import Taking
from bihuan.mail.parsing.fields import block
from bihuan.mail.parsing.heads import Head
from bihuan.mail.parsing.letter import Bounce, Letter, Part
from bihuan.mail.parsing.messages import message

__all__ = [
    "Bounce",
    "Letter",
    "Part",
    "head",
    "read",
]

_TO = ("delivered-to", "x-original-to", "envelope-to")
_HASHED_AT_ONCE = 100_000  # octets and the rest of their line: each match is an object
_HEAD = 65_536  # octets
_TRAILING = re.compile(rb"(?<![ \t])[ \t]+(?=\n|\Z)")


def read(raw: bytes) -> Letter:
    """What the mail says. Any bytes at all are a mail; what is wrong with it is in `problems`."""
    if b"\n" not in raw[:100_000] and b"\r" in raw[:100_000]:
        raw = raw.replace(b"\r", b"\n")  # one old way to end a line
    taking = Taking()
    whole = taking.entity(raw, _start(raw), len(raw))
    reading = Reading(taking.hint)
    said, parts = reading.body(whole)
    told = Head(whole.block, taking.hint)
    sender = told.sender()
    asked = message(whole)
    return Letter(
        from_email=sender.address,
        from_name=sender.name,
        to=told.addresses("to"),
        cc=told.addresses("cc"),
        reply_to=told.addresses("reply-to"),
        subject=told.subject(),
        date=told.date(),
        message_id=(*told.ids("message-id"), "")[0],
        in_reply_to=(*told.ids("in-reply-to"), "")[0],
        references=told.ids("references"),
        delivered_to=told.kept(*_TO),
        authenticated=told.kept("authentication-results"),
        text=said,
        parts=parts,
        automatic=automatic(asked),
        bulk=bulk(asked),
        bounce=bounce(asked),
        body_hash=_hash(raw[whole.start :]),
        problems=tuple(dict.fromkeys(taking.problems + told.problems + reading.problems)),
    )


def head(raw: bytes) -> Letter:
    """Who wrote, and about what: the last resort for a mail that kills its reader.

    Looks at no more than the first 64 KB of the header block.
    """
    start = _start(raw)
    told = Head(block(raw, start, min(len(raw), start + _HEAD)), "")
    sender = told.sender()
    return Letter(
        from_email=sender.address,
        from_name=sender.name,
        subject=told.subject(),
        message_id=(*told.ids("message-id"), "")[0],
        problems=("only_the_head", *told.problems),
    )


def _start(raw: bytes) -> int:
    """Behind blank lines before the first field."""
    return re.match(rb"[\r\n]*", raw).end()  # type: ignore[union-attr]  # it matches nothing, too


def _hash(body: bytes) -> str:
    """The same for the same mail, by whatever way its lines came."""
    hashed, owed, at = hashlib.sha256(), 0, 0
    while at < len(body):
        end = body.find(b"\n", at + _HASHED_AT_ONCE) + 1 or len(body)
        lines = body[at:end].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = _TRAILING.sub(b"", lines)
        written = lines.rstrip(b"\n")
        if written:
            hashed.update(b"\n" * owed + written)
            owed = 0
        owed += len(lines) - len(written)  # blank lines count once something follows them
        at = end
    return hashed.hexdigest()
