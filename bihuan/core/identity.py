"""How surely the house knows who somebody is, and what it may demand before accepting (1.2 ①)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from bihuan.core import inputs, personal
from bihuan.core.refusals import Invalid

#: Nothing; a one-time code reached them; they said who they are; somebody checked it.
Level = Literal["none", "contact", "declared", "verified"]
LEVELS: tuple[str, ...] = get_args(Level)
Document = Literal["id_card", "permit", "passport"]
DOCUMENTS: tuple[str, ...] = get_args(Document)
#: Why personal data may be used for it (PIPL 13; X-32); a number always needs separate consent.
Basis = Literal["consent", "contract", "legal_duty"]

CLAUSE = "1.2"
NAME_LEAST, NAME_MOST = 2, 50
NUMBER_MOST = 40  # as typed, with blanks
ALONE_FROM = 14  # years; younger, the guardian decides (PIPL 31)
_BETWEEN = " ·.'-"
_DOTS = str.maketrans(dict.fromkeys("・•‧∙⋅", "·") | {"’": "'", "‘": "'"})
_ID_CARD = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_OTHERS = {
    "permit": re.compile(r"[HM]?\d{8}(?:\d{2})?", re.ASCII),  # of Hong Kong, Macau, Taiwan
    "passport": re.compile(r"(?=.*\d)[A-Z\d]{5,12}", re.ASCII),
}


@dataclass(frozen=True, slots=True)
class IdentityDemand:
    """A level that must be reached before cases of this kind are accepted; empty means any.

    Such a case is registered all the same, and its clocks run (2.2.1).
    """

    id: str
    zh: str
    en: str
    clause: str
    level: Literal["contact", "declared", "verified"]
    basis: Basis
    why: str
    why_en: str
    kinds: frozenset[str] = frozenset()
    issues: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    default_not_handbook: bool = False

    def concerns(self, *, kind: str, issue: str, category: str, channel: str) -> bool:
        """Is such a case meant?"""
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.issues or issue in self.issues)
            and (not self.categories or category in self.categories)
            and (not self.channels or channel in self.channels)
        )


def reaches(level: str, demanded: str) -> bool:
    """Whether somebody of this level has what is demanded."""
    return LEVELS.index(level) >= LEVELS.index(demanded)


def plain_name(text: object) -> str:
    """A name as a document has it, dots and blanks made one. Invalid: name."""
    name = inputs.words(text, field="name", least=1, most=NAME_MOST, lines=False)
    name = " ".join(unicodedata.normalize("NFKC", name).translate(_DOTS).split())
    if not all(map(_in_a_name, name)):
        raise Invalid({"name": "not_a_name"}, CLAUSE)
    if sum(map(str.isalpha, name)) < NAME_LEAST:
        raise Invalid({"name": "name_too_short"}, CLAUSE)
    return name


def _in_a_name(char: str) -> bool:
    return char.isalpha() or char in _BETWEEN or unicodedata.category(char)[0] == "M"


def plain_number(text: object, document: str, today: date) -> str:
    """The number of a document in its plain form; of an identity card its check digit holds.

    Of a document not chosen yet (an empty one) only that something is there.
    Invalid: number, with what is wrong: not_an_id_card, not_a_birthday, wrong_check_digit,
    under_age, not_a_permit, not_a_passport.
    """
    given = inputs.words(text, field="number", least=1, most=NUMBER_MOST, lines=False)
    folded = unicodedata.normalize("NFKC", given).upper()
    number = "".join(char for char in folded if char not in " -\t")
    fault = ""
    if document == "id_card":
        fault = _fault_of_id_card(number, today)
    elif document and not _OTHERS[document].fullmatch(number):
        fault = f"not_a_{document}"
    if fault:
        raise Invalid({"number": fault}, CLAUSE)
    return number


def _fault_of_id_card(number: str, today: date) -> str:
    """GB 11643: 17 digits, a day of birth among them, and a check character modulo 11."""
    if not _ID_CARD.fullmatch(number):
        return "not_an_id_card"
    born = personal.born_on(number)
    if born is None or born > today:
        return "not_a_birthday"
    if not personal.id_card_checks(number):
        return "wrong_check_digit"
    turns = (today.month, today.day) >= (born.month, born.day)
    age = today.year - born.year - (not turns)
    return "under_age" if age < ALONE_FROM else ""


def masked(number: str) -> str:
    """Its first and last sign, as the house masks identity cards everywhere."""
    return number[0] + "*" * (len(number) - 2) + number[-1]
