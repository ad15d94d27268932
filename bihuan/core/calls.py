"""What a telephone system says of a call, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Event = Literal["started", "answered", "ended", "recording"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One event. `number_from` and `number_to` as the system writes them; `agent` an extension.

    `seconds`: of an end, how long the whole call took from its first ring; of a recording, how
    long it is.
    """

    event: Event
    at: datetime
    number_from: str = ""
    number_to: str = ""
    agent: str = ""
    direction: str = ""
    recording: str = ""
    seconds: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact, and which call of the system it is of."""

    ref: str
    fact: Fact
