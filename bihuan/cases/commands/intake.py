"""File a case: registered, classified, routed and put on its clocks in one transaction (2.2.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.db import IntegrityError, connection, transaction

from bihuan.accounts import commands as people
from bihuan.accounts.commands import Contact
from bihuan.cases import deadlines, queries, rules
from bihuan.cases.commands import words
from bihuan.cases.commands.filing import Checked, Filed, Filing, check, known_values, missing
from bihuan.cases.models import Case, Draft, File, Sealed
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI, ClockRow
from bihuan.core.handbook import Handbook
from bihuan.core.refusals import Conflict, Invalid
from bihuan.events import log
from bihuan.orders import queries as orders
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id, new_number
from bihuan.store.statements import Numbered, array, run

_KNOWN = """
SELECT case_id, digest, answer FROM cases_idempotencykey WHERE actor_id = %s AND key = %s
"""

Answer = Callable[[Case, Sequence[ClockRow]], bytes]


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
    A message with an `external_id` is taken once a channel. Invalid names every faulty field.
    """
    checked = check(filing, key, at)
    if filing.external_id and not key:
        key = f"{filing.channel}:{filing.external_id}"[:200]
    try:
        return _written(checked, key=key, digest=digest, answer=answer, by=by, at=at)
    except (IntegrityError, Invalid) as fault:
        # most keys are new, so nobody looks for one before the statement that must be told apart
        if key and (known := _replay(key, digest, by)):
            return known
        if isinstance(fault, Invalid):
            raise
    # somebody else registered the same person between our look and our write
    return _written(checked, key=key, digest=digest, answer=answer, by=by, at=at)


def _replay(key: str, digest: bytes, by: Actor) -> Filed | None:
    found = run(_KNOWN, [by.id, key])
    if not found:
        return None
    case_id, known, answer = found[0]
    if bytes(known) != digest:
        raise Conflict(key=key)
    return Filed(Case.objects.get(id=case_id), replayed=True, answer=bytes(answer))


def _written(
    checked: Checked, *, key: str, digest: bytes, answer: Answer | None, by: Actor, at: datetime
) -> Filed:
    """One statement for everything that must be true at once; the files follow (HOUSE §5)."""
    filing = checked.filing
    policy_id, book = policy.in_force(checked.received_at)
    known_values(filing, book)
    who = None if filing.person_id else people.recognise(filing.contact, at)
    case = _judged(checked, book, person_id=who.id if who else filing.person_id, at=at)
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
        data=_what_happened(case, entry_id, said),
    )  # fmt: skip
    given = answer(case, rows) if answer else b""
    values = (
        _columns(case)
        | _arrays(rows)
        | _entry(case, entry_id, said, by)
        | _event(event)
        | {"at": at, "key": key, "digest": digest, "answer": given}
    )
    newcomer = who.columns if who else {}
    unfinished = who if who and who.unfinished else None
    with _together(bool(said.sealed or filing.draft_id or unfinished)):
        statement(newcomer=bool(newcomer)).run({**values, **newcomer})
        _write_more(said, filing, case)
        if unfinished:
            people.complete(unfinished)
    return Filed(case, rows, answer=given)


def _together(more: bool) -> AbstractContextManager[None]:
    """A transaction; none for a single statement, which is whole or nothing by itself."""
    if more or connection.in_atomic_block:
        return transaction.atomic()
    return nullcontext()


def _judged(checked: Checked, book: Handbook, *, person_id: int, at: datetime) -> Case:
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
    verdict = rules.judge(facts, book)
    case = _case(checked, verdict, person_id=person_id, at=at)
    if order:
        case.order_id, case.merchant_id = order.id, case.merchant_id or order.merchant_id
    case.owner_id = queries.lightest(verdict.department, at)
    return case


def _what_happened(case: Case, entry_id: int, said: words.Said) -> dict[str, object]:
    """What the first event says: facts, and the words by their hash only."""
    return {
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


def _entry(case: Case, entry_id: int, said: words.Said, by: Actor) -> dict[str, Any]:
    """What the person said, in the person's voice, whoever wrote it down."""
    return {
        "entry_id": entry_id,
        "voice": "user" if by.is_staff else by.voice,
        "author_id": case.person_id,
        "author_name": "",
        "text": said.text,
        "salt": said.salt,
    }


def _event(event: log.EventRow) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "event_kind": event.kind,
        "actor_id": event.actor_id,
        "actor_role": event.actor_role,
        "clause": event.clause,
        "data": event.json,
        "previous": event.previous,
        "hash": event.hash,
    }


def _case(checked: Checked, verdict: rules.Verdict, *, person_id: int, at: datetime) -> Case:
    filing = checked.filing
    return Case(
        id=new_id(at),
        number=new_number(checked.received_at.astimezone(SHANGHAI).date()),
        kind=filing.kind,
        channel=filing.channel,
        subject=checked.subject,
        wish=filing.wish.strip(),
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


_COLUMNS = [
    "id",
    "number",
    "kind",
    "channel",
    "subject",
    "wish",
    "category",
    "issue",
    "severity",
    "tier",
    "priority",
    "rank",
    "missing",
    "person_id",
    "merchant_id",
    "order_id",
    "department",
    "owner_id",
    "policy_id",
    "received_at",
    "next_due_at",
    "next_milestone",
    "external_id",
]


def _columns(case: Case) -> dict[str, Any]:
    """The columns that intake.sql writes."""
    return {name: getattr(case, name) for name in _COLUMNS} | {
        "missing": array(case.missing),
        "reasons": msgspec.json.encode(case.reasons).decode(),
    }


def _arrays(rows: Sequence[ClockRow]) -> dict[str, Any]:
    return {
        "milestones": array(r.milestone for r in rows),
        "dues": array(r.due_at.isoformat() for r in rows),
        "effectives": array(r.effective_due_at.isoformat() for r in rows),
        "starts": array(r.started_at.isoformat() for r in rows),
        "hards": array("t" if r.hard else "f" for r in rows),
        "statuses": array(r.status for r in rows),
        "promises": array(",".join(r.promises) for r in rows),
    }


@cache
def statement(*, newcomer: bool) -> Numbered:
    """intake.sql, for a newcomer with the person and their key before the rest."""
    text = (Path(__file__).parents[1] / "intake.sql").read_text(encoding="utf-8")
    if newcomer:
        text = text.replace("WITH filed", f"WITH {people.MADE}, filed", 1)
    return Numbered(text)


def _write_more(said: words.Said, filing: Filing, case: Case) -> None:
    """The sealed numbers; and the files of the draft become evidence of the case."""
    if said.sealed:
        Sealed.objects.bulk_create(said.sealed)
    if filing.draft_id:
        File.objects.filter(draft_id=filing.draft_id, case_id=0).update(
            case_id=case.id, person_id=case.person_id
        )
        Draft.objects.filter(id=filing.draft_id).update(case_id=case.id)


__all__ = ["Contact", "Filed", "Filing", "file"]
