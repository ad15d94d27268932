"""The switchboard as it is, with channels that say what a test has them say."""

from __future__ import annotations

from datetime import datetime

from bihuan.config.wiring import *  # noqa: F403 - all but what stands below
from bihuan.core.ports import Standing

SAID: dict[str, Standing] = {}


def phone(at: datetime) -> Standing | None:
    """What SAID holds."""
    return SAID.get("phone")


def email(at: datetime) -> Standing | None:
    """The same."""
    return SAID.get("email")


def broken(at: datetime) -> Standing | None:
    """A room with a fault: it raises when SAID has it."""
    if "broken" in SAID:
        raise ZeroDivisionError
    return None


CHANNELS = ("bihuan.channels.queries.web", phone, email, broken)
