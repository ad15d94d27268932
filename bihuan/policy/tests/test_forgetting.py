"""What a process believes for seconds does not outlive the test that said it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.core.actors import SYSTEM
from bihuan.policy import commands, loader, queries
from bihuan.policy.models import PolicyVersion
from bihuan.policy.tests.test_calendar_import import TEXT

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize("turn", ["the first", "the second"])  # in whatever order they come
def test_no_handbook_and_no_calendar_of_another_test_is_believed(turn: str) -> None:
    assert not queries.has_begun()
    assert queries.workdays() == queries.workdays_with([])

    commands.activate(path=Path(loader.CURRENT), by=SYSTEM, at=AT)
    row = commands.propose_year(text=TEXT.replace("2026-05-09", "2026-05-10"), by=SYSTEM, at=AT)
    commands.approve_year(id=row.id, by=SYSTEM, at=AT)

    assert queries.has_begun()
    assert queries.workdays() != queries.workdays_with([])


def test_a_text_that_is_pinned_is_read_anew_too() -> None:
    commands.activate(path=Path(loader.CURRENT), by=SYSTEM, at=AT)
    id, book = queries.in_force(AT)
    files = loader.files(loader.CURRENT)
    files["agencies.toml"] = files["agencies.toml"].replace("= false", "= true")
    other = loader.read(files)

    PolicyVersion.objects.filter(id=id).update(files=files, sha256=other.sha256)
    before = queries.pinned(id)
    queries.forget()

    assert before == book
    assert queries.pinned(id) == other
