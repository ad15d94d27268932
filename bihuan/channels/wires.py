"""What the switchboard connects to this room: how each channel stands, and how often it is used."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import cast

from bihuan.core.ports import Contacts, Counts, Standing, Stands
from bihuan.events.wires import called, wired

_log = logging.getLogger(__name__)


def standings(at: datetime) -> tuple[list[Standing], bool]:
    """What every configured channel says of itself, in the order of the switchboard.

    The second is False where one could not say it: the others are heard all the same.
    """
    found, whole = [], True
    for path in wired("CHANNELS", ()):
        try:
            said = cast(Stands, called(path))(at)
        except Exception:
            _log.exception("%s does not say how its channel stands", path)
            whole = False
        else:
            found += [said] if said else []
    return found, whole


def contacts(since: datetime, until: datetime) -> dict[str, Contacts]:
    """By channel, for those that count them."""
    said = [cast(Counts, called(path))(since, until) for path in wired("CONTACTS", ())]
    return {one.channel: one for one in said}
