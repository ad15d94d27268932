"""The scales by which feedback is sorted, and the level that their product gives (7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

SCALES = ("severity", "reach", "haste")


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a scale. `when` and `people_at_least` say which facts suggest it."""

    value: int
    zh: str
    en: str
    when: tuple[str, ...] = ()
    people_at_least: int | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """One of the three measures by which feedback is sorted; the text gives no numbers."""

    id: str
    zh: str
    en: str
    clause: str
    rungs: tuple[Rung, ...]
    default_not_handbook: bool = True


@dataclass(frozen=True, slots=True)
class Level:
    """From which product of the scales, or from which single value, feedback is of a priority.

    `id` is the priority; 0 of `any_at_least`: no single value is enough.
    """

    id: str
    clause: str
    product_at_least: int
    any_at_least: int = 0
    default_not_handbook: bool = True

    def reached(self, values: Iterable[int]) -> bool:
        """Do these values, one a scale, reach it?"""
        given = list(values)
        alone = self.any_at_least and max(given) >= self.any_at_least
        return bool(alone) or prod(given) >= self.product_at_least


def level_of(levels: Mapping[str, Level], values: Iterable[int]) -> Level:
    """The first level from above that is reached; the last one always is."""
    given = list(values)
    return next(level for level in levels.values() if level.reached(given))


def suggested(scale: Scale, *, term: str = "", people: int = 0) -> Rung:
    """The highest rung that a term or so many people speak for, else the first."""
    found = scale.rungs[0]
    for rung in scale.rungs:
        many = rung.people_at_least is not None and people >= rung.people_at_least
        if many or (term and term in rung.when):
            found = rung
    return found
