"""Which cases the demo tells: the handbook's shares, every stage, no letter with a blank left."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bihuan.core.handbook import Handbook
from bihuan.demo.dice import dice
from bihuan.demo.plans import CHANNELS, DAYS, DESK, Plan, plans, quotas
from bihuan.demo.slots import blanks
from bihuan.demo.speech import spoken
from bihuan.demo.texts import Story, corpus
from bihuan.policy.loader import load_current

AT = datetime(2026, 11, 23, 10, 20, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def book() -> Handbook:
    return load_current()


@pytest.fixture(scope="module")
def told() -> list[Plan]:
    return plans(seed=2025, cases=600, at=AT)


def percent(counts: Counter[str]) -> dict[str, float]:
    return {name: 100 * count / counts.total() for name, count in counts.items()}


def test_categories_have_the_shares_of_the_handbook(told: list[Plan], book: Handbook) -> None:
    shares = percent(Counter(book.issues[plan.story.issue].category for plan in told))

    wanted = {"service_quality": 68, "platform_rule": 22, "system_tech": 8, "other": 2}
    assert shares == pytest.approx(wanted, abs=1)


def test_issues_have_the_shares_of_their_groups(told: list[Plan], book: Handbook) -> None:
    groups = [book.issues[plan.story.issue].group for plan in told]
    shares = percent(Counter(group for group in groups if group))

    wanted = {"quality": 42, "payment": 28, "logistics": 15, "after_sales": 15}
    assert shares == pytest.approx(wanted, abs=1)


def test_every_channel_is_used_and_every_ending_is_told(told: list[Plan]) -> None:
    assert {plan.channel for plan in told} == CHANNELS.keys()
    assert {plan.ending for plan in told} >= {
        "confirmed", "silent", "disputed", "reopened", "withdrawn", "declined", "merged", "stopped",
    }  # fmt: skip


def test_open_cases_stand_at_every_step(told: list[Plan]) -> None:
    assert {plan.stop for plan in told} >= {stop for _, stop, _ in DESK}


def test_some_come_too_late_and_some_write_in_english(told: list[Plan]) -> None:
    assert {plan.late for plan in told} == {"", "response", "handling"}
    assert Counter(plan.story.lang for plan in told)["en"] > 5


def test_they_lie_within_the_ninety_days_in_the_order_of_their_arrival(told: list[Plan]) -> None:
    moments = [plan.at for plan in told]

    assert moments == sorted(moments)
    assert AT - timedelta(days=DAYS) <= moments[0]
    assert moments[-1] < AT


def test_another_seed_tells_another_story_and_the_same_seed_the_same(told: list[Plan]) -> None:
    assert plans(seed=2025, cases=600, at=AT) == told
    assert plans(seed=2026, cases=600, at=AT) != told


@pytest.mark.parametrize("cases", [1, 2, 3, 7, 48, 599, 1500])
def test_any_number_of_cases_can_be_told(cases: int) -> None:
    told = plans(seed=1, cases=cases, at=AT)

    assert len(told) == len({plan.index for plan in told}) == cases
    assert sum(quotas(cases).values()) == cases


@pytest.mark.parametrize("story", corpus().stories, ids=lambda story: story.subject[:12])
def test_no_letter_and_no_answer_to_it_has_a_blank_left(story: Story) -> None:
    for product in (one for one in corpus().products if story.fits(one)):
        handlings = [
            one
            for one in corpus().handlings
            if one.issue == story.issue and (not one.goods or product.kind in one.goods)
        ]
        for handling in [None] if story.found else handlings:
            plan = Plan(0, story, 1, product, "app", AT, "confirmed", handling=handling)
            rng = dice(story.subject, product.name)
            filled = blanks(plan, rng) | {"agent": "林悦"}
            filled["subject"] = story.subject.format_map(filled)
            words = [spoken(plan, rng, again=again).values() for again in (False, True)]
            texts = [*filled.values(), story.text, *words[0], *words[1]]
            said = [text.format_map(filled).format_map(filled) for text in texts]
            assert [text for text in said if "{" in text or "}" in text] == []
