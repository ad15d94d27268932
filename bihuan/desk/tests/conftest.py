"""A platform with its people, signed-in members of staff, and pages without a static folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House
    from bihuan.core.actors import Actor

#: Wednesday 2026-03-11 10:00 in Shanghai, when every page of these tests is asked for
NOW = datetime(2026, 3, 11, 2, tzinfo=UTC)
RECENTLY = NOW - timedelta(hours=2)


@pytest.fixture(autouse=True)
def chinese_again() -> Iterator[None]:
    """A page asked for in another language leaves that language behind in its thread."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def plain_statics(settings: Any, tmp_path: Path) -> None:
    """The manifest is made when the product is installed; pages are tested without it."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path
    settings.UNDO_SECONDS = 0  # steps are taken at once; test_undo.py says otherwise
    settings.MIDDLEWARE = ["bihuan.desk.tests.conftest.at_ten", *settings.MIDDLEWARE]


def at_ten(get_response: Any) -> Any:
    """Every request comes in at NOW: the door keeps the moment it first read."""

    def asked(request: Any) -> Any:
        request._at = NOW
        return get_response(request)

    return asked


@pytest.fixture
def house(db: None) -> House:
    """爱丽, 波波, 陈主管 and the others, in a transaction that is rolled back."""
    from bihuan.cases.tests import people  # models can be read only once Django is set up

    return people.house()


def desk_of(actor: Actor) -> Client:
    """A browser in which this member of staff has signed in."""
    from bihuan.accounts.models import Staff

    client = Client()
    client.force_login(Staff.objects.get(id=actor.id).user)
    return client


@pytest.fixture
def bo_bo(house: House) -> Client:
    """波波's browser."""
    return desk_of(house.bo_bo)


@pytest.fixture
def chen(house: House) -> Client:
    """陈主管's browser."""
    return desk_of(house.chen)
