"""A platform with its handbook in force and its people, and pages without a built static folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House


@pytest.fixture(autouse=True)
def plain_statics(settings: Any, tmp_path: Path) -> None:
    """The manifest is made when the product is installed; pages are tested without it."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path
    settings.ROOT_URLCONF = "bihuan.portal.tests.urls"


@pytest.fixture
def house(db: None) -> House:
    """爱丽, 丁外人 and the staff, in a transaction that is rolled back."""
    from bihuan.cases.tests import people  # models can be read only once Django is set up

    return people.house()
