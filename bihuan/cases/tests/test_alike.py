"""2.20: cases of one matter are shown beside each other with the reason; a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.accounts.commands import Contact
from bihuan.cases import commands, likeness, queries
from bihuan.cases.likeness import Facts, text_alike, weights
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, TEXT, House, file, house
from bihuan.cases.tests.stories import DAY, closed, on
from bihuan.core.actors import SYSTEM
from bihuan.orders import commands as orders
from bihuan.orders.commands import Bought

words = st.text("破壁机底座开裂漏水退款，。ab ", max_size=40)
ONE = Facts(
    person_id=1, order_id=2, merchant_id=3, issue="product_quality", text=TEXT, received_at=FRIDAY
)


@given(words, words)
def test_likeness_of_texts_is_even_handed_and_a_text_is_all_like_itself(one, other):
    assert text_alike(one, other) == text_alike(other, one)
    assert 0 <= text_alike(one, other) <= 100
    assert text_alike(one, one) == (100 if likeness.pairs(one) else 0)


def test_what_is_shared_is_named_with_its_points_and_ids_of_nobody_are_not_shared():
    same = likeness.likeness(ONE, ONE, weights())
    nothing = likeness.likeness(
        replace(ONE, person_id=0, order_id=0, merchant_id=0, issue="", text=""),
        replace(ONE, person_id=0, order_id=0, merchant_id=0, issue="", text=""),
        weights(),
    )

    assert [one.what for one in same.shared] == [
        "same_order", "same_person", "same_merchant", "same_issue", "same_text",
    ]  # fmt: skip
    assert same.score == 160
    assert nothing.score == 0


def test_after_the_days_of_the_weights_only_the_order_counts():
    later = replace(ONE, received_at=FRIDAY + weights().period + timedelta(seconds=1))

    assert [one.what for one in likeness.likeness(ONE, later, weights()).shared] == ["same_order"]


def test_a_text_that_is_hardly_alike_counts_nothing():
    other = replace(ONE, text="快递一直停在中转站，没有人送货。")

    assert "same_text" not in [one.what for one in likeness.likeness(ONE, other, weights()).shared]


def bought(home: House, number: str = "E20260210001", merchant_id: int = 7) -> None:
    orders.copy_order(
        person_id=home.ai_li.id, by=SYSTEM, at=FRIDAY,
        bought=Bought(number=number, title="破壁机", paid_fen=100, placed_at=FRIDAY,
                      merchant_id=merchant_id),
    )  # fmt: skip


def alike(case: Case, home: House) -> dict[str, list[str]]:
    """Numbers of the likely same, and what each shares."""
    return {
        one.case.number: [part.what for part in one.likeness.shared]
        for one in queries.likely_same(case, home.bo_bo)
    }


@pytest.mark.django_db
class TestLikelySame:
    def test_2_20_the_same_order_is_found_at_any_distance_and_in_any_state(self):
        home = house()
        bought(home)
        old = closed(home, file(home, order_no="E20260210001", text="少发了一件配件。"))
        new = file(home, FRIDAY + 200 * DAY, order_no="E20260210001", text="一直没有人回复我。")

        assert alike(new, home) == {old.number: ["same_order"]}
        assert alike(old, home) == {new.number: ["same_order"]}

    def test_2_20_the_same_words_of_the_same_person_are_found_and_other_words_are_not(self):
        home = house()
        case = file(home)
        again = file(home, FRIDAY + DAY, text=f"再说一次：{TEXT}")
        file(home, text="快递一直停在中转站，没有人送货。")

        assert set(alike(case, home)) == {again.number}
        assert "same_text" in alike(case, home)[again.number]

    def test_2_20_the_same_words_about_the_same_shop_are_found_whoever_says_them(self):
        home = house()
        case = file(home, merchant_id=7)
        other = file(home, merchant_id=7, contact=Contact(name="梅", phone="13911113333"))
        file(home, merchant_id=8, contact=Contact(name="兰", phone="13911114444"))
        assert alike(case, home) == {}  # the index has not heard of them yet

        commands.index_words(case_ids=[case.id, other.id])

        assert list(alike(case, home)) == [other.number]
        assert "same_person" not in alike(case, home)[other.number]

    def test_2_20_a_restricted_case_is_not_shown_to_those_who_may_not_see_it(self):
        home = house()
        case, other = file(home), file(home)
        Case.objects.filter(id=other.id).update(restricted=True, owner_id=home.chen.id)

        assert alike(case, home) == {}
        assert len(queries.likely_same(case, home.chen)) == 1

    def test_2_20_what_was_merged_is_shown_by_its_target_alone(self):
        home = house()
        case, other, third = (file(home) for _ in range(3))
        commands.merge(**on(other, home.bo_bo), into=third.number)

        assert list(alike(case, home)) == [third.number]
        assert queries.merged_into(third, home.bo_bo) == [Case.objects.get(id=other.id)]

    def test_2_20_what_is_being_taken_down_is_compared_by_person_order_and_words(self):
        home = house()
        bought(home)
        case = file(home, order_no="E20260210001")
        asked = {"by": home.bo_bo, "at": FRIDAY + DAY}

        by_order = queries.likely_new(person_id=0, order_no="e2026 0210001", text="", **asked)
        by_words = queries.likely_new(person_id=home.ai_li.id, text=TEXT, **asked)

        assert [one.case for one in by_order] == [one.case for one in by_words] == [case]
        assert queries.likely_new(person_id=home.ding.id, text=TEXT, **asked) == []
        assert queries.likely_new(person_id=0, text="", **asked) == []

    def test_2_20_whatever_the_caller_has_open_is_shown_as_soon_as_it_is_known_who_calls(self):
        home = house()
        old, new = file(home), file(home, FRIDAY + DAY)
        over = file(home)
        commands.withdraw(**on(over, home.ai_li))
        long_after = FRIDAY + 200 * DAY

        found = queries.likely_new(person_id=home.ai_li.id, text="", by=home.bo_bo, at=long_after)
        nobody = queries.likely_new(person_id=0, text="", by=home.bo_bo, at=long_after)

        assert [one.case for one in found] == [new, old]
        assert [part.what for part in found[0].likeness.shared] == ["same_person"]
        assert nobody == []

    def test_2_20_a_customer_is_shown_their_own_open_case_about_an_order_alone(self):
        home = house()
        bought(home)
        case = file(home, order_no="E20260210001")

        assert queries.open_about(case.order_id, home.ai_li) == case
        assert queries.open_about(case.order_id, home.ding) is None
        assert queries.open_about(0, home.ai_li) is None
        commands.withdraw(**on(case, home.ai_li))
        assert queries.open_about(case.order_id, home.ai_li) is None
