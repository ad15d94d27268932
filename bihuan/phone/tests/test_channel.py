"""The telephone says whether it lives, and how long whoever calls now may wait (6.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import SYSTEM
from bihuan.phone import commands, queries
from bihuan.phone.commands import Fact

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
TERM = 20 * SECOND  # for which a line is kept without asking again


@pytest.fixture(autouse=True)
def exchange(settings: Any) -> None:
    settings.DEMO = True  # a house with a telephone system


def call(n: int, rang: int, *, answered: bool = True) -> None:
    begun = FRIDAY + 60 * n * SECOND
    facts = [Fact("started", begun, direction="in", number_from="13900002718")]
    if answered:
        facts.append(Fact("answered", begun + rang * SECOND, direction="in"))
        facts.append(Fact("ended", begun + (rang + 30) * SECOND, direction="in"))
    for fact in facts:
        commands.hear(source="demo", ref=f"c{n}", fact=fact, by=SYSTEM, at=fact.at)


def said(seconds: int) -> Any:
    return queries.channel_standing(FRIDAY + seconds * SECOND)


def test_the_wait_is_what_the_last_callers_waited_and_of_two_calls_nobody_can_tell():
    call(0, 20)
    call(1, 40)
    assert said(600).wait_seconds is None

    call(2, 90)
    call(3, 0, answered=False)

    assert said(600).wait_seconds == 40
    assert said(200).waiting == 1
    counted = queries.contacts(FRIDAY, FRIDAY + timedelta(days=1))
    assert (counted.came, counted.answered) == (3, 3)


def test_a_line_that_is_lost_fails_since_it_was_last_seen_and_silence_alone_does_not():
    call(0, 20)
    assert said(3600).failing_since is None

    commands.hold_line(source="ari", holder="a", at=FRIDAY)
    assert said(60).failing_since is None
    assert said(600).failing_since == FRIDAY + TERM
    assert said(600).reason == "no_line"

    commands.hold_line(source="ari", holder="a", fault="refused", at=FRIDAY + 600 * SECOND)
    assert (said(601).failing_since, said(601).reason) == (FRIDAY, "refused")
