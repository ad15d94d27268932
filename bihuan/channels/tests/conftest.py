"""A house whose channels say what a test has them say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House
    from bihuan.core.ports import Standing


@pytest.fixture
def said(settings: Any) -> Iterator[dict[str, Standing]]:
    """What each channel says of itself, by its id."""
    from bihuan.channels.tests import wiring

    settings.BIHUAN_WIRING = "bihuan.channels.tests.wiring"
    wiring.SAID.clear()
    yield wiring.SAID
    wiring.SAID.clear()


@pytest.fixture
def home(db: None) -> House:
    """The handbook in force, 爱丽, 丁外人 and the staff, rolled back afterwards."""
    from bihuan.cases.tests import people

    return people.house()
