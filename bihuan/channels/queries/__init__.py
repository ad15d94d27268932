"""What may be read of the ways to reach the house, and what its commands ask."""

from bihuan.channels.queries.rows import (
    HEARS,
    administrators_only,
    channels_shown,
    is_watched,
    locked_outage,
    manages,
    name,
    outages,
    published,
    seen,
    silences,
    staff_only,
    versions,
    watched_at,
    web,
)
from bihuan.channels.queries.ways import Way, footer, ways

__all__ = [
    "HEARS",
    "Way",
    "administrators_only",
    "channels_shown",
    "footer",
    "is_watched",
    "locked_outage",
    "manages",
    "name",
    "outages",
    "published",
    "seen",
    "silences",
    "staff_only",
    "versions",
    "watched_at",
    "ways",
    "web",
]
