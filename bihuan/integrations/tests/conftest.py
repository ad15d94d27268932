"""A switchboard with a network of its own, receivers, and the people of the stories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bihuan.cases.tests.people import House
    from bihuan.integrations.tests.receiver import Net, Receiver


@pytest.fixture(autouse=True)
def net(settings: Any) -> Net:
    """Nothing leads anywhere until a test says so."""
    from bihuan.integrations.tests import wiring
    from bihuan.integrations.tests.receiver import Net

    settings.BIHUAN_WIRING = "bihuan.integrations.tests.wiring"
    wiring.NET, wiring.TIMEOUT["seconds"] = Net(), 5.0
    return wiring.NET


@pytest.fixture
def receiver(net: Net) -> Iterator[Callable[[str], Receiver]]:
    """Opens a receiver that this name leads to."""
    from bihuan.cases.tests.people import FRIDAY
    from bihuan.integrations.tests.receiver import running

    with ExitStack() as stack:

        def open_(host: str) -> Receiver:
            found = stack.enter_context(running(FRIDAY))
            net.lead(host, found)
            return found

        yield open_


@pytest.fixture
def house(db: None) -> House:
    """The handbook in force, 爱丽, 丁外人 and the staff, rolled back afterwards."""
    from bihuan.cases.tests import people

    return people.house()
