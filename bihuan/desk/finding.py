"""Where a search leads. A phone or mail address is never put into an address: its person's cases
are named by the number of one of them."""

from __future__ import annotations

from urllib.parse import urlencode

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.core import ids, personal
from bihuan.core.refusals import NotFound
from bihuan.desk.listing import INBOX, NOBODY, SAME, sought
from bihuan.web.door import Who


def place(given: object, who: Who) -> str:
    """The address that shows what these words find; Invalid when they cannot be read."""
    q = sought(given)
    found = of_person(q, who) or of_case(q, who)
    return found or (f"{INBOX}?{urlencode({'q': q})}" if q else INBOX)


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
        if number := _newest(people.known_by(text), who):
            return f"{INBOX}?{urlencode({'view': 'every', SAME: number})}"
    return f"{INBOX}?{urlencode({'view': 'every', NOBODY: 1})}"


def _newest(person: int, who: Who) -> str:
    if not person:
        return ""
    theirs = queries.Filters(person=person)
    found = queries.inbox(who["by"], view="every", filters=theirs, limit=1, at=who["at"])
    return found.cases[0].number if found.cases else ""
