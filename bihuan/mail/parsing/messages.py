"""What was taken apart, as the standard library's Message: for rules that ask its headers."""

from __future__ import annotations

import re
from email.message import Message

from bihuan.mail.parsing.entities import MESSAGES, Entity
from bihuan.mail.parsing.fields import block

_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_MOST_GROUPS = 200  # of fields in a delivery report: one for each address
_EACH = 200_000  # octets of a body
_ALL = 2_000_000  # octets of all bodies
_BLANK = re.compile(rb"\r?\n(?:\r?\n)+")


def message(entity: Entity) -> Message:
    """As `email.message_from_bytes` would have it, but for long bodies, which are cut."""
    return _message(entity, [_ALL])


def _message(entity: Entity, left: list[int]) -> Message:
    made = Message()
    for name, value in entity.block.fields:
        made[name] = value.decode("ascii", "surrogateescape")
    if entity.parts:
        for part in entity.parts:
            made.attach(_message(part, left))
        return made
    size = max(0, min(entity.end - entity.start, _EACH, left[0]))
    left[0] -= size
    body = entity.source[entity.start : entity.start + size]
    if entity.kind in _STATUS:
        for group in _groups(body):
            made.attach(group)
    elif entity.kind not in MESSAGES:
        made.set_payload(body.decode("ascii", "surrogateescape"))
    return made


def _groups(body: bytes) -> list[Message]:
    """A delivery report is groups of fields, parted by blank lines (RFC 3464, 2.1)."""
    groups = []
    for text in _BLANK.split(body.strip(), _MOST_GROUPS)[:_MOST_GROUPS]:
        group = Message()
        for name, value in block(text, 0, len(text)).fields:
            group[name] = value.decode("ascii", "surrogateescape")
        groups.append(group)
    return groups
