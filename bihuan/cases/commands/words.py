"""What is said on a case: cleaned, with personal numbers sealed away, and hashed for the log."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.cases.models import Case, Entry, Sealed
from bihuan.core import personal
from bihuan.core.actors import Actor
from bihuan.events import log
from bihuan.store import secrets, statements
from bihuan.store.blocks import new_id


@dataclass(frozen=True, slots=True)
class Said:
    """Words ready to be kept: text with tokens, salt, hash for the log, and the sealed numbers."""

    text: str
    salt: bytes
    hash: str
    sealed: tuple[Sealed, ...]


def ready(text: str, *, case_id: int, person_id: int, order_no: str = "", at: datetime) -> Said:
    """Take phones, cards, ID numbers and mail addresses out of a text and seal each (HOUSE §7).

    Brackets that look like our tokens are turned into plain ones first, so nobody can write one.
    `order_no` is a number we have no order of: it is kept below the words, sealed like the rest.
    """
    plain = text.replace("⟦", "[").replace("⟧", "]")
    parts: list[str] = []
    sealed: list[Sealed] = []
    end = 0

    def token(kind: str, value: str, mask: str) -> str:
        id = new_id(at)
        kept = secrets.seal(person_id, "cases_sealed", "value", id, value)
        sealed.append(Sealed(id=id, case_id=case_id, person_id=person_id, kind=kind, value=kept))
        return f"⟦{mask}|{id}⟧"

    for found in personal.find(plain):
        value = plain[found.start : found.end]
        parts += [plain[end : found.start], token(found.kind, value, personal.mask(value))]
        end = found.end
    parts.append(plain[end:])
    if order_no:
        parts.append(f"\n订单号：{token('order', order_no, _end_of(order_no))}")
    kept = "".join(parts)
    salt = random.token_bytes(16)
    return Said(kept, salt, log.words(kept, salt), tuple(sealed))


def _end_of(number: str) -> str:
    """The last four characters, of a number that is long enough to hide something."""
    plain = "".join(c for c in number if c.isalnum())
    return f"****{plain[-4:]}" if len(plain) > 6 else "****"


def say(
    case: Case,
    text: str,
    *,
    kind: str,
    by: Actor,
    at: datetime,
    internal: bool = False,
    channel: str = "",
) -> dict[str, Any]:
    """Keep these words on the case; returns what the event says about them, {} for no words."""
    if not text:
        return {}
    said = ready(text, case_id=case.id, person_id=case.person_id, at=at)
    entry = Entry(
        id=new_id(at),
        case_id=case.id,
        kind=kind,
        voice=by.voice,
        internal=internal,
        author_id=by.id,
        author_name=by.name if by.is_staff else "",
        text=said.text,
        salt=said.salt,
        channel=channel,
        at=at,
    )
    statements.insert(entry)
    Sealed.objects.bulk_create(said.sealed)
    return {"entry": entry.id, "words": said.hash}
