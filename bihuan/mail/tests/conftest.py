"""A house with its people, and a reader of mails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House
    from bihuan.mail.reader import Reader


@pytest.fixture
def home(db: None, settings: Any, tmp_path: Any) -> House:
    """In a transaction that is rolled back; files lie in a folder of its own."""
    from bihuan.cases.tests.people import house

    settings.HOME = tmp_path
    return house()


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """One for many mails, as the worker has."""
    from bihuan.mail.reader import Reader

    with Reader() as one:
        yield one
