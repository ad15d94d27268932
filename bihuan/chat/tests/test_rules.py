"""Who is given the next chat, and how long somebody will wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.cases.tests.people import FRIDAY
from bihuan.chat import rules
from bihuan.chat.rules import Room

EARLY, LATE = FRIDAY, FRIDAY + timedelta(minutes=5)


def test_the_next_one_goes_to_whoever_has_most_room_then_to_who_waited_longest_for_one():
    rooms = [Room(1, 3, 5, EARLY), Room(2, 1, 5, LATE), Room(3, 1, 5, EARLY), Room(4, 5, 5, None)]

    found = rules.next_of(rooms)

    assert found is not None
    assert found.staff_id == 3
    assert rules.next_of([Room(4, 5, 5, None), Room(5, 6, 5, None)]) is None


def test_who_has_just_lost_a_chat_is_not_given_it_again():
    rooms = [Room(1, 0, 5, None), Room(2, 4, 5, None)]

    found = rules.next_of(rooms, but=1)

    assert found is not None
    assert found.staff_id == 2


@pytest.mark.parametrize(
    ("ahead", "rooms", "seconds"),
    [
        (0, [], None),
        (0, [Room(1, 4, 5, None)], 0),
        (0, [Room(1, 5, 5, None)], 120),
        (4, [Room(1, 5, 5, None)], 480),
        (4, [Room(1, 5, 5, None), Room(2, 5, 5, None)], 240),
    ],
)
def test_the_wait_grows_with_who_is_ahead_and_shrinks_with_who_answers(ahead, rooms, seconds):
    assert rules.expected_wait(ahead=ahead, rooms=rooms, seconds=480) == seconds


def test_stars_are_points_of_a_hundred():
    assert rules.satisfaction([5, 4, 4]) == 87
    assert rules.satisfaction([1]) == 20
    assert rules.satisfaction([]) is None
