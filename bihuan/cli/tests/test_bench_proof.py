"""The verifier of the crash bench: silent about a whole house, and it names each breach of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from bihuan.cases import tasks
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cli.bench import filers, proof
from bihuan.cli.bench.filers import Ack
from bihuan.events import relay
from bihuan.notify import tasks as notify

pytestmark = pytest.mark.django_db

TWO_DAYS_LATER = FRIDAY + timedelta(days=2)  # the first hard dues have passed
MARKS = ["gingko", "willow", "poplar"]


@pytest.fixture
def house() -> House:
    return people.house()


@pytest.fixture
def acks(house: House) -> list[Ack]:
    """Three cases that were acknowledged, judged two days later and handed on."""
    found = []
    for mark in MARKS:
        case = people.file(house, text=filers.marked(people.TEXT, mark))
        found.append(Ack(mark, case.number))
    tasks.sweep(TWO_DAYS_LATER)
    relay.drain(TWO_DAYS_LATER)
    notify.send_inbox(TWO_DAYS_LATER)
    relay.drain(TWO_DAYS_LATER)
    return found


def verified(acks: list[Ack], folder: Path, tried: set[str] | None = None) -> proof.Found:
    return proof.verify(tried or set(MARKS), acks, folder, TWO_DAYS_LATER)


def wrong(found: proof.Found) -> dict[str, int]:
    """Which invariants are broken, and how often."""
    names = ("lost", "doubled", "invented", "clockless", "unjudged", "broken", "unheard")
    return {name: len(those) for name in names if (those := getattr(found, name))}


def tamper(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_whole_house_has_nothing_wrong(acks: list[Ack], tmp_path: Path) -> None:
    found = verified(acks, tmp_path)

    assert wrong(found) == {}
    assert found.cases == 3
    assert found.clocks == 33  # three cases rose a tier, and owe what it promises (4.2)
    assert found.breaches > 0
    assert proof.under_way(TWO_DAYS_LATER) == []


def _lose_a_case(acks: list[Ack]) -> None:
    tamper("DELETE FROM cases_case WHERE number = %s", acks[0].number)


def _lose_the_words(acks: list[Ack]) -> None:
    tamper("DELETE FROM cases_entry WHERE text LIKE %s", f"%{acks[0].mark}%")


def _double_a_case(acks: list[Ack]) -> None:
    tamper(
        "UPDATE cases_entry SET text = replace(text, %s, %s)", MARKS[1], MARKS[0]
    )  # two cases now say that they are the first filing


def _lose_a_clock(acks: list[Ack]) -> None:
    tamper(
        "DELETE FROM cases_clock WHERE milestone = 'complaint.preliminary_done' AND case_id = "
        "(SELECT id FROM cases_case WHERE number = %s)",
        acks[0].number,
    )


def _shift_a_head(acks: list[Ack]) -> None:
    tamper("UPDATE cases_case SET next_due_at = NULL WHERE number = %s", acks[0].number)


def _forget_a_breach(acks: list[Ack]) -> None:
    tamper("UPDATE cases_clock SET late_at = NULL WHERE late_at IS NOT NULL AND hard")


def _lose_a_record(acks: list[Ack]) -> None:
    tamper("DELETE FROM complaints_accountability")


def _lose_a_delivery(acks: list[Ack]) -> None:
    tamper("DELETE FROM events_heard WHERE subscriber LIKE 'bihuan.complaints%%'")


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (_lose_a_case, "lost"),
        (_lose_the_words, "lost"),
        (_double_a_case, "doubled"),
        (_lose_a_clock, "clockless"),
        (_shift_a_head, "clockless"),
        (_forget_a_breach, "unjudged"),
        (_lose_a_record, "unjudged"),
        (_lose_a_delivery, "unheard"),
    ],
)
def test_what_went_wrong_is_named(
    acks: list[Ack], tmp_path: Path, act: Callable[[list[Ack]], None], named: str
) -> None:
    act(acks)

    assert named in wrong(verified(acks, tmp_path))


def test_a_case_that_nobody_sent_is_invented(acks: list[Ack], tmp_path: Path) -> None:
    found = verified(acks, tmp_path, tried=set(MARKS[1:]))

    assert found.invented == [MARKS[0]]


def test_an_acknowledgement_with_another_number_is_a_loss(acks: list[Ack], tmp_path: Path) -> None:
    swapped = [Ack(acks[0].mark, acks[1].number), *acks[1:]]

    assert verified(swapped, tmp_path).lost == [acks[1].number]


def test_what_was_not_handed_on_is_still_under_way(house: House) -> None:
    relay.drain(FRIDAY)  # what was said while the house was furnished
    people.file(house, text=filers.marked(people.TEXT, "gingko"))

    assert proof.under_way(FRIDAY)[-1].startswith("1 events and 0 messages")


def test_the_ledger_keeps_what_was_sent_and_what_was_promised(tmp_path: Path) -> None:
    ledger = filers.Ledger(tmp_path / "ledger")
    ledger.tried("gingko")
    ledger.tried("willow")
    ledger.acknowledged(Ack("gingko", "TS202602130000001"))

    ledger.close()

    assert ledger.acks == 1
    assert filers.read(ledger.file) == (
        {"gingko", "willow"},
        [Ack("gingko", "TS202602130000001")],
    )
