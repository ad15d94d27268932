"""波波's program, for the stories that are told over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.journeys.program import Api
    from tests.journeys.walk import Walk


@pytest.fixture
def api(db: None) -> Api:
    """With a token that may read and write, in a house rolled back afterwards."""
    from bihuan.cases.tests.people import house  # Django is not set up when this file is read
    from tests.journeys.program import Api

    home = house()
    return Api(home, home.bo_bo)


@pytest.fixture
def walk(api: Api, settings: Any) -> Walk:
    """The same house at the moments of a story; steps are taken at once."""
    from bihuan.cases import queries
    from tests.journeys.walk import Walk

    queries.forget_routing()
    settings.MIDDLEWARE = ["tests.journeys.moments.told_when", *settings.MIDDLEWARE]
    settings.UNDO_SECONDS = 0
    return Walk(api.home, api)
