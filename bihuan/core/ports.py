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
class OrderItem:
    """One thing bought, at the price of one as it was shown at purchase, in fen."""

    title: str
    quantity: int
    price_fen: int


@dataclass(frozen=True, slots=True)
class ParcelEvent:
    """Where the parcel was; `code` is one of PARCEL_CODES."""

    at: datetime
    code: str
    text: str


PARCEL_CODES = ("paid", "sent", "moving", "received", "returning", "returned")
PAYMENT_STATES = ("unpaid", "paid", "part_refunded", "refunded")
REFUND_ANSWERS = ("pending", "accepted", "done", "refused")


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as the platform's order system knows it; money in fen, times aware.

    `account` is the buyer's on the platform. `page` and `terms` are as shown at purchase (3.1).
    """

    number: str
    account: str
    shop: str
    items: tuple[OrderItem, ...]
    paid_fen: int
    refunded_fen: int
    payment: str
    payment_state: str
    placed_at: datetime
    received_at: datetime | None
    parcel: tuple[ParcelEvent, ...]
    page: str
    terms: str


@dataclass(frozen=True, slots=True)
class RefundWish:
    """Money back for an order; the same `key` twice must be paid once. `reason` is a code."""

    key: str
    number: str
    amount_fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What the order system says of a refund: one of REFUND_ANSWERS, since when, and why."""

    key: str
    number: str
    amount_fen: int
    state: str
    at: datetime
    reason: str = ""


class OrderSystemFault(OSError):
    """The order system gave no answer that can be used; `code` says why.

    Codes: no_answer, timed_out, unsigned, malformed, not_ours, key_conflict, busy. Whether it did
    what it was asked is not known: a refund is asked for again by its key.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OrderSource(Protocol):
    """The platform's order system. Every call raises OrderSystemFault."""

    name: str

    def find(self, number: str) -> OrderFacts | None:
        """The order of this number, or None when there is none."""
        ...

    def bought_by(self, account: str) -> tuple[OrderFacts, ...]:
        """The orders of this account, newest first, at most a hundred."""
        ...

    def ask_refund(self, wish: RefundWish) -> RefundFacts:
        """Ask for money back, once for each key however often it is asked."""
        ...

    def refund(self, key: str) -> RefundFacts | None:
        """How a refund stands; None where the order system never heard of this key."""
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
