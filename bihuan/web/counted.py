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


def said(number: int, most: int = MOST) -> int:
    """A count that went no further than `most`, as it is shown."""
    return AtLeast(number) if number >= most else number


def counted(rows: QuerySet[Any], most: int = MOST) -> int:
    """How many rows, `most` at most, so that a page costs the same in a large house."""
    return said(rows[:most].count(), most)


def within(rows: QuerySet[Any], most: int = MOST) -> Func:
    """The same as an expression: several counts in one statement, each by its own index."""
    ids = ArraySubquery(rows.values("pk")[:most])
    return Func(ids, function="cardinality", output_field=IntegerField())
