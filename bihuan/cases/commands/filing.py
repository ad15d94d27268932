"""What comes in, checked field by field before anything is written (2.2.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bihuan.accounts.commands import Contact
from bihuan.cases.models import CHANNELS, KINDS, Case
from bihuan.core import inputs, personal
from bihuan.core.clocks import ClockRow
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Invalid

SKEW = timedelta(minutes=2)  # clocks of other machines differ by seconds, not by minutes
TEXT_MOST = 20_000
TRANSCRIPT_MOST = 30_000  # characters: hours of chat, and within a body however it is escaped
TITLE = 40


@dataclass(frozen=True, slots=True)
class Filing:
    """What came in. `received_at` is when it reached the platform, never later than now (X-09).

    `external_id` is what the channel calls it: a message, or a conversation; `transcript` is what
    was said there before it became a case (1.3).
    """

    kind: str
    channel: str
    text: str
    contact: Contact
    subject: str = ""
    wish: str = ""
    order_no: str = ""
    order_id: int = 0
    merchant_id: int = 0
    category: str = ""
    issue: str = ""
    external_id: str = ""
    transcript: str = ""
    received_at: datetime | None = None
    draft_id: int = 0
    person_id: int = 0


@dataclass(frozen=True, slots=True)
class Filed:
    """The case; `replayed` when the same key and body had filed it before.

    `entry` holds its words, 0 when it was filed before.
    """

    case: Case
    rows: tuple[ClockRow, ...] = ()
    replayed: bool = False
    answer: bytes = b""
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """A filing that may be written: its moment, title, wish, words and transcript cleaned."""

    filing: Filing
    received_at: datetime
    subject: str
    wish: str
    text: str
    transcript: str


def check(filing: Filing, key: str, at: datetime) -> Checked:
    """Every field at once; Invalid names each that is wrong, a single one with its figures."""
    faults: dict[str, str] = {}
    figures: dict[str, Any] = {}

    def take(read: Callable[[], Any], instead: Any) -> Any:
        try:
            return read()
        except Invalid as fault:
            faults.update(fault.fields)
            figures.update(fault.facts)
            return instead

    take(lambda: inputs.one_of(filing.kind, KINDS, field="kind"), "")
    take(lambda: inputs.one_of(filing.channel, CHANNELS, field="channel"), "")
    text = take(lambda: inputs.words(filing.text, field="text", least=1, most=TEXT_MOST), "")
    subject = take(lambda: inputs.words(filing.subject, field="subject", most=120, lines=False), "")
    wish = take(lambda: inputs.words(filing.wish, field="wish", most=200, lines=False), "")
    take(lambda: inputs.words(filing.order_no, field="order_no", most=60, lines=False), "")
    take(lambda: inputs.words(filing.external_id, field="external_id", most=190, lines=False), "")
    before = filing.transcript
    talk = take(lambda: inputs.words(before, field="transcript", most=TRANSCRIPT_MOST), "")
    take(lambda: inputs.words(key, field="idempotency_key", most=200, lines=False), "")
    received = take(lambda: inputs.moment(filing.received_at or at, field="received_at"), at)
    if received > at + SKEW:
        faults["received_at"] = "in_the_future"
    if faults:
        figures.pop("fields", None)
        raise Invalid(faults, clause="2.2.1", **(figures if len(faults) == 1 else {}))
    title, wanted = personal.mask(subject), personal.mask(wish)
    # what is masked where every list shows it stays whole among the words, which are sealed
    text += "".join(
        f"\n{name}：{given}"
        for name, given, shown in (("标题", subject, title), ("诉求", wish, wanted))
        if given != shown
    )
    title = title or _title(text)
    return Checked(filing, min(received, at), title, wanted, text, talk)


def _title(text: str) -> str:
    first = personal.mask(text.split("\n", 1)[0])  # whole: half a number is none that is found
    line = first.rstrip("。，；、.,; ") or first  # other sentences follow it on a page
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


def known_values(filing: Filing, book: Handbook) -> None:
    """Category and issue must be the handbook's own. Invalid otherwise."""
    faults = {}
    if filing.category and filing.category not in book.categories:
        faults["category"] = "not_known"
    if filing.issue and filing.issue not in book.issues:
        faults["issue"] = "not_known"
    if faults:
        raise Invalid(faults, clause="2.1.2")


def missing(filing: Filing) -> list[str]:
    """Which of the four field groups of 2.2.1 were not given: marked, never a reason to refuse."""
    contact = filing.contact
    has = {
        "identity": bool(filing.person_id or contact.account or filing.order_no or filing.order_id),
        "contact": bool(filing.person_id or contact.phone or contact.email or contact.address),
    }
    return [name for name, given in has.items() if not given]
