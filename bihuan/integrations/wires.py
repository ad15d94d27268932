"""What the switchboard connects to this room: the way by which webhooks leave the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, cast

from bihuan.events.wires import called, wired
from bihuan.integrations.providers.https import Answer


class Way(Protocol):
    """Judges an address when it is saved, and again when something is sent there."""

    def check(self, url: str) -> str:
        """The host; Unfit."""
        ...

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One try; never raises for what is outside."""
        ...


def way() -> Way:
    """The one that is wired."""
    return cast(Callable[[], Way], called(wired("WEBHOOKS", "")))()
