"""Whether the scales by which feedback is sorted can be used: every product has a level (7.2)."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.core.handbook import Handbook
from bihuan.core.scales import SCALES

Found = tuple[str, str, str, str]  # place, id, key, why


def faults(book: Handbook) -> Iterator[Found]:
    """What is wrong with them; nothing for a version without either."""
    if bool(book.scales) != bool(book.levels):
        place = "scales" if book.scales else "levels"
        first = next(iter(getattr(book, place)))
        yield place, first, "id", "scales and levels go together"
    yield from _scales(book)
    yield from _levels(book)


def _scales(book: Handbook) -> Iterator[Found]:
    for scale in book.scales.values():
        if scale.id not in SCALES:
            yield "scales", scale.id, "id", f"none of {', '.join(SCALES)}"
        if [rung.value for rung in scale.rungs] != [1, 2, 3]:
            yield "scales", scale.id, "rungs", "the rungs are 1, 2 and 3, in this order"
    if book.scales and (missing := set(SCALES) - book.scales.keys()):
        last = list(book.scales)[-1]
        yield "scales", last, "id", f"there is no scale {', '.join(sorted(missing))}"


def _levels(book: Handbook) -> Iterator[Found]:
    for level in book.levels.values():
        if level.id not in book.priorities:
            yield "levels", level.id, "id", f"there is no priority {level.id!r}"
    needed = [level.product_at_least for level in book.levels.values()]
    if needed and (needed != sorted(needed, reverse=True) or needed[-1] != 1):
        last = list(book.levels)[-1]
        yield "levels", last, "product_at_least", "they fall from the highest level to 1"
