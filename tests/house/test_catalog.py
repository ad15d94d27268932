"""Every event that is said is in the catalogue with words, clause and keys; none stands idle."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.template import Context, Template

from bihuan.config import wiring
from bihuan.events import catalog
from bihuan.events.catalog import CATALOG, KIND_OF
from bihuan.policy.loader import load_current
from tests.house import source

BOOK = load_current()
#: Said when a year of working days is imported, which waits for `bihuan calendar import`.
AWAITED: set[str] = set()
HANZI = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("kind", CATALOG)
def test_a_kind_has_words_in_both_languages_a_clause_and_keys(kind: str) -> None:
    found = CATALOG[kind]

    assert HANZI.search(found.label)
    assert found.label_en
    assert not HANZI.search(found.label_en)
    assert found.clause in BOOK.clauses
    assert found.keys


@pytest.mark.parametrize("icon", sorted({kind.icon for kind in CATALOG.values()}))
def test_its_icon_is_one_that_can_be_drawn(icon: str) -> None:
    drawn = Template(f'{{% lucide "{icon}" %}}').render(Context())

    assert drawn.startswith("<svg")


def test_a_kind_is_what_happened_to_something() -> None:
    assert not [kind for kind in CATALOG if not re.fullmatch(r"[a-z_]+\.[a-z_]+", kind)]


def test_no_key_could_hold_personal_words() -> None:
    personal = {"name", "phone", "email", "contact", "address", "text", "subject", "order_no"}

    assert not [kind for kind, found in CATALOG.items() if found.keys & personal]


def test_every_kind_is_said_somewhere_and_whatever_is_said_is_a_kind() -> None:
    said = {
        str(text.value)
        for module in source.modules()
        if Path(catalog.__file__) != module.path
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for text in source.strings(node)
        if str(text.value) in CATALOG
    }

    assert CATALOG.keys() - said - set(KIND_OF.values()) == AWAITED


def test_a_literal_kind_handed_to_the_log_is_in_the_catalogue() -> None:
    unknown = [
        f"{module.place}:{node.lineno} {node.args[0].value}"
        for module in source.modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in {("log", "append"), ("log", "row")}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value not in CATALOG
    ]

    assert not unknown


def test_subscribers_hear_only_kinds_that_there_are() -> None:
    heard = {kind for subscriber in wiring.SUBSCRIBERS for kind in subscriber.kinds}

    assert heard <= CATALOG.keys()
