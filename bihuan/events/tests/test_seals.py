"""The proof: whatever is done to the log behind its back is found, and erasing words is not."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction

from bihuan.cli import verify
from bihuan.core.actors import SYSTEM
from bihuan.events import log, seals, tasks
from bihuan.events.models import DaySeal, Event
from bihuan.events.seals import Fault, Report, Said
from bihuan.store.postgres import Urls

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
SALT = bytes(range(16))
KEPT: dict[int, tuple[bytes, str]] = {}  # the words of entries, as another room keeps them
WORDS = [f"{__name__}.changed"]


def changed(batch: Sequence[Said]) -> Iterable[Said]:
    for said in batch:
        kept = KEPT.get(said.data["entry"])
        if kept and log.words(kept[1], kept[0]) != said.data["words"]:
            yield said


@pytest.fixture(autouse=True)
def wires(settings: Any, tmp_path: Path) -> None:
    settings.BIHUAN_WIRING = __name__
    settings.HOME = tmp_path / "home"
    KEPT.clear()


def say(stream: int, times: int = 1, at: datetime = AT, **data: object) -> None:
    for _ in range(times):
        with transaction.atomic():
            log.append("case.noted", stream=stream, by=SYSTEM, at=at, clause="2.2.4", **data)


def tamper(urls: Urls, *statements: str) -> None:
    """What somebody with the owner's password could do."""
    with psycopg.connect(urls.owner) as owner:
        for table in ("events_event", "events_dayseal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            assert owner.execute(statement).rowcount > 0


def proof(folder: Path) -> Report:
    return seals.verify_all(folder)


def test_an_untouched_log_is_whole(fresh_db: Urls, tmp_path: Path) -> None:
    say(7, 3)
    say(8, 2)
    seals.seal_days(AT + timedelta(days=1), tmp_path)
    say(7)

    report = proof(tmp_path)

    assert report.whole
    assert (report.streams, report.events, report.seals) == (2, 6, 1)


TAMPERINGS = [
    ("UPDATE events_event SET clause = '1.4' WHERE stream = 7 AND seq = 2", 2, "changed"),
    ("UPDATE events_event SET data = '[1.5]' WHERE stream = 7 AND seq = 2", 2, "changed"),
    ("UPDATE events_event SET at = at - interval '1 h' WHERE stream = 7 AND seq = 2", 2, "changed"),
    ("UPDATE events_event SET hash = previous WHERE stream = 7 AND seq = 2", 2, "changed"),
    ("DELETE FROM events_event WHERE stream = 7 AND seq = 2", 2, "missing"),
    ("DELETE FROM events_event WHERE stream = 7 AND seq = 1", 1, "missing"),
    ("UPDATE events_event SET seq = 9 WHERE stream = 7 AND seq = 4", 4, "missing"),
    (
        "INSERT INTO events_event SELECT stream, 5, kind, at, actor_id, actor_role, clause, data,"
        " previous, hash FROM events_event WHERE stream = 7 AND seq = 3",
        5,
        "changed",
    ),
]


@pytest.mark.parametrize(("statement", "seq", "why"), TAMPERINGS)
def test_what_was_changed_is_named(
    fresh_db: Urls, tmp_path: Path, statement: str, seq: int, why: str
) -> None:
    say(6, 2)
    say(7, 4)
    say(8, 2)
    tamper(fresh_db, statement)
    assert proof(tmp_path).faults == [Fault(7, seq, why)]


def test_two_events_that_changed_places_are_found(fresh_db: Urls, tmp_path: Path) -> None:
    say(7, 4)
    tamper(
        fresh_db,
        "UPDATE events_event SET seq = 99 WHERE seq = 2",
        "UPDATE events_event SET seq = 2 WHERE seq = 3",
        "UPDATE events_event SET seq = 3 WHERE seq = 99",
    )
    assert not proof(tmp_path).whole


def test_a_tail_that_was_cut_off_shows_against_the_file_outside(
    fresh_db: Urls, tmp_path: Path
) -> None:
    say(7, 4)
    seals.seal_days(AT + timedelta(days=1), tmp_path)
    tamper(fresh_db, "DELETE FROM events_event WHERE stream = 7 AND seq >= 3")
    assert proof(tmp_path).faults == [Fault(7, 4, "cut", date(2026, 2, 13))]


def test_a_whole_stream_that_vanished_shows_too(fresh_db: Urls, tmp_path: Path) -> None:
    say(7)
    say(8, 4)
    seals.seal_days(AT + timedelta(days=1), tmp_path)
    tamper(fresh_db, "DELETE FROM events_event WHERE stream = 8")
    assert proof(tmp_path).faults == [Fault(8, 4, "cut", date(2026, 2, 13))]


def test_a_chain_that_was_forged_anew_shows_against_the_file_outside(
    fresh_db: Urls, tmp_path: Path
) -> None:
    say(7, 2)
    seals.seal_days(AT + timedelta(days=1), tmp_path)
    tamper(fresh_db, "DELETE FROM events_pending", "DELETE FROM events_event WHERE stream = 7")
    say(7, 2, number="TS2")
    assert [fault.why for fault in proof(tmp_path).faults] == ["cut"]


def test_a_seal_changed_on_either_side_is_found(fresh_db: Urls, tmp_path: Path) -> None:
    say(7)
    seals.seal_days(AT + timedelta(days=1), tmp_path)
    file = tmp_path / "2026-02-13.json"
    kept = file.read_text()
    seal_broken = [Fault(0, 0, "seal", date(2026, 2, 13))]

    tampered = json.loads(kept)
    tampered["heads"] = []
    file.write_text(json.dumps(tampered))
    assert proof(tmp_path).faults == seal_broken
    file.unlink()
    assert proof(tmp_path).faults == seal_broken
    file.write_text(kept)
    assert proof(tmp_path).whole
    tamper(fresh_db, "UPDATE events_dayseal SET root = sha256('x')")
    assert proof(tmp_path).faults == seal_broken


def test_changed_words_are_found_and_erased_words_are_not_a_fault(
    fresh_db: Urls, tmp_path: Path
) -> None:
    for entry, text in ((1, "屏幕裂了"), (2, "请换一台"), (3, "谢谢")):
        KEPT[entry] = (SALT, text)
        say(7, entry=entry, words=log.words(text, SALT))
    KEPT[2] = (SALT, "请退款")
    del KEPT[3]

    report = proof(tmp_path)

    assert report.faults == [Fault(7, 2, "words")]
    assert report.words == 3


def test_a_seal_covers_what_moved_that_day_in_shanghai(fresh_db: Urls, tmp_path: Path) -> None:
    say(6, at=AT - timedelta(days=30))
    say(7, at=AT)
    assert seals.seal_days(AT + timedelta(days=1), tmp_path) == [date(2026, 2, 13)]
    say(7, at=datetime(2026, 2, 14, 15, 59, tzinfo=UTC))
    say(8, at=datetime(2026, 2, 14, 16, 0, tzinfo=UTC))

    days = seals.seal_days(datetime(2026, 2, 16, 1, 0, tzinfo=UTC), tmp_path)

    assert days == [date(2026, 2, 14), date(2026, 2, 15)]
    heads = [
        [head[:2] for head in json.loads(path.read_text())["heads"]]
        for path in sorted(tmp_path.glob("*.json"))
    ]
    assert heads == [[[6, 1], [7, 1]], [[7, 2]], [[8, 1]]]
    assert list(DaySeal.objects.order_by("day").values_list("streams", flat=True)) == [2, 1, 1]
    assert seals.seal_days(datetime(2026, 2, 16, 9, 0, tzinfo=UTC), tmp_path) == []
    assert proof(tmp_path).whole


def test_the_command_names_the_first_broken_event(
    fresh_db: Urls, capsys: pytest.CaptureFixture[str]
) -> None:
    say(7, 3)
    assert verify.run(["--all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events"] == 3

    tamper(fresh_db, "DELETE FROM events_event WHERE seq = 2")

    assert verify.run(["--all", "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["faults"] == [
        {"stream": 7, "seq": 2, "why": "missing", "day": None}
    ]
    assert "stream 7 seq 2" in said.err
    assert verify.run(["--all"]) == 1
    assert "记录缺失" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        verify.run([])


def test_sealing_runs_by_the_clock_in_the_home_folder(fresh_db: Urls) -> None:
    say(7)
    tasks.seal_days(AT + timedelta(days=1))
    file = tasks.seals_folder() / "2026-02-13.json"
    assert file.stat().st_mode & 0o077 == 0 or os.stat(file.parent).st_mode & 0o077 == 0
    file.unlink()
    assert Event.objects.count() == 1
