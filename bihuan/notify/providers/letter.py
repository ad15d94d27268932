"""An Outgoing as a letter: one addressee, fixed headers, plain text with the same as HTML."""

from __future__ import annotations

import re
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from html import escape

from bihuan.core.ports import Outgoing, Undeliverable

_LINK = re.compile(r"https?://[^\s<>\"'，。；）]+")
_ADDRESS_MOST = 254  # RFC 5321
_NAME_MOST = 64


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


def message_id(key: str, sender: str) -> str:
    """The same for the same key, so that a copy is known as one; it tells nothing of the key."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{address(sender).domain}>"


def compose(message: Outgoing, *, sender: str, name: str, at: datetime) -> EmailMessage:
    """The letter. Undeliverable when a header would break out of its line or `to` is no address."""
    letter = EmailMessage(policy=SMTP)
    try:
        letter["From"] = Address(name, addr_spec=str(address(sender)))
        letter["To"] = address(message.to)
        letter["Subject"] = message.subject
    except ValueError:
        raise Undeliverable("header_breaks_its_line") from None
    letter["Date"] = at
    letter["Message-ID"] = message_id(message.key, sender)
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no robot shall answer
    letter["X-Auto-Response-Suppress"] = "All"
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
