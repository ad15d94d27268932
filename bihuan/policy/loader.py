"""Read handbook/*.toml into core.handbook, with a checksum; a fault names file, line and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bihuan.core import handbook as h
from bihuan.core import identity, outside, redress, scales
from bihuan.core import terms as t
from bihuan.core.handbook import Handbook
from bihuan.core.topics import Topic
from bihuan.policy import rules
from bihuan.policy.faults import Fault, PolicyFault, line_of, parse, tables_of, text_of
from bihuan.policy.shapes import Misfit, shape

CURRENT = Path(__file__).parents[1] / "handbook" / "2025"
#: The calendar reaches every open case, so it stands outside the pinned version (HOUSE §6).
CALENDAR = "calendar.toml"
HEADER = "handbook.toml"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where one kind of entry stands: its file, its table, its place in the Handbook.

    A policy may do without `free` entries; versions from before a file was known have none of it.
    """

    file: str
    table: str
    place: str
    cls: type[Any]
    free: bool = False


SHELVES = (
    Shelf("clauses.toml", "clause", "clauses", h.Clause),
    Shelf("statements.toml", "statement", "statements", h.Statement),
    Shelf("promises.toml", "promise", "promises", h.Promise),
    Shelf("promises.toml", "milestone", "milestones", h.Milestone),
    Shelf("lifecycle.toml", "state", "states", t.Term),
    Shelf("kinds.toml", "kind", "kinds", t.Term),
    Shelf("channels.toml", "channel", "channels", t.Channel),
    Shelf("categories.toml", "category", "categories", t.Category),
    Shelf("issues.toml", "issue", "issues", t.Issue),
    Shelf("issues.toml", "group", "issue_groups", t.IssueGroup),
    Shelf("severities.toml", "severity", "severities", t.Severity),
    Shelf("severities.toml", "fact", "facts", t.Fact),
    Shelf("tiers.toml", "tier", "tiers", t.Tier),
    Shelf("priorities.toml", "priority", "priorities", t.Term),
    Shelf("priorities.toml", "scale", "scales", scales.Scale, free=True),
    Shelf("priorities.toml", "level", "levels", scales.Level, free=True),
    Shelf("departments.toml", "department", "departments", t.Department),
    Shelf("routes.toml", "route", "routes", t.Route),
    Shelf("routes.toml", "override", "overrides", t.Override),
    Shelf("notices.toml", "notice", "notices", t.Notice),
    Shelf("notices.toml", "topic", "topics", Topic, free=True),
    Shelf("agencies.toml", "agency", "agencies", t.Agency),
    Shelf("surveys.toml", "survey", "surveys", t.Survey),
    Shelf("rights.toml", "right", "rights", t.Right),
    Shelf("rulings.toml", "ruling", "rulings", h.Ruling),
    Shelf("legal_notes.toml", "note", "legal_notes", h.LegalNote),
    Shelf("targets.toml", "target", "targets", t.Target),
    Shelf("duties.toml", "duty", "duties", t.Duty),
    Shelf("defaults.toml", "default", "defaults", t.Default),
    Shelf("oversight.toml", "rung", "rungs", t.Rung, free=True),
    Shelf("oversight.toml", "hold", "holds", t.HoldReason, free=True),
    Shelf("oversight.toml", "chase", "chases", t.Rung, free=True),
    Shelf("parties.toml", "kind", "party_kinds", outside.PartyKind, free=True),
    Shelf("parties.toml", "party", "parties", outside.Party, free=True),
    Shelf("handling.toml", "step", "handling", outside.HandlingStep, free=True),
    Shelf("legal_clocks.toml", "clock", "legal_clocks", outside.LegalClock, free=True),
    Shelf("appeals.toml", "ground", "grounds", redress.Ground, free=True),
    Shelf("appeals.toml", "level", "appeal_levels", redress.AppealLevel, free=True),
    Shelf("identity.toml", "demand", "demands", identity.IdentityDemand, free=True),
)
FILES = frozenset({HEADER, *(shelf.file for shelf in SHELVES)})
NEEDED = frozenset({HEADER, *(shelf.file for shelf in SHELVES if not shelf.free)})


@dataclass(frozen=True, slots=True)
class Header:
    """The scalars of handbook.toml."""

    version: str
    title: str
    title_en: str
    in_force_from: date
    source_sha256: str
    mode: str


def files(path: Path) -> dict[str, str]:
    """The texts of one handbook folder by file name, as a policy version keeps them."""
    return {f.name: text_of(f) for f in sorted(path.glob("*.toml")) if f.name != CALENDAR}


def checksum(texts: Mapping[str, str]) -> str:
    """SHA-256 over the sorted files, names included, so that no text can move unseen."""
    digest = sha256()
    for name in sorted(texts):
        digest.update(f"{name}\n{len(texts[name].encode())}\n".encode())
        digest.update(texts[name].encode())
    return digest.hexdigest()


def read(texts: Mapping[str, str]) -> Handbook:
    """The handbook in these files. PolicyFault names the file, the line and why it cannot be.

    It never changes, so the same texts are read once.
    """
    return _read(tuple(sorted(texts.items())))


@lru_cache(maxsize=4)
def _read(given: tuple[tuple[str, str], ...]) -> Handbook:
    texts = dict(given)
    for missing in sorted(NEEDED - texts.keys()):
        raise PolicyFault(missing, 1, "the file is missing")
    for unknown in sorted(texts.keys() - FILES):
        raise PolicyFault(unknown, 1, "no file of this name belongs to a handbook")
    parsed = {name: parse(text, name) for name, text in texts.items()}
    places = {shelf.place: _shelved(shelf, parsed, texts) for shelf in SHELVES}
    _no_other_tables(parsed, texts)
    header = _header(parsed[HEADER], texts[HEADER])
    book = Handbook(
        version=header.version,
        title=header.title,
        title_en=header.title_en,
        in_force_from=header.in_force_from,
        source_sha256=header.source_sha256,
        mode=header.mode,
        sha256=checksum(texts),
        **_held(places),
    )
    for fault in rules.faults(book):
        raise _located(fault, places, texts)
    return book


def _held(places: Mapping[str, dict[Any, Any]]) -> dict[str, Any]:
    """The entries as a handbook holds them: promises in order, the rest by their key."""
    return {
        place: tuple(entries.values()) if place == "promises" else MappingProxyType(entries)
        for place, entries in places.items()
    }


def _shelved(
    shelf: Shelf, parsed: Mapping[str, dict[str, Any]], texts: Mapping[str, str]
) -> dict[Any, Any]:
    text, entries = texts.get(shelf.file, ""), {}
    for n, row in enumerate(tables_of(parsed.get(shelf.file, {}), shelf.table, text, shelf.file)):
        try:
            entry = shape(shelf.cls, row)
        except Misfit as wrong:
            line = line_of(text, shelf.table, n, wrong.key)
            raise PolicyFault(shelf.file, line, wrong.why) from wrong
        key = rules.key_of(entry)
        if key in entries:
            line = line_of(text, shelf.table, n, "id")
            raise PolicyFault(shelf.file, line, f"the id {key!r} stands here twice")
        entries[key] = entry
    if not entries and not shelf.free:
        raise PolicyFault(shelf.file, 1, f"there is no [[{shelf.table}]]")
    return entries


def _no_other_tables(parsed: Mapping[str, dict[str, Any]], texts: Mapping[str, str]) -> None:
    for name in sorted(parsed.keys() - {HEADER}):
        known = {shelf.table for shelf in SHELVES if shelf.file == name}
        for table in parsed[name]:
            if table not in known:
                why = f"the table {table!r} is not known here; known are {', '.join(sorted(known))}"
                raise PolicyFault(name, line_of(texts[name], table), why)


def _header(table: dict[str, Any], text: str) -> Header:
    try:
        return shape(Header, table)
    except Misfit as wrong:
        raise PolicyFault(HEADER, line_of(text, wrong.key), wrong.why) from wrong


def _located(
    fault: Fault, places: Mapping[str, dict[Any, Any]], texts: Mapping[str, str]
) -> PolicyFault:
    shelf = next(shelf for shelf in SHELVES if shelf.place == fault.place)
    nth = list(places[fault.place]).index(fault.id)
    line = line_of(texts[shelf.file], shelf.table, nth, fault.key)
    return PolicyFault(shelf.file, line, fault.why, fault.code)


def load(path: Path) -> Handbook:
    """The handbook in a folder. PolicyFault when a file is missing, unreadable or wrong."""
    if not path.is_dir():
        raise PolicyFault(str(path), 1, "there is no such folder")
    return read(files(path))


@cache
def load_current() -> Handbook:
    """The handbook that comes with this release, read once a process."""
    return load(CURRENT)
