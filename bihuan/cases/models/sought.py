"""The words of a case as they are looked for: made of its rows, and made anew whenever wanted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Lookup


class SearchText(models.Model):
    """Lexemes of subject, wish and everything said, and of the month the case came in.

    Never the only copy of a word: `commands.index_words` makes it of the rows that are there.
    """

    case_id = models.BigIntegerField(primary_key=True)
    received_at = models.DateTimeField()
    tokens = SearchVectorField()
    words = models.BigIntegerField(default=0, db_default=0)  # a fingerprint of the first of them

    class Meta:
        # what waits to be sorted in is read by every search: no more than 1024 kB of it
        indexes: ClassVar = [
            GinIndex(fields=["tokens"], gin_pending_list_limit=1024, name="search_by_token"),
            models.Index(fields=["received_at"], include=["words"], name="search_by_time"),
        ]


@SearchVectorField.register_lookup
class Holds(Lookup):
    """`tokens__holds="'破损' & 'm:2610'"`: a tsquery as `core.lexemes` writes it, no dictionary."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, given = self.process_lhs(compiler, connection)
        right, asked = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::tsquery", (*given, *asked)
