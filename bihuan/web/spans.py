"""Which days a report is about: a month, a quarter, or from one day to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.core import inputs
from bihuan.core.refusals import Invalid
from bihuan.web import messages
from bihuan.web.door import Who
from bihuan.web.words import date_words, local

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The days, inclusive, and what was wrong with those that were asked for."""

    first: date
    last: date
    today: date
    given: dict[str, str]
    faults: dict[str, str]

    @property
    def words(self) -> str:
        """2月1日—2月28日."""
        return f"{date_words(self.first, self.today)}—{date_words(self.last, self.today)}"

    @property
    def query(self) -> dict[str, str]:
        """The same days in an address."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    def context(self, **kept: str) -> dict[str, Any]:
        """What the head of a report needs: the days, the ways to other days, the form."""
        return {
            "period": self.words,
            "periods": [
                {
                    "label": label,
                    "url": f"?{urlencode({**kept, 'from': first, 'to': last})}",
                    "current": (first, last) == (self.first, self.last),
                }
                for label, first, last in _usual(self.today)
            ],
            "from": self.given.get("from") or self.first.isoformat(),
            "to": self.given.get("to") or self.last.isoformat(),
            "faults": self.faults,
            "kept": kept,
        }


def span(request: HttpRequest, who: Who, longest: timedelta, *, quarter: bool = False) -> Span:
    """As the address asks; this month, or quarter, where it asks nothing or what cannot be read."""
    today = local(who["at"]).date()
    first, last = _quarter(today) if quarter else _month(today)
    given = {name: request.GET.get(name, "") for name in ("from", "to")}
    if not any(given.values()):
        return Span(first, last, today, given, {})
    try:
        asked = inputs.day(given["from"], field="from"), inputs.day(given["to"], field="to")
        if not timedelta() <= asked[1] - asked[0] <= longest:
            raise Invalid({"to": "not_valid"})
    except Invalid as fault:
        return Span(first, last, today, given, messages.faults(fault))
    return Span(*asked, today, given, {})


def _usual(today: date) -> list[tuple[str, date, date]]:
    month, quarter = _month(today), _quarter(today)
    return [
        (_("本月"), *month),
        (_("上月"), *_month(month[0] - DAY)),
        (_("本季度"), *quarter),
        (_("上季度"), *_quarter(quarter[0] - DAY)),
    ]


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - DAY


def _quarter(day: date) -> tuple[date, date]:
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, _month(first + timedelta(days=70))[1]
