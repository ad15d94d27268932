"""An Outgoing as a letter: one addressee, fixed headers, plain text with the same as HTML."""

from __future__ import annotations

import re
from datetime import datetime
from email._header_value_parser import get_unstructured
from email.errors import HeaderParseError
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from hashlib import sha256
from html import escape
from typing import Any, cast

from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer

_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_LINK = re.compile(r"https?://[^\s<>\"'，。；）]+")
_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_ADDRESS_MOST = 254  # RFC 5321
_NAME_MOST = 64


class _Ids:
    """Message-IDs, one a line and as they are: a long one is else folded into an encoded word."""

    max_count = 1
    name: str

    @staticmethod
    def parse(value: str, kwds: dict[str, Any]) -> None:
        kwds["parse_tree"], kwds["decoded"] = get_unstructured(value), value

    def fold(self, *, policy: EmailPolicy) -> str:
        lines = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {lines}{policy.linesep}"


_registry = HeaderRegistry()
for _header in ("in-reply-to", "references"):
    _registry.map_to_type(_header, cast(type[BaseHeader], _Ids))  # it is mixed with one
_POLICY = SMTP.clone(header_factory=_registry)


def address(given: str) -> Address:
    """Exactly one mail address, nothing around it; Undeliverable for anything else."""
    local, at, domain = given.rpartition("@")
    odd = any(c.isspace() or not c.isprintable() or c in '<>()[]\\,;:"' for c in given)
    if odd or not at or not domain or not 0 < len(local) <= _NAME_MOST or "@" in local:
        raise Undeliverable("not_an_address")
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}"
        if len(plain) > _ADDRESS_MOST:
            raise Undeliverable("not_an_address")
        return Address(addr_spec=plain)
    except (ValueError, HeaderParseError):  # UnicodeError is a ValueError
        raise Undeliverable("not_an_address") from None


def sender_of(given: str) -> Address:
    """Whose letters ours are: `service@example.com` or `优选商城 <service@example.com>`.

    ValueError when a mail server could not be told so.
    """
    named = _NAMED.fullmatch(given.strip())
    name = named["name"].strip().strip('"') if named else ""
    try:
        plain = address(named["address"] if named else given.strip())
        plain.addr_spec.encode("ascii")
        if not name.isprintable():
            raise ValueError
        return Address(name, addr_spec=plain.addr_spec)
    except (Undeliverable, ValueError):
        raise ValueError(f"{given!r} is no sender") from None


def message_id(message: Outgoing, sender: str) -> str:
    """The same for the same message, so that a copy is known as one; it tells nothing of it.

    An answer names it (RFC 5322, 3.6.4), so the token by which that finds back stands in it.
    """
    name = message.reply or sha256(message.key.encode()).hexdigest()[:40]
    return f"<{name}@{sender_of(sender).domain}>"


def reply_address(message: Outgoing, sender: str) -> Address | None:
    """`service+token@example.com`; None where the message has no token, or it would be too long."""
    ours = sender_of(sender)
    local = f"{ours.username}+{message.reply}"
    fits = bool(message.reply) and len(local) <= _NAME_MOST
    return Address(ours.display_name, local, ours.domain) if fits else None


def compose(
    message: Outgoing, *, sender: str, name: str, at: datetime, tagged: bool = False
) -> EmailMessage:
    """The letter. Undeliverable when a header would break out of its line or `to` is no address.

    `tagged`: the sender's mail server delivers addresses with a tag, so answers may go to one.
    A sender that is no address is no fault of the letter: NoAnswer.
    """
    letter = EmailMessage(policy=_POLICY)
    try:
        ours = sender_of(sender)
        letter["From"] = Address(name or ours.display_name, addr_spec=ours.addr_spec)
    except ValueError as fault:
        raise NoAnswer(str(fault)) from None
    try:
        letter["To"] = address(message.to)
        letter["Subject"] = message.subject
    except ValueError:
        raise Undeliverable("header_breaks_its_line") from None
    letter["Date"] = at
    letter["Message-ID"] = message_id(message, sender)
    if thread := [one for one in message.answers if _ID.fullmatch(one)]:  # RFC 5322, 3.6.4
        letter["In-Reply-To"] = thread[-1]
        letter["References"] = " ".join(dict.fromkeys(thread))
    if tagged and (back := reply_address(message, sender)):
        letter["Reply-To"] = back
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no robot shall answer
    letter["X-Auto-Response-Suppress"] = "All"
    if message.unsubscribe:  # of what need not be told by letter (RFC 8058)
        letter["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(message.body, cte="base64")
    letter.add_alternative(_html(message), subtype="html", cte="base64")
    return letter


def _html(message: Outgoing) -> str:
    paragraphs = re.split(r"\n\s*\n", message.body.strip())
    said = "".join(f"<p>{_linked(text)}</p>" for text in paragraphs)
    title = escape(message.subject)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h2>{title}</h2>{said}</body></html>"
    )


def _linked(text: str) -> str:
    parts, end = [], 0
    for found in _LINK.finditer(text):
        url = escape(found[0])
        parts += [escape(text[end : found.start()]), f'<a href="{url}">{url}</a>']
        end = found.end()
    return "".join([*parts, escape(text[end:])]).replace("\n", "<br>")
