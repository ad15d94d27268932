"""Prove that the log is whole: every chain, the words it speaks of, and each day's outside seal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from bihuan.core import seal
from bihuan.events import log
from bihuan.events.models import DaySeal
from bihuan.events.wires import called, wired

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
AT_ONCE = 500

_CHAINS = """
SELECT stream, seq, kind, at, actor_id, actor_role, clause, data, previous, hash
FROM events_event ORDER BY stream, seq
"""
_HEADS = """
SELECT DISTINCT ON (stream) stream, seq, hash FROM events_event
WHERE at < %s AND stream IN (SELECT stream FROM events_event WHERE at >= %s AND at < %s)
ORDER BY stream, seq DESC
"""
_THERE = """
SELECT wanted.stream, wanted.seq FROM unnest(%s::bigint[], %s::int[], %s::bytea[])
    AS wanted (stream, seq, hash)
LEFT JOIN events_event AS kept USING (stream, seq)
WHERE kept.hash IS DISTINCT FROM wanted.hash ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Said:
    """An event that speaks of words: its data names them (`entry`) and their hash (`words`)."""

    stream: int
    seq: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the proof fails: an event, or (stream 0) the seal of a day, and how.

    changed, missing, reordered, foreign: the chain (core.seal.Broken) · words: not the words
    that were said · cut: the seal knew an event that is not there, or another · seal: the seal
    itself was changed, here or outside · stray: `file` among the seals is named like no day ·
    row: `row` is not there as the event says, or no event says it (seq 0).
    """

    stream: int
    seq: int
    why: str
    day: date | None = None
    file: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A row that stands beside the log, called `row`, and whether it is what its event says."""

    stream: int
    seq: int
    row: str
    same: bool


@dataclass(slots=True)
class Report:
    """What was looked at, and every fault in the order it was found."""

    streams: int = 0
    events: int = 0
    words: int = 0
    rows: int = 0
    seals: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.faults


#: Given events that speak of words, those whose words are there but are not what was said.
#: Words that were erased, salt and all, are not a fault: the event still verifies.
WordCheck = Callable[[Sequence[Said]], Iterable[Said]]
#: Every row of a kind that an event answers for, one that is gone too.
RowCheck = Callable[[], Iterable[Compared]]


def verify_all(seals: Path) -> Report:
    """Check every chain, all words, rows the log answers for, and the seals in this folder.

    Reads through a server-side cursor: memory holds one stream at a time.
    """
    report = Report()
    with transaction.atomic():
        # the seals first: the log only grows, so what they name must be in what is read later
        _check_seals(seals, report)
        checks: list[WordCheck] = [called(path) for path in wired("WORDS", [])]
        with connection.chunked_cursor() as cursor:
            cursor.execute(_CHAINS)
            spoken = _check_chains(_rows(cursor), report)
            while batch := list(islice(spoken, AT_ONCE)):
                report.words += len(batch)
                for check in checks:
                    report.faults += [
                        Fault(said.stream, said.seq, "words") for said in check(batch)
                    ]
        _check_rows(report)
    return report


def _check_rows(report: Report) -> None:
    checks: list[RowCheck] = [called(path) for path in wired("ROWS", [])]
    for one in (compared for check in checks for compared in check()):
        report.rows += 1
        if not one.same:
            report.faults.append(Fault(one.stream, one.seq, "row", row=one.row))


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(AT_ONCE):
        yield from rows


def _check_chains(rows: Iterable[tuple[Any, ...]], report: Report) -> Iterator[Said]:
    for stream, kept in groupby(rows, key=lambda row: row[0]):
        chain = [_sealed(row) for row in kept]
        report.streams += 1
        report.events += len(chain)
        if broken := seal.verify_chain(chain):
            report.faults.append(Fault(stream, broken.seq, broken.why))
        for one in chain:
            data: Any = one.event["data"]
            if "words" in data:
                yield Said(stream, int(str(one.event["seq"])), str(one.event["kind"]), data)


def _sealed(row: tuple[Any, ...]) -> seal.Sealed:
    stream, seq, kind, at, actor_id, role, clause, data, previous, link = row
    read = json.loads(data, parse_float=str)  # whoever tampers may leave anything behind
    event = log.facts(
        stream=stream, seq=seq, kind=kind, at=at, actor_id=actor_id, actor_role=role,
        clause=clause, data=read if isinstance(read, dict) else {"": read},
    )  # fmt: skip
    return seal.Sealed(event, bytes(previous), bytes(link))


def _check_seals(folder: Path, report: Report) -> None:
    """Each day's file gives its root, the database knows the same one, and its heads are there."""
    known = {row.day: bytes(row.root) for row in DaySeal.objects.all()}
    found: dict[date, Path] = {}
    for path in sorted(folder.glob("????-??-??.json")):
        try:
            found[date.fromisoformat(path.stem)] = path
        except ValueError:
            report.faults.append(Fault(0, 0, "stray", file=path.name))
    for day in sorted(found.keys() | known.keys()):
        report.seals += 1
        heads = _read(found[day]) if day in found else None
        if heads is None or _root(heads) != known.get(day):
            report.faults.append(Fault(0, 0, "seal", day))
        for first in range(0, len(heads or ()), AT_ONCE):
            batch = (heads or [])[first : first + AT_ONCE]
            with connection.cursor() as cursor:
                cursor.execute(_THERE, [list(column) for column in zip(*batch, strict=True)])
                report.faults += [Fault(stream, seq, "cut", day) for stream, seq in cursor]


Head = tuple[int, int, bytes]  # stream, seq, hash


def _root(heads: Iterable[Head]) -> bytes:
    return seal.merkle_root([seal.head_leaf(*head) for head in heads])


def _read(path: Path) -> list[Head] | None:
    """The heads of a file whose own root fits them; None when it does not, or is no seal."""
    try:
        kept = json.loads(path.read_bytes())
        heads = [(int(s), int(n), bytes.fromhex(h)) for s, n, h in kept["heads"]]
        return heads if _root(heads).hex() == kept["root"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def seal_days(at: datetime, folder: Path) -> list[date]:
    """Seal every Shanghai day that has ended since the last seal; returns those days.

    A seal covers the heads of the streams that moved that day; the first one covers all that
    was said before it. What is written later with an earlier `at` is under the seal of the next
    day on which its stream moves. The file is there, on disk, before its row.
    """
    last = DaySeal.objects.order_by("-day").values_list("day", flat=True).first()
    yesterday = at.astimezone(SHANGHAI).date() - ONE_DAY
    days = [yesterday] if last is None else list(_days(last + ONE_DAY, yesterday))
    for day in days:
        _seal(day, at, folder, everything=last is None)
    return days


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _seal(day: date, at: datetime, folder: Path, *, everything: bool) -> None:
    starts = datetime.combine(day, time(), SHANGHAI)
    ends = starts + ONE_DAY
    since = datetime.min.replace(tzinfo=UTC) if everything else starts
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('events_dayseal'))")
        if DaySeal.objects.filter(day=day).exists():
            return
        cursor.execute(_HEADS, [ends, since, ends])
        heads = [(stream, seq, bytes(link)) for stream, seq, link in cursor.fetchall()]
        root = _root(heads)
        _write(folder / f"{day.isoformat()}.json", day, root, heads, at)
        DaySeal.objects.create(day=day, root=root, streams=len(heads), sealed_at=at)


def _write(path: Path, day: date, root: bytes, heads: Sequence[Head], at: datetime) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(
        {
            "day": day.isoformat(),
            "sealed_at": at.isoformat(),
            "root": root.hex(),
            "heads": [[stream, seq, link.hex()] for stream, seq, link in heads],
        }
    )
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
