"""What people do about a mail that opened no case, and what time does."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from bihuan.accounts import commands as accounts
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound, NotPossible
from bihuan.events import log
from bihuan.mail import queries, rules
from bihuan.mail.commands.settling import settle
from bihuan.mail.commands.taking import Reads, read_again
from bihuan.mail.models import Received

FORGOTTEN_AT_ONCE = 500
UNDECIDED = ("held", "ignored")


def open_by_hand(*, mail_id: int, reader: Reads, by: Actor, at: datetime) -> Received:
    """立案：a mail that was held or taken for automatic becomes a case; it counts from its arrival.

    What answers a letter of ours joins the case of that, as it would have by itself. NotFound;
    NotPossible for one that has its case, or whose bytes are forgotten.
    """
    row = queries.one(mail_id, by)
    if row.state not in UNDECIDED or row.raw is None:
        raise NotPossible("1.3", state=row.state, action="open_mail", possible=[])
    with transaction.atomic():
        known = read_again(row, reader)
        verdict = rules.JOIN if known.joins and not known.letter.bounce else rules.OPEN
        done = settle(row, known, rules.Verdict(verdict), at)
        if done is row and done.state in ("opened", "joined"):  # not by another meanwhile
            _decided(done, "mail.opened", by, at)
    return done


@transaction.atomic
def dismiss(*, mail_id: int, reason: str, by: Actor, at: datetime) -> Received:
    """不立案：somebody looked at a held mail and says why it is no request. NotFound, NotPossible.

    It stays with the ignored ones, from where it may still be opened.
    """
    row = queries.one(mail_id, by, lock=True)
    if row.state != "held":
        raise NotPossible("1.3", state=row.state, action="dismiss_mail", possible=[])
    row.note = inputs.words(reason, field="reason", least=2, most=200, lines=False)
    row.state = "ignored"
    row.save(update_fields=["state", "note"])
    _decided(row, "mail.dismissed", by, at)
    return row


def _decided(row: Received, kind: str, by: Actor, at: datetime) -> None:
    row.decided_by, row.decided_at = by.id, at
    row.save(update_fields=["decided_by", "decided_at"])
    log.append(
        kind, stream=row.case_id or row.id, by=by, at=at, clause="1.3", mail=row.id,
        reason_code=row.reason,
    )  # fmt: skip


@transaction.atomic
def open_original(*, mail_id: int, reason: str, by: Actor, at: datetime) -> bytes:
    """查看原件：the mail as it came, with the reason kept and the look logged (3.3).

    NotFound, also once its bytes are forgotten or its person was erased; Invalid for the reason.
    """
    row = queries.one(mail_id, by)
    raw = queries.raw_of(row)
    if raw is None:
        raise NotFound()
    accounts.look(
        person_id=row.person_id, field="mail", reason=reason, case_id=row.case_id,
        stream=row.case_id or row.person_id or row.id, by=by, at=at,
    )  # fmt: skip
    return raw


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Drop the bytes of what opened no case once nobody asks for them: how many mails."""
    old = Received.objects.filter(
        state__in=("ignored", "duplicate"),
        decided_at__lt=at - settings.MAIL_KEPT,
        raw__isnull=False,
    )
    ids = list(old.values_list("id", flat=True)[:FORGOTTEN_AT_ONCE])
    return Received.objects.filter(id__in=ids).update(raw=None, head=None, envelope=None)
