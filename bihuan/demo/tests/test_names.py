"""The numbers of the demo check, and belong to nobody."""

from __future__ import annotations

from datetime import date

from bihuan.core.identity import plain_number
from bihuan.demo import names


def test_a_number_of_the_demo_checks_and_is_of_no_district():
    for place in range(40):
        number = names._number(place)

        assert plain_number(number, "id_card", date(2026, 1, 1)) == number
        assert number.startswith("99")  # GB/T 2260 ends at 82


def test_somebody_waits_and_somebody_was_refused():
    assert {names.REFUSED, names.WAITING} < set(names.DECLARED)
