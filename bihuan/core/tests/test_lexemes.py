"""Words become lexemes and questions: two characters of any Chinese text are found in it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bihuan.core import lexemes
from bihuan.core.lexemes import kept, marked, month, runs, sought

NOVEMBER = date(2026, 11, 29)
#: Chinese without its digits, which may spell a phone; breaks; and another script
CHINESE = "破壁机底座开裂漏水退款商家拒绝的了是不我们"
chinese = st.text(CHINESE, min_size=2, max_size=30)
mixed = st.text(CHINESE + "，。 \n！abXR", min_size=2, max_size=60)


def held(text: str) -> set[str]:
    """The lexemes of a text."""
    return {one.partition("'")[2].partition("'")[0] for one in kept([text], NOVEMBER).split(" ")}


def asked_for(text: str) -> list[str]:
    """The lexemes that must all be held."""
    return [term.strip("'") for term in sought(text).query.split(" & ") if term]


@given(mixed, st.data())
def test_any_two_neighbouring_characters_of_a_chinese_text_are_found(text, data):
    places = [n for n in range(len(text) - 1) if {*text[n : n + 2]} <= {*CHINESE}]
    assume(places)
    n = data.draw(st.sampled_from(places))

    wanted = asked_for(text[n : n + 2])

    assert wanted == [text[n : n + 2]]
    assert {*wanted} <= held(text)


@given(chinese, st.data())
def test_any_part_of_a_chinese_text_is_found_and_so_is_a_single_character(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    assert {*asked_for(text[start:end])} <= held(text)
    assert {*asked_for(text[start])} <= held(text)


@given(st.text(max_size=80))
def test_every_text_is_kept_and_asked_for_without_an_error(text):
    assert month(NOVEMBER) in held(text)
    assert all(one in "'&:*<>- ()" or one.isalnum() for one in sought(text).query)


@given(st.text(max_size=60), st.text(max_size=20))
def test_marking_loses_nothing_of_a_text(text, words):
    import unicodedata

    parts = marked(text, sought(words))

    assert "".join(part for part, _ in parts) == unicodedata.normalize("NFC", text)


def test_two_characters_across_a_break_are_no_neighbours():
    assert "后裂" not in held("加水后，裂开")
    assert "水后" in held("加水后，裂开")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("型号 BL-580 漏水", "580"),
        ("型号ＢＬ５８０漏水", "bl580"),
        ("ﬁx ㎏", "kg"),
        ("Straße", "strasse"),
        ("カメラが壊れた", "カメ"),
        ("휴대폰 고장", "대폰"),
        ("第２０２６号", "2026"),
        ("café", "café"),
        ("人々", "人々"),
        ("𠮷野家", "𠮷野"),
    ],
)
def test_forms_of_writing_are_one(text, word):
    assert word in held(text)


@pytest.mark.parametrize(
    "number",
    [
        "13912342718", "139 1234 2718", "１３９１２３４２７１８", "一三九一二三四二七一八",
        "11010519491231002X", "6222021234567890128", "E20261125000123", "2026 1125 0001 2345",
        "SF1234567890123", "a@example.com", "⟦139****2718|123456789⟧", "⟦****5678|9⟧",
        "1234567", "a1b2c3d4e5f6g7",
    ],
)  # fmt: skip
def test_nothing_that_looks_like_a_number_of_somebody_is_a_lexeme_or_is_asked_for(number):
    assert held(f"电话{number}退款") == {"电", "电话", "话", "退", "退款", "款", "m:2611"}
    assert not sought(number)


def test_a_quoted_phrase_asks_for_neighbours_and_words_for_any_order():
    assert sought("破壁机 漏水").query == "'破壁' & '壁机' & '漏水'"
    assert sought("“破壁机”").query == "('破壁' <1> '壁机')"
    assert sought('"破壁机，漏水" 退').query == "('破壁' <1> '壁机' <3> '漏水') & '退'"
    assert sought("“机”").query == "('机')"
    assert not sought("“” ，")


def test_a_word_finds_what_begins_with_it_but_a_number_and_two_letters_do_not():
    assert sought("refund XR 580").query == "'refund':* & 'xr' & '580'"


def test_places_let_a_phrase_stand_across_a_break():
    assert kept(["破壁，机a漏"], NOVEMBER) == (
        "'m:2611' '破':1 '破壁':1 '壁':2 '机':4 'a':5 '漏':6"
    )
    assert kept(["甲乙丙甲"], NOVEMBER) == (
        "'m:2611' '甲':1,4 '甲乙':1 '乙' '乙丙':2 '丙' '丙甲':3"
    )


def test_what_is_kept_of_one_case_has_an_end():
    endless = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(100_000))

    assert len(held(endless)) == lexemes.MOST_LEXEMES
    assert [run.text for run in runs("x" * 100)] == ["x" * lexemes.LONGEST]


def test_what_was_asked_for_is_marked_whole_or_else_by_its_pairs():
    assert marked("底座开裂，加水后漏水。", sought("漏水")) == [
        ("底座开裂，加水后", False), ("漏水", True), ("。", False),
    ]  # fmt: skip
    assert marked("开裂又漏水", sought("开裂漏水")) == [
        ("开裂", True), ("又", False), ("漏水", True),
    ]  # fmt: skip
    assert marked("Refund, unrefunded", sought("REFUND")) == [
        ("Refund", True), (", unrefunded", False),
    ]  # fmt: skip


def test_an_excerpt_stands_around_the_first_mark_and_says_where_it_was_cut():
    text = "甲" * 50 + "漏水" + "乙" * 50 + "漏水"

    parts = marked(text, sought("漏水"), most=30)

    assert parts == [
        ("…", False), ("甲" * 10, False), ("漏水", True), ("乙" * 18, False), ("…", False),
    ]  # fmt: skip
    assert marked(text, sought("退款"), most=30) == []
    assert marked("漏水", sought("漏水"), most=30) == [("漏水", True)]
