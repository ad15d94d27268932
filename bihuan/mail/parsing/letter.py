"""What a mail says, once read: plain facts, whatever shape it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Part:
    """Something attached. Each has a name of its own, made up where the mail gives none.

    `data` is decoded, never run.
    """

    filename: str
    content_type: str
    data: bytes
    inline: bool = False  # shown within the text (a picture with a Content-ID)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that mail of ours was not delivered, or is late.

    `permanent`: sending again is in vain. `status` is the enhanced code (RFC 3463), "" when the
    report has none. `original_id` is the Message-ID of what came back, "" when it is not there.
    """

    recipients: tuple[str, ...] = ()
    permanent: bool = True
    status: str = ""
    original_id: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it was read; every field is there, empty when the mail does not say it.

    `text` is all of its words as plain text, quoted ones too. `automatic` says why it is taken
    for written by a program, "" when it is not. `problems` names what was wrong or left out, in
    codes such as `bad_charset` or `too_many_parts`: never a reason to throw a mail away.
    """

    from_email: str = ""
    from_name: str = ""
    to: tuple[str, ...] = ()  # addresses
    cc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    message_id: str = ""  # with its angle brackets
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()  # Delivered-To, X-Original-To, Envelope-To: as they stand
    authenticated: tuple[str, ...] = ()  # Authentication-Results, whole, top first
    text: str = ""
    parts: tuple[Part, ...] = ()
    automatic: str = ""
    bulk: str = ""  # `list` or `bulk`: sent to many at once
    bounce: Bounce | None = None
    body_hash: str = ""  # SHA-256, hex, of what follows the headers; line ends and blanks folded
    problems: tuple[str, ...] = ()
