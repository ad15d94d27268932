"""When a time of the law ends: its first day is not counted, a day of rest does not end it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.clocks import SHANGHAI
from bihuan.core.legal import legal_dues, legal_until
from bihuan.core.outside import LegalClock
from bihuan.core.workdays import Workdays

DAYS = Workdays(
    off=frozenset({date(2026, 10, 7)}), on=frozenset({date(2026, 10, 10)}), years=frozenset({2026})
)
RETURN = LegalClock(
    id="LC-01", law="消费者权益保护法", law_en="CPL", article="25", who="consumer", act="退货",
    act_en="Return", shape="window", start="goods.received", quote="七日内", confidence="A",
    clause="3.1", days=7, issues=("product_quality",),
)  # fmt: skip


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def test_the_day_it_starts_on_is_not_counted_and_the_last_ends_at_midnight() -> None:
    late = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)  # Monday 23:59 in Shanghai

    assert legal_until(late, 7, DAYS) == midnight(date(2026, 3, 10))
    assert legal_until(late + timedelta(minutes=1), 7, DAYS) == midnight(date(2026, 3, 11))


def test_a_last_day_of_rest_moves_to_the_first_that_works_a_make_up_day_too() -> None:
    assert legal_until(midnight(date(2026, 2, 28)), 7, DAYS) == midnight(date(2026, 3, 10))
    assert legal_until(midnight(date(2026, 9, 30)), 7, DAYS) == midnight(date(2026, 10, 9))
    assert legal_until(midnight(date(2026, 10, 3)), 7, DAYS) == midnight(date(2026, 10, 11))


@given(st.integers(0, 366 * 24 * 60), st.integers(1, 60))
def test_it_never_ends_sooner_than_its_days(minutes: int, days: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    assert legal_until(moment, days, DAYS) >= moment + timedelta(days=days)


def test_of_an_unknown_start_or_another_issue_nothing_is_said() -> None:
    known = {"goods.received": midnight(date(2026, 3, 2))}

    assert legal_dues([RETURN], "product_quality", {}, DAYS) == ()
    assert legal_dues([RETURN], "invoice", known, DAYS) == ()
    [one] = legal_dues([RETURN], "product_quality", known, DAYS)
    assert (one.clock, one.since, one.until) == (
        RETURN, midnight(date(2026, 3, 2)), midnight(date(2026, 3, 10)),
    )  # fmt: skip
