"""What must be true of the levels that are demanded before accepting (1.2 ①, X-32)."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.core.handbook import Handbook
from bihuan.policy.faults import Fault


def demands_name_what_there_is(book: Handbook) -> Iterator[Fault]:
    """A demand on what nobody can file would be met by nobody, and never be noticed."""
    for demand in book.demands.values():
        for key, given, known in (
            ("kinds", demand.kinds, book.kinds.keys()),
            ("issues", demand.issues, book.issues.keys()),
            ("categories", demand.categories, book.categories.keys()),
            ("channels", demand.channels, book.channels.keys()),
        ):
            for value in sorted(given - known):
                yield Fault("demands", demand.id, key, f"there is no {value!r} in {key}")
