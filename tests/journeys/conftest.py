"""波波's program, for the stories that are told over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.program import Api


@pytest.fixture
def api(db: None) -> Api:
    """With a token that may read and write, in a house rolled back afterwards."""
    from bihuan.cases.tests.people import house  # Django is not set up when this file is read
    from tests.journeys.program import Api

    home = house()
    return Api(home, home.bo_bo)
