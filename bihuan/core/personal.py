"""Find and mask phones, identity and card numbers and mail addresses in text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["email", "id_card", "bank_card", "phone"]

_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-"
_LONGEST_LOCAL = 128
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}")

# every repetition is bounded: the search stays linear whatever somebody pastes
_GAP = r"[ \t.·_-]{0,2}"
_CODE = rf"(?:(?:\+|00)?86{_GAP})?"
_MOBILE = re.compile(
    rf"(?<!\d){_CODE}"
    rf"(?P<number>1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
    rf"|1[3-9]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}"
    rf"|1[ \t.·_-]{{1,2}}[3-9](?:[ \t.·_-]{{1,2}}\d){{9}})(?!\d)"
)
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(
    r"(?<!\d)(?:(?:\+|00)86[ -]{0,2}\(?0?|\(?0)(?P<area>10|2\d|[3-9]\d{2})\)?[ -]{0,2}"
    r"(?P<number>[2-9]\d{2,3}[ -]?\d{4})(?:(?:-| ?转 ?| ?ext\.? ?)\d{1,6})?(?!\d)"
)
# looked for from every place: digits before it in a row must not hide the one that checks
_ID_CARD = re.compile(
    rf"(?<!\d)(?=(?P<number>[1-9](?:{_GAP}\d){{5}}{_GAP}(?:1{_GAP}9|2{_GAP}0)"
    rf"(?:{_GAP}\d){{9}}{_GAP}[\dXx])(?![\dA-Za-z]))"
)
_BANK_CARD = re.compile(r"(?<![\dA-Za-z])[3-6](?:[ -]?\d){12,18}(?!\d)")
_ORDER_WORD = re.compile(
    r"(?:订单|运单|快递|物流|流水|工单|单号|order)(?:编?号码?|为|是|no\.?|[\s:：#,，.()（）]){0,6}\Z",
    re.IGNORECASE,
)
_LONGEST_ORDER_WORD = 16
_AT = re.compile("[@＠]")
_DIGIT = re.compile(r"[\d零〇一幺二两三四五六七八九]")
_FEWEST_DIGITS = 10  # an area code and the shortest number behind it

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CHINESE_DIGITS = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
_DASHES = "‐‑‒–—―−－"
_UNIT = re.compile(
    r"[^路街道巷弄号村镇乡\d\s]{1,9}?(?:省|自治区|自治州|市|(?<![小社园])区|县|旗|盟)"
)
_DISTRICTS = ("区", "县", "旗")
_COMPOUND_SURNAME = re.compile(
    "欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|独孤|南宫|端木"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a personal datum stands in the text, and its plain form (fit for a blind index)."""

    kind: Kind
    start: int
    end: int
    value: str


class _Folding(dict[int, str]):
    """Full-width forms, other scripts' digits, dashes and odd spaces; one character for one."""

    def __missing__(self, code: int) -> str:
        plain = self[code] = _plain(chr(code))
        return plain


def _plain(char: str) -> str:
    if char in _DASHES:
        return "-"
    if char.isspace() or unicodedata.category(char) == "Cf":
        return " "
    if 0xFF01 <= ord(char) <= 0xFF5E:
        return chr(ord(char) - 0xFEE0)
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


_FOLDING = _Folding({code: chr(code) for code in range(128)})


def find(text: str) -> tuple[Found, ...]:
    """What in `text` is personal, in order and without overlaps.

    Numbers of orders and cases are not personal and stay. Positions are those of `text`.
    """
    if len(_DIGIT.findall(text)) < _FEWEST_DIGITS and not _AT.search(text):
        return ()
    folded = text.translate(_FOLDING)
    spoken = folded.translate(_CHINESE_DIGITS)
    taken = bytearray(len(text))
    found: list[Found] = []
    for one in _candidates(folded, spoken):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
            found.append(one)
    return tuple(sorted(found, key=lambda f: f.start))


def mask(text: str) -> str:
    """The text with everything personal in it masked."""
    parts, at = [], 0
    for one in find(text):
        parts += [text[at : one.start], masked(one)]
        at = one.end
    return "".join([*parts, text[at:]])


def masked(one: Found) -> str:
    """What may be shown of a datum that was found."""
    if one.kind == "email":
        return mask_email(one.value)
    if one.kind == "phone":
        return mask_phone(one.value)
    shown = one.value[0] if one.kind == "id_card" else ""
    rest = one.value[-1] if one.kind == "id_card" else one.value[-4:]
    return shown + "*" * (len(one.value) - len(shown) - len(rest)) + rest


def mask_name(name: str) -> str:
    """王小明 -> 王**, 欧阳锋 -> 欧阳*, Alice Smith -> A**; a single letter is hidden."""
    plain = name.strip()
    if len(plain) < 2:
        return "*" * len(plain)
    if plain.isascii():
        return plain[0] + "**"
    kept = 2 if len(plain) > 2 and _COMPOUND_SURNAME.match(plain) else 1
    return plain[:kept] + "*" * min(len(plain) - kept, 3)


def mask_phone(phone: str) -> str:
    """139****2718; 010-****5678; of anything else no more than the last two digits."""
    number = normal_phone(phone)
    if number is None:
        digits = _digits(phone.translate(_FOLDING))
        return "****" + (digits[-2:] if len(digits) > 6 else "")
    if not number.startswith("0"):
        return f"{number[:3]}****{number[-4:]}"
    area = 3 if number[1] in "12" else 4
    return f"{number[:area]}-****{number[area:][-4:]}"


def mask_email(email: str) -> str:
    """a***@example.com; without an @ nothing is shown."""
    local, at, domain = email.strip().rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"


def mask_address(address: str) -> str:
    """浙江省杭州市西湖区****: as far as the district, nothing of the street."""
    plain, end = address.strip(), 0
    while unit := _UNIT.match(plain, end):
        end = unit.end()
        if unit[0].endswith(_DISTRICTS) and not unit[0].endswith("自治区"):
            break
    return plain[:end] + "****" if plain else ""


def normal_phone(text: str) -> str | None:
    """Digits only, without +86: 13912342718, 01062345678; None if it is no such number."""
    if _PLAIN_MOBILE.fullmatch(text):  # as most are written: the search would find the same
        return text
    return _only(text, "phone")


def normal_email(text: str) -> str | None:
    """Half-width and in lower case; None if it is no mail address."""
    return _only(text, "email")


def _only(text: str, kind: Kind) -> str | None:
    plain = text.translate(_FOLDING).strip()[:320]
    found = find(plain)
    whole = len(found) == 1 and (found[0].start, found[0].end) == (0, len(plain))
    return found[0].value if whole and found[0].kind == kind else None


def _candidates(folded: str, spoken: str) -> Iterator[Found]:
    """Everything that looks personal, the surest kind first."""
    yield from _emails(folded)
    yield from _id_cards(folded)
    yield from _bank_cards(folded)
    for text in (folded, spoken):
        yield from _phones(text)


def _emails(text: str) -> Iterator[Found]:
    at = text.find("@")
    while at >= 0:
        left = text[max(0, at - _LONGEST_LOCAL) : at]
        local = left[len(left.rstrip(_LOCAL)) :].lstrip(".-")
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            value = f"{local}@{domain[0]}".lower()
            yield Found("email", at - len(local), domain.end(), value)
        at = text.find("@", at + 1)


def _id_cards(text: str) -> Iterator[Found]:
    for match in _ID_CARD.finditer(text):
        value = re.sub(r"[^\dXx]", "", match["number"]).upper()
        if _is_id_card(value):
            yield Found("id_card", match.start(), match.end("number"), value)


def _is_id_card(value: str) -> bool:
    """GB 11643: a real date of birth, and a check character modulo 11."""
    return born_on(value) is not None and id_card_checks(value)


def born_on(value: str) -> date | None:
    """The date of birth in the 18 signs of an identity card; None when there is no such day."""
    try:
        return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None


def id_card_checks(value: str) -> bool:
    """Whether the last of the 18 signs is the check character of the others."""
    total = sum(int(d) * w for d, w in zip(value, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == value[17]


def _bank_cards(text: str) -> Iterator[Found]:
    for match in _BANK_CARD.finditer(text):
        value = re.sub(r"[ -]", "", match[0])
        before = text[max(0, match.start() - _LONGEST_ORDER_WORD) : match.start()]
        if _is_luhn(value) and not _ORDER_WORD.search(before):
            yield Found("bank_card", match.start(), match.end(), value)


def _is_luhn(value: str) -> bool:
    doubled = (int(d) * 2 for d in value[-2::-2])
    return (sum(int(d) for d in value[::-2]) + sum(d - 9 * (d > 9) for d in doubled)) % 10 == 0


def _phones(text: str) -> Iterator[Found]:
    for pattern in (_MOBILE, _LANDLINE):
        yield from (_phone(match) for match in pattern.finditer(text))


def _phone(match: re.Match[str]) -> Found:
    area = match.groupdict().get("area")
    digits = _digits(match["number"])
    return Found("phone", match.start(), match.end(), f"0{area}{digits}" if area else digits)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())
