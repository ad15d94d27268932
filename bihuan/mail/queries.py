"""Mails as staff see them: what waits for a decision, what became of each, and the original."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.cases import queries as cases
from bihuan.core import personal
from bihuan.core.actors import Actor
from bihuan.core.personal import mask_email, mask_name
from bihuan.core.refusals import NotFound
from bihuan.mail.models import Mailbox, Received
from bihuan.store import secrets
from bihuan.web.counted import counted

TABLE = "mail_received"
SHOWN = 100
UNDECIDED = ("held", "waiting")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the sending server said; `sender` is None where none was known."""

    sender: str | None
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail in a list: the sender masked (3.3); `number` is its case's, "" when it has none."""

    id: int
    at: datetime
    via: str
    state: str
    reason: str
    trust: str
    subject: str
    sender: str
    number: str
    problems: tuple[str, ...]
    size: int
    entry: int
    parts: tuple[dict[str, Any], ...]


def raw_of(row: Received) -> bytes | None:
    """The bytes as they came; None when they are forgotten or their person was erased."""
    return secrets.open_bytes(row.person_id, TABLE, "raw", row.id, row.raw)


def envelope_of(row: Received) -> Envelope:
    """Who sent it to whom, by the sending server's word; nothing once its person was erased."""
    kept = secrets.open_bytes(row.person_id, TABLE, "envelope", row.id, row.envelope)
    if kept is None:
        return Envelope(None, ())
    said: dict[str, Any] = json.loads(kept)
    return Envelope(said["sender"], tuple(said["recipients"]))


def head_of(row: Received) -> dict[str, str]:
    """Sender, name and subject as the mail says them; {} while it is unread or once erased."""
    kept = secrets.open_bytes(row.person_id, TABLE, "head", row.id, row.head)
    return dict(json.loads(kept)) if kept else {}


def may_read(by: Actor) -> bool:
    """Staff, for they must be able to see why a mail did not become a case."""
    return by.is_staff


def listed(by: Actor, state: str, *, before: int = 0, most: int = SHOWN) -> list[Seen]:
    """The newest mails in this state, older than `before` when it is given.

    Those of cases that are closed to this actor are left out.
    """
    if not may_read(by):
        raise NotFound()
    found = Received.objects.filter(state=state).exclude(case_id__in=cases.hidden_ids(by))
    if before:
        found = found.filter(id__lt=before)
    rows = list(found.order_by("-id").defer("raw")[:most])
    secrets.load({row.person_id for row in rows} - {0})
    numbers = _numbers((row.case_id for row in rows), by)
    return [_seen(row, numbers) for row in rows if not row.case_id or row.case_id in numbers]


def one(mail_id: int, by: Actor, *, lock: bool = False) -> Received:
    """That mail, for staff who may see its case. NotFound."""
    found = Received.objects.select_for_update() if lock else Received.objects
    row = found.filter(id=mail_id).first() if may_read(by) else None
    if row is None or (row.case_id and row.case_id not in _numbers([row.case_id], by)):
        raise NotFound()
    return row


def seen(row: Received, by: Actor) -> Seen:
    """One mail as a list shows it."""
    return _seen(row, _numbers([row.case_id], by))


def of_case(case_id: int) -> list[Seen]:
    """The mails that made this case or joined it, oldest first; for whoever may see the case."""
    rows = list(Received.objects.filter(case_id=case_id).order_by("at", "id").defer("raw"))
    return [_seen(row, {}) for row in rows if row.state in ("opened", "joined")]


def answered(case_id: int, person_id: int, before: datetime) -> list[str]:
    """Message-IDs of this person's own mails that made the case or joined it by then: the first
    and the last. The same for the same moment; none once they are erased.
    """
    rows = Received.objects.filter(case_id=case_id, person_id=person_id, decided_at__lte=before)
    own = rows.filter(state__in=("opened", "joined")).exclude(trust="other_address")
    found = list(own.order_by("decided_at", "id").defer("raw"))
    ends = found[:1] + found[1:][-1:]
    return [name for row in ends if (name := head_of(row).get("id", ""))]


def held(by: Actor) -> int:
    """How many mails wait for somebody's decision; as far as a page says it."""
    return counted(Received.objects.filter(state="held")) if may_read(by) else 0


def open_ends(most: int = SHOWN) -> list[tuple[int, datetime]]:
    """The mails that wait for somebody's decision, the oldest first, by id and arrival."""
    rows = Received.objects.filter(state="held").order_by("arrived_at", "id")
    return list(rows.values_list("id", "arrived_at")[:most])


def mailboxes() -> list[Mailbox]:
    """Every mailbox that was ever read, by name."""
    return list(Mailbox.objects.order_by("name"))


def number_of(row: Received) -> str:
    """The number of the mail's case, "" when it has none; for the program that handed it in."""
    return cases.made(row.case_id).number if row.case_id else ""


def _numbers(case_ids: Iterable[int], by: Actor) -> dict[int, str]:
    wanted = set(case_ids) - {0}
    return dict(cases.visible(by).filter(id__in=wanted).values_list("id", "number"))


def _seen(row: Received, numbers: dict[int, str]) -> Seen:
    head = head_of(row)
    name, address = head.get("name", ""), head.get("from", "")
    shown = (mask_name(name) if name else "", mask_email(address) if address else "")
    return Seen(
        id=row.id,
        at=row.arrived_at,
        via=row.via,
        state=row.state,
        reason=row.reason,
        trust=row.trust,
        subject=personal.mask(head.get("subject", "")),
        sender=" ".join(filter(None, shown)),
        number=numbers.get(row.case_id, ""),
        problems=tuple(row.problems),
        size=row.size,
        entry=row.entry_id,
        parts=tuple(row.parts),
    )
