"""Ids made by the application, and case numbers with a check digit.

An id is `seconds since 2024 << 21 | counter`: time-ordered, below 2**53 so that JavaScript
keeps it whole, unique as long as the shared counter moves on by less than 2**21 while one
of its values waits to be used.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

EPOCH = 1_704_067_200  # 2024-01-01T00:00:00Z
COUNTER_BITS = 21
_COUNTER = (1 << COUNTER_BITS) - 1
_LAST_SECOND = (1 << 32) - 1
_NUMBER = re.compile(r"TS([0-9]{8})([0-9]{7})([0-9])\Z")
# a weakly totally anti-symmetric quasigroup of order 10 (Damm 2004)
_DAMM = [
    [int(digit) for digit in row]
    for row in (
        "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
        "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
    )
]  # fmt: skip


def compose(second: int, counter: int) -> int:
    """The id for this Unix second and this value of the shared counter."""
    since = second - EPOCH
    if not 0 <= since <= _LAST_SECOND:
        raise ValueError(f"second {second} lies outside 2024–2160")
    return since << COUNTER_BITS | counter & _COUNTER


def least(second: int) -> int:
    """The least id a row of this second could have; of a time without ids, the nearest to it."""
    return compose(min(max(second, EPOCH), EPOCH + _LAST_SECOND), 0)


def second_of(made: int) -> int:
    """The Unix second an id was made in."""
    return (made >> COUNTER_BITS) + EPOCH


def check_digit(digits: str) -> str:
    """Damm's: finds every single wrong digit and every swap of two neighbours."""
    found = 0
    for digit in digits:
        found = _DAMM[found][int(digit)]
    return str(found)


def case_number(day: date, counter: int) -> str:
    """`TS` + the Shanghai date of receipt + 7 digits + check digit."""
    digits = f"{day.isoformat().replace('-', '')}{counter % 10_000_000:07d}"
    return f"TS{digits}{check_digit(digits)}"


def read_case_number(text: str) -> str | None:
    """The number somebody meant: full-width, spaced, hyphened or in lower case; else None."""
    plain = re.sub(r"[\s\-–—_.]", "", unicodedata.normalize("NFKC", text[:64])).upper()
    found = _NUMBER.match(plain)
    if not found or check_digit(found[1] + found[2]) != found[3]:
        return None
    return plain
