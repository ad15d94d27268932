"""波波's program, for the stories that are told over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bihuan.mail.reader import Reader
    from tests.journeys.program import Api
    from tests.journeys.walk import Walk

LISTED = """
[[hold]]
id = "appraisal"
zh = "等待检测鉴定"
en = "Waiting for an expert"
clause = "2.3"
cap_days = 10
second_person_above_hours = 24
default_not_handbook = true
"""


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


@pytest.fixture
def listed(walk: Walk, tmp_path: Path) -> Walk:
    """The owner of the platform has listed one reason to stand still."""
    from bihuan.cases.tests.people import FRIDAY
    from tests.journeys.handbooks import another
    from tests.journeys.walk import DAY

    another(tmp_path, FRIDAY - 30 * DAY, oversight=lambda text: text + LISTED)
    return walk


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """What reads mails, in a process of its own."""
    from bihuan.mail.reader import Reader

    with Reader() as one:
        yield one


@pytest.fixture
def letters_home(settings: Any, tmp_path: Path) -> Path:
    """Letters lie in a mailbox of this test's own, and are answered by a tag."""
    settings.HOME, settings.MAIL_TAGGED = tmp_path, True
    (tmp_path / "static").mkdir()
    return tmp_path
