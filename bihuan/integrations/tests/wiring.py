"""The switchboard as it is, with a network of the tests behind its one way out."""

from __future__ import annotations

from bihuan.config.wiring import *  # noqa: F403 - all but what stands below
from bihuan.integrations.providers.https import Https
from bihuan.integrations.tests.receiver import Net, trusting

NET = Net()
TIMEOUT = {"seconds": 5.0}


def webhooks() -> Https:
    """The real one: only names, connections and the trusted certificate are the tests' own."""
    return Https(resolve=NET.resolve, dial=NET.dial, context=trusting(), timeout=TIMEOUT["seconds"])


WEBHOOKS = webhooks
