"""A switchboard of their own, a mail server, and people; models are loaded when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bihuan.notify.tests.people import People
    from bihuan.notify.tests.sink import Sink


@pytest.fixture(autouse=True)
def switchboard(settings: Any) -> Iterator[None]:
    """These tests have a switchboard of their own."""
    from bihuan.notify.tests import wiring
    from bihuan.policy import queries as policy

    settings.BIHUAN_WIRING = "bihuan.notify.tests.wiring"
    wiring.CASES.clear()
    wiring.ERRANDS.clear()
    policy.forget()
    yield
    policy.forget()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that is kind until told otherwise."""
    from bihuan.notify.tests import sink as sinks
    from bihuan.notify.tests import wiring

    with sinks.running() as server:
        wiring.PORT["smtp"] = server.port
        yield server


@pytest.fixture
def people(db: None) -> People:
    """In a transaction that is rolled back."""
    from bihuan.notify.tests.people import enrol

    return enrol()
