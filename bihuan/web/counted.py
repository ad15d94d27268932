"""How many rows there are, counted no further than anybody reads."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, QuerySet

MOST = 500


class AtLeast(int):
    """A number at which the counting stopped: it reads 500+, on pages and in sentences."""

    def __str__(self) -> str:
        return f"{int(self)}+"

    __repr__ = __str__


def said(number: int) -> int:
    """A count that went as far as MOST, as it is shown."""
    return AtLeast(number) if number >= MOST else number


def counted(rows: QuerySet[Any]) -> int:
    """How many rows, MOST at most, so that a page costs the same in a large house."""
    return said(rows[:MOST].count())


def within(rows: QuerySet[Any]) -> Func:
    """The same as an expression: several counts in one statement, each by its own index."""
    ids = ArraySubquery(rows.values("pk")[:MOST])
    return Func(ids, function="cardinality", output_field=IntegerField())
