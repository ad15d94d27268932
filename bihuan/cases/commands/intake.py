"""File a case: registered, classified, routed and put on its clocks in one transaction (2.2.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from bihuan.accounts import commands as people
from bihuan.accounts.commands import Contact, Recognised
from bihuan.cases import deadlines, queries, rules
from bihuan.cases.commands import intake_rows as rows_of
from bihuan.cases.commands import transcripts, words
from bihuan.cases.commands.filing import Checked, Filed, Filing, check, known_values, missing
from bihuan.cases.models import Case, Draft, File, Sealed
from bihuan.cases.routing import choice
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI, ClockRow
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Conflict, Invalid
from bihuan.events import log
from bihuan.orders import queries as orders
from bihuan.policy import queries as policy
from bihuan.store import secrets
from bihuan.store.blocks import new_id, new_number
from bihuan.store.statements import fresh, run

_KNOWN = """
SELECT case_id, digest, answer, key FROM cases_idempotencykey WHERE actor_id = %s AND key = ANY(%s)
"""

Answer = Callable[[Case, Sequence[ClockRow]], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One filing as it is asked for; the fields are those of `file`."""

    filing: Filing
    by: Actor
    at: datetime
    key: str = ""
    digest: bytes = b""
    answer: Answer | None = None

    @property
    def kept_keys(self) -> list[str]:
        """By what it is known again: the key given, and the id of the message in its channel."""
        filing = self.filing
        message = f"{filing.channel}:{filing.external_id}"[:200] if filing.external_id else ""
        return [key for key in dict.fromkeys([self.key, message]) if key]


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that is judged and owed its clocks, and only has to be written."""

    filed: Filed
    said: words.Said
    filing: Filing
    who: Recognised | None
    values: rows_of.Values

    @property
    def needs_more(self) -> bool:
        """Whether more is written than the one statement does."""
        filing = self.filing
        return bool(
            self.said.sealed
            or filing.draft_id
            or filing.transcript
            or (self.who and self.who.unfinished)
        )


def file(
    *,
    filing: Filing,
    key: str = "",
    digest: bytes = b"",
    answer: Answer | None = None,
    by: Actor,
    at: datetime,
) -> Filed:
    """登记：make it a case with its number and clocks, at once (2.2.1).

    The same `key` and `digest` give the first answer again; with another digest, Conflict.
    A message with an `external_id` is taken once from an actor and channel. Invalid names every
    faulty field.
    """
    return file_asked(Asked(filing=filing, key=key, digest=digest, answer=answer, by=by, at=at))


def file_once(*, filing: Filing, visit: str, by: Actor, at: datetime) -> Filed:
    """As `file`, for a form: sent twice from one visit it is one case, with other words another."""
    same = secrets.digest("once", repr(replace(filing, draft_id=0)))
    return file(filing=filing, key=f"once:{visit}:{same.hex()}", digest=same, by=by, at=at)


def file_asked(asked: Asked) -> Filed:
    """As `file`."""
    try:
        return _written(asked)
    except (IntegrityError, Invalid) as fault:
        # most keys are new, so nobody looks for one before the statement that must be told apart
        if asked.kept_keys and (known := _replay(asked)):
            return known
        if isinstance(fault, Invalid):
            raise
    # somebody else registered the same person between our look and our write
    return _written(asked)


def _replay(asked: Asked) -> Filed | None:
    keys = asked.kept_keys
    found = sorted(run(_KNOWN, [asked.by.id, keys]), key=lambda row: keys.index(row[3]))
    if not found:
        return None
    case_id, known, answer, key = found[0]
    if bytes(known) != asked.digest:
        raise Conflict(key=key)
    return Filed(queries.made(case_id), replayed=True, answer=bytes(answer))


def _written(asked: Asked) -> Filed:
    """One statement for everything that must be true at once; the files follow (HOUSE §5)."""
    filing = asked.filing
    checked = check(filing, asked.key, asked.at)
    who = None if filing.person_id else people.recognise(filing.contact, asked.at)
    ready = judged(asked, checked, who)
    # a single statement is whole or nothing by itself: it needs no transaction around it
    more = ready.needs_more or connection.in_atomic_block
    with transaction.atomic() if more else nullcontext():
        rows_of.write([ready.values])
        _write_more(ready.said, filing, ready.filed.case)
        if checked.transcript:
            transcripts.keep(ready.filed.case, checked.transcript, asked.by, asked.at)
        if who and who.unfinished:
            people.complete(who)
    return ready.filed


def judged(asked: Asked, checked: Checked, who: Recognised | None) -> Ready:
    """Everything decided and counted. Invalid for a category or an issue the policy has not."""
    filing, by, at = asked.filing, asked.by, asked.at
    policy_id, book = policy.in_force(checked.received_at)
    known_values(filing, book)
    ruled = queries.in_force()
    person_id = who.id if who else filing.person_id
    case = _sorted(checked, book, ruled, person_id=person_id, at=at)
    case.policy_id = policy_id
    rows = deadlines.owed(case, book, policy.workdays())
    case.next_due_at, case.next_milestone = deadlines.head(rows)
    said = words.ready(
        checked.text,
        case_id=case.id,
        person_id=case.person_id,
        order_no="" if case.order_id else filing.order_no.strip(),
        at=at,
    )
    entry_id = new_id(at)
    event = log.row(
        "case.filed", stream=case.id, by=by, at=at, clause="2.2.1",
        data=_what_happened(case, entry_id, said, ruled.version),
    )  # fmt: skip
    answer = asked.answer(case, rows) if asked.answer else b""
    filed = Filed(case, rows, answer=answer, entry=entry_id)
    values = (
        dict(who.columns if who else {})
        | rows_of.columns(case)
        | rows_of.clocks(rows)
        | rows_of.entry(entry_id, said, by)
        | rows_of.event(event)
        | {
            "at": at, "keys": asked.kept_keys, "digest": asked.digest,
            "answer": filed.answer,
        }
    )  # fmt: skip
    return Ready(filed, said, filing, who, values)


def _sorted(
    checked: Checked, book: Handbook, ruled: choice.Rules, *, person_id: int, at: datetime
) -> Case:
    """The case with its order, four ladders, department and owner, not yet written."""
    filing = checked.filing
    order = orders.for_filing(person_id=person_id, order_id=filing.order_id, number=filing.order_no)
    facts = rules.Facts(
        kind=filing.kind,
        channel=filing.channel,
        text=f"{checked.subject}\n{checked.text}",
        category=filing.category,
        issue=filing.issue,
        fen=order.paid_fen if order else 0,
    )
    merchant = filing.merchant_id or (order.merchant_id if order else 0)
    routed = choice.route(
        rules.judge(facts, book), facts, merchant=merchant, book=book, rules=ruled
    )
    verdict = routed.verdict
    place = queries.placed(verdict.department, at, fallback=routed.fallback, skill=routed.skill)
    if place.department != verdict.department:
        verdict = choice.elsewhere(verdict, place.department)
    case = _case(checked, verdict, person_id=person_id, at=at)
    case.owner_id, case.merchant_id = place.owner_id, merchant
    if order:
        case.order_id = order.id
    return case


def _what_happened(case: Case, entry_id: int, said: words.Said, version: int) -> dict[str, object]:
    """What the first event says: facts, and the words by their hash only.

    `routing` is the version of the owner's rules; without one the handbook's routes decided.
    """
    return ({"routing": version} if version else {}) | {
        "number": case.number,
        "round": 1,
        "version": 1,
        "to": "filed",
        "kind": case.kind,
        "channel": case.channel,
        "category": case.category,
        "issue": case.issue,
        "severity": case.severity,
        "tier": case.tier,
        "priority": case.priority,
        "department": case.department,
        "owner": case.owner_id,
        "policy": case.policy_id,
        "received_at": case.received_at.isoformat(),
        "missing": case.missing,
        "entry": entry_id,
        "words": said.hash,
    }


def _case(checked: Checked, verdict: rules.Verdict, *, person_id: int, at: datetime) -> Case:
    filing = checked.filing
    return fresh(
        Case,
        id=new_id(at),
        number=new_number(checked.received_at.astimezone(SHANGHAI).date()),
        kind=filing.kind,
        channel=filing.channel,
        subject=checked.subject,
        wish=checked.wish,
        category=verdict.category,
        issue=verdict.issue,
        severity=verdict.severity,
        tier=verdict.tier,
        priority=verdict.priority,
        rank=rules.rank(kind=filing.kind, category=verdict.category, priority=verdict.priority),
        reasons=[reason.kept() for reason in verdict.reasons],
        missing=missing(filing),
        person_id=person_id,
        merchant_id=filing.merchant_id,
        department=verdict.department,
        received_at=checked.received_at,
        registered_at=at,
        round_at=checked.received_at,
        external_id=filing.external_id,
    )


def _write_more(said: words.Said, filing: Filing, case: Case) -> None:
    """The sealed numbers; and the files of the draft become evidence of the case."""
    if said.sealed:
        Sealed.objects.bulk_create(said.sealed)
    if filing.draft_id:
        File.objects.filter(draft_id=filing.draft_id, case_id=0).update(
            case_id=case.id, person_id=case.person_id
        )
        Draft.objects.filter(id=filing.draft_id).update(case_id=case.id)


__all__ = [
    "Asked",
    "Contact",
    "Filed",
    "Filing",
    "Ready",
    "file",
    "file_asked",
    "file_once",
    "judged",
]
