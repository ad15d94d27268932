"""Where a search leads. No number of a person or order is ever put into an address: its cases are
named by the number of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.core import ids, inputs, lexemes, personal
from bihuan.core.refusals import NotFound
from bihuan.desk.listing import INBOX, NOBODY, ORDER, SAME
from bihuan.orders import queries as orders
from bihuan.web.door import Who

SEARCH = "/desk/search/"


def sought(given: object) -> str:
    """The words to search for; the number of a case in its plain form."""
    q = inputs.words(given, field="q", most=100)
    return ids.read_case_number(q) or q


def place(given: object, who: Who, **narrowed: str) -> str:
    """The address that shows what these words find; Invalid when they cannot be read."""
    q = sought(given)
    return of_case(q, who) or of_person(q, who) or of_order(q, who) or _of_words(q, narrowed)


def _of_words(q: str, narrowed: Mapping[str, str]) -> str:
    """What could be somebody's number is no word, and goes no further."""
    kept = plain(q)
    if q and not kept:
        return f"{INBOX}?{urlencode({'view': 'every', NOBODY: 1})}"
    asked = {name: value for name, value in ({"q": kept} | dict(narrowed)).items() if value}
    return f"{SEARCH}?{urlencode(asked)}" if asked else SEARCH


def plain(q: str) -> str:
    """Without what could be the number of a person or an order: that stands in no address."""
    return " ".join(part for part in q.split() if ids.read_case_number(q) or _is_word(part))


def _is_word(part: str) -> bool:
    return bool(lexemes.sought(part)) or not any(c.isdecimal() for c in part)


def of_case(q: str, who: Who) -> str:
    """The case of a whole number, whatever its state; "" when there is none to be seen."""
    number = ids.read_case_number(q)
    if not number:
        return ""
    try:
        return queries.get(number, who["by"]).desk_url
    except NotFound:
        return ""


def of_person(q: str, who: Who) -> str:
    """The list of whoever has the contact that these words hold; "" when they hold none.

    Nobody, and somebody of whom no case may be seen, look the same.
    """
    if ids.read_case_number(q):
        return ""
    told = personal.find(q)
    if not told:
        return ""
    for text in (q, *(one.value for one in told)):
        person = people.known_by(text)
        if person and (number := _newest(queries.Filters(person=person), who)):
            return f"{INBOX}?{urlencode({'view': 'every', SAME: number})}"
    return f"{INBOX}?{urlencode({'view': 'every', NOBODY: 1})}"


def of_order(q: str, who: Who) -> str:
    """The list of the cases about the order that these words name; "" when they name none."""
    if ids.read_case_number(q):
        return ""
    for text in (q, *q.split()):
        for order in orders.of_number(text):
            if number := _newest(queries.Filters(order=order), who):
                return f"{INBOX}?{urlencode({'view': 'every', ORDER: number})}"
    return ""


def _newest(theirs: queries.Filters, who: Who) -> str:
    found = queries.inbox(who["by"], view="every", filters=theirs, limit=1, at=who["at"])
    return found.cases[0].number if found.cases else ""
