"""A routing rule: which cases it means, and where it sends them (2.2.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bihuan.core import inputs
from bihuan.core.refusals import Invalid

NAME_MOST, WORD_MOST, WORDS_MOST, RULES_MOST = 40, 20, 30, 60
LANGUAGES = ("zh", "en", "other")
#: Conditions that name some of a closed set, by the field of the rule.
LISTS = ("kinds", "channels", "categories", "issues", "priorities", "languages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An empty condition means any. `fen_over` is what was paid for the order, in fen.

    `fallback` takes the case when nobody of the department is on duty, `skill` is looked for
    among them first, and `priority` is a floor: a rule never makes a case less urgent.
    """

    name: str
    department: str
    fallback: str = ""
    skill: str = ""
    priority: str = ""
    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    severity: str = ""
    priorities: tuple[str, ...] = ()
    merchants: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    fen_over: int | None = None
    languages: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """As a version keeps it: without what says nothing."""
        return {name: value for name, value in asdict(self).items() if value not in ("", (), None)}


def read(document: object) -> tuple[Rule, ...]:
    """The rules of a version. Invalid names the rule by its place, from 1, and what is wrong."""
    if not isinstance(document, list):
        raise Invalid({"rules": "not_a_list"}, clause="2.2.2")
    if len(document) > RULES_MOST:
        raise Invalid({"rules": "too_many_rules"}, clause="2.2.2", limit=RULES_MOST)
    return tuple(_rule(given, f"rules.{place}") for place, given in enumerate(document, start=1))


def _rule(given: object, place: str) -> Rule:
    if not isinstance(given, Mapping):
        raise Invalid({place: "not_an_object"}, clause="2.2.2")
    if strange := given.keys() - set(Rule.__slots__):
        raise Invalid({f"{place}.{min(map(str, strange))}": "unknown_field"}, clause="2.2.2")
    return rule(given, place + ".")


def rule(given: Mapping[str, Any], place: str = "") -> Rule:
    """One rule from plain values, each cleaned. Invalid names every faulty field."""
    faults: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, clean in _CLEAN.items():
        try:
            values[name] = clean(given.get(name), place + name)
        except Invalid as fault:
            faults |= fault.fields
    if faults:
        raise Invalid(faults, clause="2.2.2", limit=NAME_MOST)
    return Rule(**values)


def _line(least: int) -> Any:
    return lambda value, field: inputs.words(
        value, field=field, least=least, most=NAME_MOST, lines=False
    )


def _several(value: object, field: str) -> tuple[str, ...]:
    found = [inputs.words(one, field=field, most=NAME_MOST, lines=False) for one in _listed(value)]
    return tuple(dict.fromkeys(filter(None, found)))


def _words(value: object, field: str) -> tuple[str, ...]:
    given = [inputs.words(one, field=field, most=WORD_MOST, lines=False) for one in _listed(value)]
    found = {word.casefold(): word for word in given if word}
    if len(found) > WORDS_MOST:
        raise Invalid({field: "too_many_words"})
    return tuple(found.values())


def _merchants(value: object, field: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(inputs.whole(one, field=field, least=1) for one in _listed(value)))


def _fen(value: object, field: str) -> int | None:
    return None if value is None or value == "" else inputs.whole(value, field=field)


def _listed(value: object) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise Invalid({"rules": "not_a_list"})
    return value


_CLEAN: dict[str, Any] = {
    "name": _line(1),
    "department": _line(1),
    **dict.fromkeys(("fallback", "skill", "priority", "severity"), _line(0)),
    **dict.fromkeys(LISTS, _several),
    "merchants": _merchants,
    "words": _words,
    "fen_over": _fen,
}


def kept(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """As a version keeps them; `read` gives the same rules again."""
    return [one.kept() for one in rules]


def sha256(rules: Sequence[Rule]) -> str:
    """What the log says of a version: the same rules in the same order, the same digest."""
    text = json.dumps(kept(rules), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
