"""The people of the stories, for the rules that are checked through the doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House


@pytest.fixture
def house(db: None) -> House:
    """The handbook in force, 爱丽, 丁外人 and the staff, rolled back afterwards."""
    from bihuan.cases.tests import people  # Django is not set up when this file is read

    return people.house()
