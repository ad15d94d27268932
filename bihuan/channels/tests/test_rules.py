"""What people are told of a channel, and how its availability is reckoned, without any database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.channels import rules

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("failing", "planned", "open_now", "always", "said"),
    [
        (False, False, True, False, "open"),
        (False, False, None, True, "open"),
        (False, False, False, False, "shut"),
        (False, False, None, False, "unknown"),
        (True, False, True, True, "down"),
        (True, True, True, True, "planned"),
    ],
)
def test_what_was_announced_is_said_before_what_was_found(
    failing: bool, planned: bool, open_now: bool | None, always: bool, said: str
):
    found = rules.state(failing=failing, planned=planned, open_now=open_now, always=always)

    assert found == said


def test_two_silences_at_once_count_once_and_what_nobody_watched_counts_neither_way():
    until = NOON + 10 * HOUR
    silent = [(NOON, NOON + 2 * HOUR), (NOON + HOUR, NOON + 3 * HOUR)]
    unseen = [(NOON + 2 * HOUR, NOON + 4 * HOUR)]

    # eight hours were watched, and in two of them it did not work
    assert rules.available(silent, unseen, since=NOON, until=until) == 75.0
    assert rules.available([], [(NOON, until)], since=NOON, until=until) is None
    assert rules.covered(silent, NOON, NOON + HOUR) == HOUR


@pytest.mark.parametrize("number", ["95188", "400-123-4567", "+86 21 5550 0188", "(021) 5550-0188"])
def test_a_number_is_dialled_without_its_signs(number: str):
    plain = number if number[0] != "(" else number.replace("(", "").replace(")", "")

    assert rules.is_phone(plain)
    assert rules.dialled(number).lstrip("+").isdigit()


@pytest.mark.parametrize("number", ["", "客服热线", "12", "400-123-4567;ext=1", "1" * 40])
def test_what_cannot_be_dialled_is_no_number(number: str):
    assert not rules.is_phone(number)


def test_somebody_is_satisfied_whose_answers_come_to_four_of_five():
    assert rules.is_satisfied({"speed": 5, "result": 3})
    assert not rules.is_satisfied({"speed": 5, "result": 2})
    assert not rules.is_satisfied({})
