"""Words as they come from outside, cleaned or refused at their field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from bihuan.core.refusals import Invalid

YEARS = range(2000, 2200)  # beyond, nothing is meant, and counting days would overflow
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
# C0 and C1 without tab and line feed, bidirectional overrides, lone surrogates
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def words(value: object, *, field: str, most: int, least: int = 0, lines: bool = True) -> str:
    """Text of `least` to `most` characters (code points) without control characters.

    Line ends become `\\n`; the outer white space goes. Invalid names the field and the fault:
    not_text, control_characters, too_long, too_short, missing, one_line.
    """
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise Invalid({field: "not_text"})
    text = value.strip()
    if not text.isprintable():  # what is forbidden is none of it printable, nor is a line end
        text = _LINE_END.sub("\n", text)
        if _FORBIDDEN.search(text):
            raise Invalid({field: "control_characters"}, limit=most)
    if len(text) > most:
        raise Invalid({field: "too_long"}, limit=most, length=len(text))
    if not lines and "\n" in text:
        raise Invalid({field: "one_line"})
    if least and not text:
        raise Invalid({field: "missing"})
    if len(text) < least:
        raise Invalid({field: "too_short"}, limit=least, length=len(text))
    return text


def plain(text: str) -> str:
    """Words that nobody can be asked to write again, without what `words` refuses."""
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text)).strip()


def one_of(value: object, among: Mapping[str, object] | list[str], *, field: str) -> str:
    """A value of a closed set; Invalid `not_known` otherwise."""
    if not isinstance(value, str) or value not in among:
        raise Invalid({field: "not_known" if value else "missing"}, allowed=sorted(among))
    return value


def whole(value: object, *, field: str, least: int = 0, most: int = 2**53) -> int:
    """A whole number, given as one or as ASCII digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid({field: "not_a_number"})
    if not least <= value <= most:
        raise Invalid({field: "out_of_range"}, least=least, most=most)
    return value


def day(value: object, *, field: str) -> date:
    """A calendar day as YYYY-MM-DD, of a year that can be meant."""
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(unicodedata.normalize("NFKC", _written(value)))
        except ValueError:
            raise Invalid({field: "not_a_day" if value else "missing"}) from None
    if isinstance(value, datetime) or value.year not in YEARS:
        raise Invalid({field: "not_a_day"})
    return value


def moment(value: object, *, field: str) -> datetime:
    """A moment as ISO 8601 with its offset, of a year that can be meant.

    One without a time zone is refused: nobody knows when it was.
    """
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(_written(value))
        except ValueError:
            raise Invalid({field: "not_a_moment" if value else "missing"}) from None
    if value.utcoffset() is None:
        raise Invalid({field: "no_time_zone"})
    if value.year not in YEARS:
        raise Invalid({field: "not_a_moment"})
    return value


def _written(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
