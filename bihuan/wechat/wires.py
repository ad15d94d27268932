"""What the switchboard connects to this room: the line by which sent pictures are fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, cast

from bihuan.events.wires import called, wired


class Media(Protocol):
    """A file as it was sent."""

    @property
    def data(self) -> bytes: ...
    @property
    def name(self) -> str: ...


class Line(Protocol):
    """Fetches what was sent under an id."""

    def media(self, media_id: str, most: int) -> Media:
        """Undeliverable when it is not there, ValueError when it is too large, OSError to retry."""
        ...


def line(at: datetime) -> Line:
    """The one that is wired."""
    return cast(Line, called(wired("WECHAT_LINE", ""))(at))
