"""What the header block of a mail says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bihuan.mail.parsing import addresses
from bihuan.mail.parsing.addresses import Mailbox
from bihuan.mail.parsing.charsets import decoded
from bihuan.mail.parsing.fields import Block
from bihuan.mail.parsing.words import one_line, text

_LONGEST_SUBJECT = 2_000  # characters
_LONGEST_FIELD = 20_000  # octets of a field that is kept as it stands
_LONGEST_ID = 998  # a line (RFC 5322, 2.1.1)
_MOST_IDS = 100
_MOST_KEPT = 20  # fields of one name
_SENDERS = ("from", "reply-to", "return-path", "sender")
_ID = re.compile(rb"<[^<>\s]{1,998}>")
_DATED = re.compile(r"[A-Za-z0-9,:+\-() /]{6,80}")


class Head:
    """The fields of a mail that make its Letter. `hint`: the charset of the mail.

    `problems` grows with what is asked.
    """

    def __init__(self, block: Block, hint: str) -> None:
        self.problems: list[str] = []
        self._block = block
        self._hint = hint

    def sender(self) -> Mailbox:
        """From; when it names nobody, who else may have written; else what stands there."""
        if len(self._block.all("from")) > 1:
            self.problems.append("many_senders")
        for name in _SENDERS:
            for found in self._mailboxes(name)[:1]:
                if name != "from":
                    self.problems.append("bad_sender")
                return found
        self.problems.append("bad_sender")
        return addresses.unreadable(self._spelled("from"), self._hint)

    def addresses(self, name: str) -> tuple[str, ...]:
        return tuple(box.address for box in self._mailboxes(name))

    def _mailboxes(self, name: str) -> list[Mailbox]:
        found: list[Mailbox] = []
        for value in self._block.all(name)[: addresses.MOST]:
            some, whole = addresses.mailboxes(self._decoded(value), self._hint)
            found += some
            if not whole or len(found) > addresses.MOST:
                self.problems.append("too_many_addresses")
                break
        return found[: addresses.MOST]

    def _spelled(self, name: str) -> str:
        return self._decoded(self._block.first(name))

    def _decoded(self, value: bytes) -> str:
        return decoded(value, hint=self._hint)[0]

    def subject(self) -> str:
        said = text(self._block.first("subject"), self._hint)
        if len(said) > _LONGEST_SUBJECT:
            self.problems.append("subject_cut")
        return said[:_LONGEST_SUBJECT]

    def date(self) -> datetime | None:
        """None when it is missing or no date; without a zone it is taken for UTC."""
        found = _DATED.search(self._spelled("date")[:200])
        if not self._block.first("date"):
            return None
        try:
            at = parsedate_to_datetime(found[0]) if found else None
        except (ValueError, TypeError, IndexError, OverflowError):
            at = None
        if at is None:
            self.problems.append("bad_date")
            return None
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def ids(self, name: str) -> tuple[str, ...]:
        """In their brackets; some programs leave these away."""
        value = self._block.first(name)[:100_000]
        found: Sequence[bytes] = _ID.findall(value)[:_MOST_IDS]
        if not found and value.strip():
            bare = value.split()[0].strip(b"<>")[: _LONGEST_ID - 2]
            found = [b"<" + bare + b">"] if bare else []
        return tuple(one_line(one.decode("utf-8", "replace")) for one in found)

    def kept(self, *names: str) -> tuple[str, ...]:
        values = [v for name in names for v in self._block.all(name)[:_MOST_KEPT]]
        return tuple(text(value[:_LONGEST_FIELD], self._hint) for value in values)
