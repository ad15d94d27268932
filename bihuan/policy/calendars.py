"""China's working days as the State Council publishes them: read, checked, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from bihuan.core.workdays import Workdays
from bihuan.policy.faults import PolicyFault, line_of, parse, tables_of, text_of
from bihuan.policy.shapes import Misfit, shape

T = TypeVar("T")

PACKAGED = Path(__file__).parents[1] / "handbook" / "2025" / "calendar.toml"
#: Since 2025 thirteen days are statutory holidays; every other free day is worked off.
STATUTORY_DAYS = 13
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holiday:
    """One block of rest days, both ends included, and the weekend days worked for it."""

    name: str
    name_en: str
    first: date
    last: date
    work: tuple[date, ...] = ()

    def days(self) -> Iterator[date]:
        for n in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=n)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A year as officially arranged; `workdays` is its stated total."""

    year: int
    source: str
    published: date
    workdays: int
    holiday: tuple[Holiday, ...]

    @property
    def off(self) -> tuple[date, ...]:
        return tuple(day for block in self.holiday for day in block.days())

    @property
    def on(self) -> tuple[date, ...]:
        return tuple(sorted(day for block in self.holiday for day in block.work))


@dataclass(frozen=True, slots=True)
class Expected:
    """A year nobody has arranged yet: the days off that the law itself names."""

    year: int
    source: str
    holiday: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True)
class Years:
    """What one calendar file says."""

    arranged: tuple[Arrangement, ...]
    expected: tuple[Expected, ...]


def read(text: str, file: str = "calendar.toml") -> Years:
    """The years of one file. PolicyFault names the file, the line and what is wrong with it."""
    tables = parse(text, file)
    for unknown in tables.keys() - {"year", "expected"}:
        raise PolicyFault(file, line_of(text, unknown), f"the table {unknown!r} is not known here")
    arranged = _shaped(Arrangement, tables_of(tables, "year", text, file), "year", text, file)
    for n, year in enumerate(arranged):
        for wrong in wrong_with(year):
            raise _fault(file, line_of(text, "year", n), year.year, wrong)
    twice = [year for year, n in Counter(a.year for a in arranged).items() if n > 1]
    if twice:
        raise PolicyFault(file, line_of(text, "year"), f"{twice[0]} stands here twice")
    later_years = tables_of(tables, "expected", text, file)
    expected = _shaped(Expected, later_years, "expected", text, file)
    for n, later in enumerate(expected):
        days = (day for block in later.holiday for day in block.days())
        for wrong in _elsewhere(later.year, days):
            raise _fault(file, line_of(text, "expected", n), later.year, wrong)
    return Years(arranged, expected)


def _fault(file: str, line: int, year: int, wrong: Wrong) -> PolicyFault:
    return PolicyFault(file, line, f"{year}: {wrong.why}", wrong.code, wrong.facts)


def _shaped(cls: type[T], rows: list[object], table: str, text: str, file: str) -> tuple[T, ...]:
    made = []
    for n, row in enumerate(rows):
        try:
            made.append(shape(cls, row))
        except Misfit as wrong:
            raise PolicyFault(file, line_of(text, table, n, wrong.key), wrong.why) from wrong
    return tuple(made)


class Wrong(NamedTuple):
    """Why an arrangement cannot be true: a name and facts for pages, words for the command line."""

    code: str
    why: str
    facts: dict[str, object] = {}  # noqa: RUF012  # nobody writes into it


def wrong_with(year: Arrangement) -> Iterator[Wrong]:
    """What cannot be true of an official arrangement."""
    if not date.min.year < year.year < date.max.year:
        yield Wrong("no_such_year", "there is no such year")
        return
    off, on = Counter(year.off), year.on
    yield from _elsewhere(year.year, (*off, *on))
    for day, times in off.items():
        if times > 1:
            yield _about(day, "rests_twice", "rests in two blocks")
    for day in on:
        if day.weekday() < SATURDAY:
            yield _about(day, "make_up_on_a_weekday", "is a make-up day, but no Saturday or Sunday")
        if day in off:
            yield _about(day, "rests_and_works", "both rests and works")
    if any(block.last < block.first for block in year.holiday):
        yield Wrong("ends_before_it_begins", "a block ends before it begins")
    yield from _miscounted(year)


def _miscounted(year: Arrangement) -> Iterator[Wrong]:
    """A year works from Monday to Friday but for thirteen days, whatever is exchanged."""
    days = Workdays(frozenset(year.off), frozenset(year.on), frozenset({year.year}))
    first, last = date(year.year, 1, 1), date(year.year, 12, 31)
    counted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    works = sum(days.is_workday(day) for day in counted)
    due = sum(day.weekday() < SATURDAY for day in counted) - STATUTORY_DAYS
    facts: dict[str, object] = {"works": works, "stated": year.workdays, "due": due}
    if works != year.workdays:
        why = f"{works} days work, but {year.workdays} are stated"
        yield Wrong("not_the_stated_count", why, facts)
    if works != due:
        why = f"{works} days work; Monday to Friday less {STATUTORY_DAYS} statutory days is {due}"
        yield Wrong("not_weekdays_less_thirteen", why, facts)


def _about(day: date, code: str, why: str) -> Wrong:
    return Wrong(code, f"{day} {why}", {"day": day.isoformat()})


def _elsewhere(year: int, days: Iterable[date]) -> Iterator[Wrong]:
    return (
        _about(day, "in_another_year", "lies in another year") for day in days if day.year != year
    )


def together(years: Iterable[Years]) -> Workdays:
    """One calendar from several files; a year that a later file arranges replaces the earlier."""
    arranged: dict[int, Arrangement] = {}
    expected: dict[int, Expected] = {}
    for file in years:
        arranged |= {year.year: year for year in file.arranged}
        expected |= {year.year: year for year in file.expected}
    waiting = [year for n, year in expected.items() if n not in arranged]
    blocks = [block for year in arranged.values() for block in year.holiday]
    blocks += [block for year in waiting for block in year.holiday]
    return Workdays(
        off=frozenset(day for year in arranged.values() for day in year.off),
        on=frozenset(day for year in arranged.values() for day in year.on),
        years=frozenset(arranged),
        statutory=frozenset(d for year in waiting for block in year.holiday for d in block.days()),
        names={day: block.name for block in blocks for day in block.days()},
    )


def one_year(text: str, file: str = "calendar.toml") -> Arrangement:
    """The single year a file arranges. PolicyFault as `read`, and for none, several or expected."""
    years = read(text, file)
    if len(years.arranged) != 1 or years.expected:
        raise PolicyFault(file, 1, "one [[year]] is expected here, and nothing else", "one_year")
    return years.arranged[0]


def calendar(*files: Path) -> Workdays:
    """The packaged calendar, with `files` (later years, corrections) laid over it."""
    return together(read(text_of(path), path.name) for path in (PACKAGED, *files))
