"""The sockets of the house: what a plug-in must be able to do, and nothing of how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for one person. The same `key` twice must reach the person once.

    `code` is for a supplier that has the words itself: a one-time code, or the end of the link.
    `reply` is for one that is answered: the token by which an answer or a report of what became
    of the message finds its way back.
    `link` opens one case, for a short while, to who holds what it is sent to.
    `again`: an earlier try may have arrived; who cannot tell by the key asks the supplier.
    """

    to: str
    subject: str
    body: str
    key: str
    code: str = ""
    again: bool = False
    reply: str = ""
    link: str = ""


class Undeliverable(Exception):
    """Sending again will not help."""


class Notifier(Protocol):
    """A way out of the house."""

    name: str

    def send(self, message: Outgoing) -> str:
        """Return the provider's receipt; raise Undeliverable to stop retries, OSError to retry."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the supplier knows of a message it took; `code` says why it did not arrive."""

    arrived: bool
    code: str = ""


@runtime_checkable
class Traced(Protocol):
    """A way out whose supplier can be asked what became of a message."""

    def fate(self, message: Outgoing, sent_at: datetime) -> Arrival | None:
        """None while it is not known. OSError when the supplier cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as the shop knows it; money in fen."""

    number: str
    merchant: str
    title: str
    quantity: int
    paid_fen: int
    placed_at: datetime
    received_at: datetime | None
    page: str
    terms: str


class OrderSource(Protocol):
    """The platform's order system."""

    name: str

    def find(self, number: str) -> OrderFacts | None:
        """The order as shown at purchase, or None when there is none of this number."""
        ...
