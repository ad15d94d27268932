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
    `answers` are the Message-IDs of the mails it answers, the last one last: threads are kept.
    `link` opens one case, for a short while, to who holds what it is sent to.
    `again`: an earlier try may have arrived; who cannot tell by the key asks the supplier.
    `unsubscribe` is where its reader stops what need not be told by letter (RFC 8058).
    """

    to: str
    subject: str
    body: str
    key: str
    code: str = ""
    again: bool = False
    reply: str = ""
    answers: tuple[str, ...] = ()
    unsubscribe: str = ""
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


@dataclass(frozen=True, slots=True)
class Standing:
    """How a way to the house, or out of it, stands at a moment, by the word of its own room (6.4).

    `channel` is the handbook's id, or one of the house's own (webhooks); `outward` where it is the
    way out that is meant. `alive_at`: when it last showed life, None where it has not yet.
    `failing_since`: since when it does not work, None while it does; `reason` why, as a code.
    `open_now` and `opens_at` are None where the room knows no hours; `always` where it never shuts.
    `wait_seconds`: what whoever comes now may wait, None where nobody can tell; `waiting` is how
    many are before them, or wait to be sent.
    """

    channel: str
    outward: bool = False
    alive_at: datetime | None = None
    failing_since: datetime | None = None
    reason: str = ""
    open_now: bool | None = None
    opens_at: datetime | None = None
    always: bool = False
    wait_seconds: int | None = None
    waiting: int = 0


class Stands(Protocol):
    """What each channel is asked by whoever watches them."""

    def __call__(self, at: datetime) -> Standing | None:
        """How it stands, from rows alone; None where it is not configured in this house."""
        ...


@dataclass(frozen=True, slots=True)
class Contacts:
    """How often a channel was turned to in a period, and how often somebody answered there."""

    channel: str
    came: int
    answered: int


class Counts(Protocol):
    """What each channel tells whoever evaluates them (6.4)."""

    def __call__(self, since: datetime, until: datetime) -> Contacts:
        """From `since` until before `until`."""
        ...
