"""What must be true after any fault (RELIABILITY §2), asked of the database and the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from bihuan.cases import queries as cases
from bihuan.cli.bench.filers import Ack
from bihuan.core import clocks
from bihuan.core.actors import SYSTEM
from bihuan.events import delivery, seals
from bihuan.policy import queries as policy

_AT_ONCE = 500
_MARK = re.compile(r"（回执标记([a-z]+)）")
_FILED = """
SELECT c.number, e.text, (
    SELECT count(*) FROM events_event WHERE stream = c.id AND kind = 'case.filed'
) FROM cases_case c JOIN cases_entry e ON e.case_id = c.id AND e.kind = 'filing'
"""
_UNHEARD = """
SELECT count(*) FROM events_event e WHERE kind = ANY(%s) AND NOT EXISTS (
    SELECT FROM events_heard h
    WHERE h.subscriber = %s AND h.stream = e.stream AND h.seq = e.seq
)
"""
_WAITING = """
SELECT (SELECT count(*) FROM events_pending), (SELECT count(*) FROM events_deadletter),
    (SELECT count(*) FROM notify_message WHERE state = 'queued')
"""
#: Hard dues that passed by %s: how often each was said, and how many records it opened.
_BREACHES = """
SELECT k.case_id, k.milestone, k.late_at IS NOT NULL, (
    SELECT count(*) FROM events_event e WHERE e.stream = k.case_id AND e.kind = 'clock.missed'
        AND e.data ->> 'milestone' = k.milestone
        AND (e.data ->> 'due_at')::timestamptz = k.due_at
), (
    SELECT count(*) FROM complaints_accountability a WHERE a.case_id = k.case_id
        AND a.round = k.round AND a.milestone = k.milestone AND a.due_at = k.due_at
) FROM cases_clock k
WHERE k.hard AND k.done_at IS NULL AND k.void_at IS NULL AND k.due_at < %s
"""


@dataclass(slots=True)
class Found:
    """Every breach of an invariant, named; all empty when nothing went wrong."""

    cases: int = 0
    events: int = 0
    clocks: int = 0
    breaches: int = 0
    lost: list[str] = field(default_factory=list)  # I1: acknowledged, not there
    doubled: list[str] = field(default_factory=list)  # I2: there twice
    invented: list[str] = field(default_factory=list)  # I2: there, never sent
    clockless: list[str] = field(default_factory=list)  # I3: not the clocks the policy gives
    unjudged: list[str] = field(default_factory=list)  # I4: not one record for one breach
    broken: list[str] = field(default_factory=list)  # I5: the chain, or not one filing event
    unheard: list[str] = field(default_factory=list)  # an event that was not handed on


def verify(tried: set[str], acks: Sequence[Ack], seals_folder: Path, at: datetime) -> Found:
    """Look at everything; `at` is the moment by which passed dues must have been judged."""
    found = Found()
    _filings(found, tried, acks)
    for case, rows in _cases():
        found.cases += 1
        found.clocks += len(rows)
        if not _as_promised(case, rows):
            found.clockless.append(case.number)
    report = seals.verify_all(seals_folder)
    found.events = report.events
    found.broken += [f"{f.stream}/{f.seq} {f.why}" for f in report.faults]
    found.unheard += unheard()
    breaches = _rows(_BREACHES, at)
    found.breaches = len(breaches)
    found.unjudged += _unjudged(breaches)
    return found


def under_way(at: datetime) -> list[str]:
    """What is still to be done before the proof may be asked for."""
    waits = unheard()
    pending, _dead, queued = _rows(_WAITING)[0]
    if pending or queued:
        waits.append(f"{pending} events and {queued} messages wait")
    late = _unjudged(_rows(_BREACHES, at))
    return [*waits, f"{len(late)} breaches wait"] if late else waits


def _unjudged(breaches: Sequence[tuple[Any, ...]]) -> list[str]:
    """Those that were not said once, with one record (I4)."""
    return [f"{case} {step}" for case, step, *facts in breaches if facts != [True, 1, 1]]


def unheard() -> list[str]:
    """Subscribers that have not heard of everything they should; dead letters too."""
    found = []
    for subscriber in delivery.subscribers():
        missing = _rows(_UNHEARD, sorted(subscriber.kinds), subscriber.name)[0][0]
        if missing:
            found.append(f"{subscriber.name} has not heard {missing}")
    dead = _rows(_WAITING)[0][1]
    return [*found, f"{dead} dead letters"] if dead else found


def _filings(found: Found, tried: set[str], acks: Sequence[Ack]) -> None:
    """I1, I2 and the one filing event of each case."""
    numbers: dict[str, list[str]] = {}
    for number, text, events in _rows(_FILED):
        mark = _MARK.search(text)
        numbers.setdefault(mark[1] if mark else "", []).append(number)
        if events != 1:
            found.broken.append(f"{number} was filed {events} times in its log")
    found.lost += [ack.number for ack in acks if ack.number not in numbers.get(ack.mark, [])]
    found.doubled += [mark for mark, given in numbers.items() if len(given) > 1]
    found.invented += [mark for mark in numbers if mark not in tried]


def _cases() -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every case with its clock rows."""
    last = 0
    while batch := list(cases.visible(SYSTEM).filter(id__gt=last).order_by("id")[:_AT_ONCE]):
        last = batch[-1].id
        rows = cases.clocks_of(batch)
        for case in batch:
            yield case, rows[case.id]


def _as_promised(case: Any, rows: Sequence[Any]) -> bool:
    """The rows are those the handbook gives, counted here anew (I3)."""
    try:
        book = policy.pinned(case.policy_id)
    except ObjectDoesNotExist:  # its handbook was lost with what had not reached the disk
        return False
    promises = book.promises_for(
        kind=case.kind, channel=case.channel, category=case.category,
        severity=case.severity, tier=case.tier,
    )  # fmt: skip
    starts = clocks.receipt(case.received_at)
    owed = clocks.rows(clocks.deadlines(promises, starts, policy.workdays()))
    kept = [row for row in rows if not _of_a_lower_tier(row, book, case.tier)]
    first = min((row.effective_due_at for row in rows if row.hard), default=None)
    return case.next_due_at == first and sorted(map(_facts, kept)) == sorted(map(_facts, owed))


def _of_a_lower_tier(row: Any, book: Any, tier: int) -> bool:
    """What a tier had promised before the case rose runs on, and is judged (4.2)."""
    applies = [book.promise(id).applies.tier for id in row.promises]
    return all(tiers and max(tiers) < tier for tiers in applies)


def _facts(row: Any) -> tuple[Any, ...]:
    return (row.milestone, row.due_at, row.effective_due_at, row.hard, tuple(row.promises))


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def judged_by(at: datetime) -> datetime:
    """Dues up to here must have been judged: a minute is allowed after any fault (I4)."""
    return at - timedelta(seconds=60)
