"""What comes from outside is cleaned, or refused at its field with a code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core import inputs
from bihuan.core.refusals import Invalid

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)


def why(read, value, **rules) -> str:
    """The code at the field when it is refused."""
    with pytest.raises(Invalid) as refused:
        read(value, field="text", **rules)
    return refused.value.fields["text"]


def test_words_lose_the_space_around_them_and_keep_their_lines():
    assert inputs.words("  底座开裂。\r\n漏水。\r再问\u2028一次 \n", field="text", most=99) == (
        "底座开裂。\n漏水。\n再问\n一次"
    )


def test_nothing_that_must_be_looked_for_is_printable():
    every = "".join(map(chr, range(0x110000)))

    assert not any(map(str.isprintable, inputs._FORBIDDEN.findall(every)))
    assert not any(map(str.isprintable, inputs._LINE_END.findall(every)))


def test_nothing_given_is_no_words():
    assert inputs.words(None, field="text", most=9) == ""


@pytest.mark.parametrize("text", ["😡" * 10_000, "👩‍👩‍👧‍👦" * 100, "坏了\t又坏", "𠮷野家", "é"])
def test_emoji_rare_characters_and_tabs_are_words_like_any_other(text):
    assert inputs.words(text, field="text", most=10_000) == text


@pytest.mark.parametrize(
    ("value", "rules", "code"),
    [
        ("坏了\x00", {"most": 9}, "control_characters"),
        ("a\x1bb", {"most": 9}, "control_characters"),
        ("a\x7fb", {"most": 9}, "control_characters"),
        ("a\x85b", {"most": 9}, "control_characters"),
        ("\u202etxt.exe", {"most": 9}, "control_characters"),
        ("a\u2066b", {"most": 9}, "control_characters"),
        ("\ud83d", {"most": 9}, "control_characters"),
        ("😡" * 10_001, {"most": 10_000}, "too_long"),
        ("短", {"most": 9, "least": 2}, "too_short"),
        (" \n ", {"most": 9, "least": 1}, "missing"),
        ("两\n行", {"most": 9, "lines": False}, "one_line"),
        ("两\u2029行", {"most": 9, "lines": False}, "one_line"),
        (3, {"most": 9}, "not_text"),
        (["a"], {"most": 9}, "not_text"),
        (b"\xc4\xe3", {"most": 9}, "not_text"),
    ],
)
def test_what_cannot_be_taken_is_named_by_its_code(value, rules, code):
    assert why(inputs.words, value, **rules) == code


def test_a_refusal_for_length_says_how_long_it_may_be_and_is():
    with pytest.raises(Invalid) as refused:
        inputs.words("长" * 12, field="subject", most=10)

    assert refused.value.facts["limit"] == 10
    assert refused.value.facts["length"] == 12


@given(st.text(st.characters(categories=["Cc", "Cs", "Lo", "So", "Zs", "Zl"])))
def test_whatever_is_taken_is_clean_short_enough_and_taken_again_unchanged(text):
    try:
        taken = inputs.words(text, field="text", most=20)
    except Invalid:
        taken = ""  # the table above says what for

    assert len(taken) <= 20
    assert taken.encode("utf-8").decode("utf-8") == taken  # no half of a pair is left
    assert not {c for c in taken if ord(c) < 32} - {"\n", "\t"}
    assert inputs.words(taken, field="text", most=20) == taken


def test_a_value_of_a_closed_set_is_taken_and_another_names_the_set():
    assert inputs.one_of("web", ["web", "phone"], field="channel") == "web"
    with pytest.raises(Invalid) as refused:
        inputs.one_of("pigeon", {"web": "网页", "phone": "电话"}, field="channel")

    assert refused.value.fields == {"channel": "not_known"}
    assert refused.value.facts["allowed"] == ["phone", "web"]


@pytest.mark.parametrize(
    ("value", "code"), [("", "missing"), (None, "missing"), (0, "missing"), (7, "not_known")]
)
def test_no_value_of_a_closed_set_is_missing_or_unknown(value, code):
    assert why(inputs.one_of, value, among=["web"]) == code


@pytest.mark.parametrize(("given_", "found"), [(0, 0), (41, 41), ("41", 41), ("007", 7)])
def test_whole_numbers_come_as_numbers_or_ascii_digits(given_, found):
    assert inputs.whole(given_, field="n") == found


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "not_a_number"),
        (1.5, "not_a_number"),
        (None, "not_a_number"),
        ("", "not_a_number"),
        ("四", "not_a_number"),
        ("٤", "not_a_number"),
        ("-1", "not_a_number"),
        ("9" * 20, "not_a_number"),
        (-1, "out_of_range"),
        (2**53 + 1, "out_of_range"),
        (10**40, "out_of_range"),
    ],
)
def test_what_is_no_whole_number_of_the_range_is_refused(value, code):
    assert why(inputs.whole, value) == code


@pytest.mark.parametrize(
    "value", ["2026-02-13", " 2026-02-13 ", date(2026, 2, 13), "２０２６-02-13"]
)
def test_a_day_is_taken_as_a_day_or_as_it_is_written(value):
    assert inputs.day(value, field="due_on") == date(2026, 2, 13)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "missing"),
        (None, "missing"),
        ("13.2.2026", "not_a_day"),
        ("2026-02-30", "not_a_day"),
        ("0001-01-01", "not_a_day"),
        ("9999-12-31", "not_a_day"),
        (AT, "not_a_day"),
        ([2026], "not_a_day"),
    ],
)
def test_what_is_no_day_that_can_be_meant_is_refused(value, code):
    assert why(inputs.day, value) == code


@pytest.mark.parametrize("value", [AT, "2026-02-13T08:00:00Z", "2026-02-13 16:00+08:00"])
def test_a_moment_is_taken_with_its_offset(value):
    assert inputs.moment(value, field="received_at") == AT


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "missing"),
        (None, "missing"),
        ("gestern", "not_a_moment"),
        ("2026-02-13T25:00:00Z", "not_a_moment"),
        ("0001-01-01T00:00:00+14:00", "not_a_moment"),
        ("9999-12-31T23:59:59-12:00", "not_a_moment"),
        ({"year": 2026}, "not_a_moment"),
        ("2026-02-13T16:00:00", "no_time_zone"),
        (AT.replace(tzinfo=None), "no_time_zone"),
    ],
)
def test_what_is_no_moment_that_can_be_meant_is_refused(value, code):
    assert why(inputs.moment, value) == code


offsets = st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n)))


@given(st.datetimes(timezones=offsets))
def test_a_moment_that_was_taken_can_be_told_in_any_zone(moment):
    try:
        taken = inputs.moment(moment, field="received_at")
    except Invalid:
        return

    assert taken.astimezone(UTC) == moment


@given(st.text())
def test_what_nobody_can_write_again_is_freed_of_all_that_words_refuse(text: str):
    assert inputs.words(inputs.plain(text), field="f", most=10_000) == inputs.plain(text)
