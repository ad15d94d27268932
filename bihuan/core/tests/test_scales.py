"""7.2: three values give one product, and the product one level."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.scales import Level, Rung, Scale, level_of, suggested

LEVELS = {
    "urgent": Level("urgent", "7.2", 12),
    "important": Level("important", "7.2", 4, any_at_least=3),
    "general": Level("general", "7.2", 1),
}
values = st.tuples(*[st.integers(1, 3)] * 3)


def test_every_product_has_a_level():
    found = {level_of(LEVELS, three).id for three in product((1, 2, 3), repeat=3)}

    assert found == set(LEVELS)


@pytest.mark.parametrize(
    ("three", "level"),
    [
        ((1, 1, 2), "general"),
        ((1, 2, 2), "important"),
        ((3, 1, 1), "important"),
        ((1, 3, 3), "important"),
        ((2, 2, 3), "urgent"),
    ],
)
def test_the_product_counts_and_one_value_at_the_top_is_never_general(three, level):
    assert level_of(LEVELS, three).id == level


@given(values, st.integers(0, 2))
def test_a_higher_value_never_gives_a_lower_level(three: tuple[int, ...], which: int):
    higher = [min(3, value + (place == which)) for place, value in enumerate(three)]
    order = list(LEVELS)

    assert order.index(level_of(LEVELS, higher).id) <= order.index(level_of(LEVELS, three).id)


@pytest.mark.parametrize(
    ("term", "people", "value"),
    [("", 0, 1), ("general", 0, 1), ("major", 0, 2), ("nothing", 9, 1), ("", 10, 3)],
)
def test_a_term_or_so_many_people_suggest_a_rung(term: str, people: int, value: int):
    scale = Scale(
        "severity", "严重程度", "Severity", "7.2",
        (
            Rung(1, "不便", "Inconvenience", when=("general",)),
            Rung(2, "受损", "Loss", when=("major",)),
            Rung(3, "危害", "Harm", people_at_least=10),
        ),
    )  # fmt: skip

    assert suggested(scale, term=term, people=people).value == value
