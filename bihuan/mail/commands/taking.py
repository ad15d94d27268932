"""Take a kept mail: read it, decide, and let it become a case or join its own."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import InterfaceError, OperationalError

from bihuan.accounts import queries as accounts
from bihuan.core import personal
from bihuan.core.actors import SYSTEM
from bihuan.mail import queries, rules
from bihuan.mail.commands.settling import Known, settle
from bihuan.mail.models import Received
from bihuan.mail.parsing.letter import Letter
from bihuan.mail.reader import Unreadable
from bihuan.notify import commands as notify
from bihuan.notify import queries as notices
from bihuan.notify.queries import Replied
from bihuan.store import blobs, statements

LEASE = timedelta(minutes=5)  # a mail takes 20 s of computing at most: its own, then its head
BATCH = 10
_AWAY = (OperationalError, InterfaceError)  # the database, not the mail, is at fault
_log = logging.getLogger(__name__)

_LEASE = """
WITH free AS (
    SELECT id FROM mail_received WHERE state = 'waiting' AND next_try_at <= %(at)s
    ORDER BY next_try_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE mail_received AS mail SET tries = tries + 1, next_try_at = %(until)s
FROM free WHERE mail.id = free.id RETURNING mail.*
"""


class Reads(Protocol):
    """Reads mails at a safe distance: `read` and `head` raise Unreadable."""

    def read(self, raw: bytes) -> Letter: ...

    def head(self, raw: bytes) -> Letter: ...


def lease(at: datetime, *, most: int = BATCH, mail_id: int = 0) -> list[Received]:
    """The mails that wait longest, for this taker alone until LEASE is over; or that one."""
    if mail_id:
        row = Received.objects.filter(id=mail_id, state="waiting")
        row.update(tries=1, next_try_at=at + LEASE)
        return list(row)
    values = {"at": at, "until": at + LEASE, "most": most}
    taken = statements.fetch(Received, _LEASE, values)
    return sorted(taken, key=lambda row: (row.at, row.id))


def take(row: Received, reader: Reads, *, at: datetime) -> Received:
    """受理来信：read one leased mail and do what it asks for; its row as it stands then.

    A fault leaves it waiting for the next try; after the last one it becomes a case all the
    same, which says that a person must read it. Database faults are the caller's.
    """
    if row.tries > rules.TRIES:  # whoever tried before is gone each time
        return _take_unread(row, at)
    try:
        known, verdict = _read_and_decided(row, reader, at)
        if known.letter.parts and row.tries < rules.TRIES and not blobs.may_keep():
            return _later(row, at)  # its files are not lost for a scanner that just starts anew
        return settle(row, known, verdict, at)
    except _AWAY:
        raise
    except Exception:
        _log.exception("mail %d, try %d", row.id, row.tries)
        if row.tries >= rules.TRIES:
            return _take_unread(row, at)
        return _later(row, at)


def _later(row: Received, at: datetime) -> Received:
    wait = min(rules.FIRST_WAIT * 2**row.tries, rules.LONGEST_WAIT)
    Received.objects.filter(id=row.id, state="waiting").update(next_try_at=at + wait)
    row.refresh_from_db()
    return row


def _take_unread(row: Received, at: datetime) -> Received:
    """File it with what is known without reading: the envelope's sender, and that it is here."""
    raw, sender = queries.raw_of(row) or b"", queries.envelope_of(row).sender
    recipient = row.recipient or settings.MAIL_ADDRESSES[0]
    known = Known(
        letter=Letter(from_email=sender or "", problems=("could_not_be_filed",)),
        sender=sender,
        recipient=recipient,
        digest=rules.digest_of_raw(raw, recipient),
        trust="none",
        must_be_read=True,
    )
    try:
        return settle(row, known, rules.Verdict(rules.OPEN), at)
    except _AWAY:
        raise
    except Exception as fault:
        _log.exception("mail %d cannot be filed at all", row.id)
        code = f"fault_{type(fault).__name__}"[:40]
        return settle(row, known, rules.Verdict(rules.HOLD, code), at)


def read_again(row: Received, reader: Reads) -> Known:
    """The mail read once more, for somebody who decides what becomes of it."""
    raw = queries.raw_of(row) or b""
    letter = _read(raw, reader)
    if row.cut:
        letter = replace(letter, problems=(*letter.problems, "too_large"))
    return _known(row, letter, raw)


def _read_and_decided(row: Received, reader: Reads, at: datetime) -> tuple[Known, rules.Verdict]:
    known = read_again(row, reader)
    letter, replied = known.letter, known.replied
    if letter.bounce and replied and _is_believed(known):
        notify.bounced(
            message_id=replied.message_id, permanent=letter.bounce.permanent,
            status=letter.bounce.status, by=SYSTEM, at=at,
        )  # fmt: skip
    return known, rules.decide(
        letter, sender=known.sender, ours=settings.MAIL_ADDRESSES, joins=known.joins
    )


def _read(raw: bytes, reader: Reads) -> Letter:
    """The letter as far as it can be read."""
    try:
        return reader.read(raw)
    except Unreadable as fault:
        try:
            letter = reader.head(raw)
        except Unreadable:
            letter = Letter()
        return replace(letter, problems=(fault.reason, "only_the_head"))


def _known(row: Received, letter: Letter, raw: bytes) -> Known:
    envelope = queries.envelope_of(row)
    named = (*envelope.recipients, *letter.delivered_to, *letter.to, *letter.cc)
    recipient = rules.recipient(named, settings.MAIL_ADDRESSES, settings.MAIL_ADDRESSES[0])
    answered = (*named, letter.in_reply_to, *letter.references)
    if letter.bounce:
        answered = (*named, letter.bounce.original_id, letter.in_reply_to, *letter.references)
    replied = notices.replied_to(answered)
    read = bool(letter.body_hash)
    return Known(
        letter=letter,
        sender=envelope.sender,
        recipient=recipient,
        digest=rules.digest(letter, recipient) if read else rules.digest_of_raw(raw, recipient),
        replied=replied,
        trust=_trust(letter, replied),
        must_be_read=rules.must_be_read(letter),
    )


def _trust(letter: Letter, replied: Replied | None) -> str:
    """Who answers our letter from where it went has both the letter and the address."""
    if replied and replied.person_id:
        kept = accounts.mail_of(replied.person_id)
        same = kept is not None and personal.normal_email(letter.from_email) == kept
        return "reply" if same else "other_address"
    return rules.trust(letter, authority=settings.MAIL_AUTHORITY)


def _is_believed(known: Known) -> bool:
    """Whether a report may say that a letter did not arrive: from the null sender, of its address.

    Whoever holds a letter of ours could else cut its reader off from all that follow.
    """
    bounce, replied = known.letter.bounce, known.replied
    if bounce is None or replied is None or known.sender:
        return False
    where = accounts.mail_of(replied.person_id) if replied.person_id else None
    told = {personal.normal_email(one) for one in bounce.recipients}
    return not where or not told or where in told
