"""Who somebody says they are is taken as a document has it, or refused at its field (1.2)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.identity import (
    LEVELS,
    IdentityDemand,
    masked,
    plain_name,
    plain_number,
    reaches,
)
from bihuan.core.refusals import Invalid

TODAY = date(2026, 2, 13)
GOOD = "11010519491231002X"  # the example of GB 11643


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (" 王小明 ", "王小明"),
        ("买买提・艾则孜", "买买提·艾则孜"),
        ("Anna  O’Neil", "Anna O'Neil"),
        ("José García", "José García"),
        ("अनिता", "अनिता"),
    ],
)
def test_a_name_is_taken_as_a_document_has_it(written: str, plain: str) -> None:
    assert plain_name(written) == plain


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "missing"),
        ("王", "name_too_short"),
        ("· ·", "name_too_short"),
        ("王😀明", "not_a_name"),
        ("王小明2", "not_a_name"),
        ("<b>王</b>", "not_a_name"),
        ("王" * 10_000, "too_long"),
        ("王\n小明", "one_line"),
        (["王小明"], "not_text"),
    ],
)
def test_what_is_no_name_is_refused_at_its_field(written: object, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        plain_name(written)

    assert refused.value.fields == {"name": why}


@pytest.mark.parametrize(
    ("document", "written", "plain"),
    [
        ("id_card", GOOD, GOOD),
        ("id_card", "110105 19491231 002x", GOOD),
        ("id_card", "１１０１０５１９４９１２３１００２Ｘ", GOOD),
        ("permit", "H12345678", "H12345678"),
        ("permit", "12345678", "12345678"),
        ("passport", "e1234 5678", "E12345678"),
        ("", "whatever", "WHATEVER"),
    ],
)
def test_a_number_is_taken_in_its_plain_form(document: str, written: str, plain: str) -> None:
    assert plain_number(written, document, TODAY) == plain


@pytest.mark.parametrize(
    ("document", "written", "why"),
    [
        ("id_card", "", "missing"),
        ("id_card", "110105491231002", "not_an_id_card"),  # the fifteen digits of before 1999
        ("id_card", "१" * 18, "not_an_id_card"),
        ("id_card", "110105194912310021", "wrong_check_digit"),
        ("id_card", "11010519490231002X", "not_a_birthday"),
        ("id_card", "11010520491231002X", "not_a_birthday"),
        ("id_card", "1" * 41, "too_long"),
        ("permit", "H1234", "not_a_permit"),
        ("passport", "ABCDEFG", "not_a_passport"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong(
    document: str, written: str, why: str
) -> None:
    with pytest.raises(Invalid) as refused:
        plain_number(written, document, TODAY)

    assert refused.value.fields == {"number": why}


FOURTEEN, THIRTEEN = "110105201202130027", "110105201202140022"


def test_who_is_not_fourteen_yet_does_not_decide_alone() -> None:
    assert plain_number(FOURTEEN, "id_card", TODAY) == FOURTEEN

    with pytest.raises(Invalid, match="under_age"):
        plain_number(THIRTEEN, "id_card", TODAY)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, by: int) -> None:
    other = str((int(GOOD[place]) + by) % 10)

    with pytest.raises(Invalid):
        plain_number(GOOD[:place] + other + GOOD[place + 1 :], "id_card", TODAY)


@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_a_level_reaches_itself_and_what_is_below_it(has: str, demanded: str) -> None:
    assert reaches(has, demanded) == (LEVELS.index(has) >= LEVELS.index(demanded))
    assert reaches(has, demanded) or reaches(demanded, has)


def test_of_a_number_the_ends_are_shown() -> None:
    assert masked(GOOD) == "1****************X"


CASE = {"kind": "complaint", "issue": "payment_error", "category": "other", "channel": "web"}
NAMES = {"kind": "kinds", "issue": "issues", "category": "categories", "channel": "channels"}


def _demand(**names: frozenset[str]) -> IdentityDemand:
    return IdentityDemand("a", "", "", "1.2", "contact", "contract", "", "", **names)


def test_a_demand_that_names_nothing_concerns_anything() -> None:
    assert _demand().concerns(**CASE)


@pytest.mark.parametrize("name", CASE)
def test_a_demand_concerns_what_it_names_and_nothing_else(name: str) -> None:
    assert _demand(**{NAMES[name]: frozenset({CASE[name], "x"})}).concerns(**CASE)
    assert not _demand(**{NAMES[name]: frozenset({"x"})}).concerns(**CASE)
