"""Every clause has a home, and each home that is named is there."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.urls import NoReverseMatch, get_resolver

from bihuan.__main__ import COMMANDS
from bihuan.events.catalog import KIND_OF
from bihuan.policy.loader import load_current

BOOK = load_current()
#: Commands that stand in a foundation, not in a room's commands.py.
FOUNDATIONS = {"log": "bihuan.events.log", "secrets": "bihuan.store.secrets"}


def _homes(word: str) -> list[str]:
    """What statements name as `word:…`, each once."""
    named = (statement.by.partition(":") for statement in BOOK.statements.values())
    return sorted({name for found, _, name in named if found == word})


@pytest.mark.parametrize("page", _homes("page"))
def test_a_page_that_is_a_home_has_an_address(page: str) -> None:
    room, _, name = page.partition("/")
    _, resolver = get_resolver().namespace_dict.get(room, ("", None))
    if resolver is None:
        raise NoReverseMatch(f"there is no room {room!r} with pages")

    assert name in {key for key in resolver.reverse_dict if isinstance(key, str)}


@pytest.mark.parametrize("command", _homes("command"))
def test_a_command_that_is_a_home_can_be_given(command: str) -> None:
    room, _, name = command.rpartition(".")

    if room:
        place = FOUNDATIONS.get(room, f"bihuan.{room}.commands")
        assert callable(getattr(import_module(place), name))
    else:
        assert name in COMMANDS


@pytest.mark.parametrize("action", _homes("action"))
def test_an_action_that_is_a_home_is_a_step_that_says_an_event(action: str) -> None:
    assert action in KIND_OF


def test_every_clause_is_cited_by_something_that_lives() -> None:
    places = (BOOK.statements, BOOK.duties, BOOK.targets, BOOK.routes, BOOK.defaults)
    cited = {entry.clause for place in places for entry in place.values()}
    cited |= {promise.clause for promise in BOOK.promises}
    cited |= {clause for note in BOOK.legal_notes.values() for clause in note.clauses}
    cited |= {clause for ruling in BOOK.rulings.values() for clause in ruling.clauses}
    parents = {clause.partition(".")[0] for clause in cited}
    parents |= {clause.rpartition(".")[0] for clause in cited}

    assert BOOK.clauses.keys() <= cited | parents
