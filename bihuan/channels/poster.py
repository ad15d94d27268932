"""海报: the ways to reach the house on a sheet of A4, made of what is published now (6.4)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from bihuan.channels import queries, shown
from bihuan.channels.queries import Way
from bihuan.core.refusals import NotFound
from bihuan.counter import queries as counter
from bihuan.web import codes, paper
from bihuan.web.words import full_moment

TEMPLATE = Path(__file__).parent / "papers" / "poster.typ"
HOUSE_LOCALE = "zh-hans"
SHOWN = 4  # service points on one sheet


def print_poster(*, at: datetime) -> bytes:
    """The sheet as a PDF, in Chinese. NotFound where nothing but the web page is configured.

    It hangs for months, so it says nothing of this moment: no wait, no fault, no outage.
    """
    points = [row for row in counter.points() if row.is_configured]
    listed = [one for one in queries.ways(at) if one.channel not in ("web", "counter")]
    if not (listed or points):
        raise NotFound()
    listed.sort(key=lambda one: list(queries.channels_shown()).index(one.channel))
    entry = settings.BASE_URL + reverse("channels:contact")
    with translation.override(HOUSE_LOCALE):
        data = {
            "platform": settings.PLATFORM_NAME,
            "entry": entry,
            "code": codes.svg(entry),
            "ways": [_line(one, at) for one in listed],
            "points": [
                [f"{row.city} · {row.name}", row.address, row.phone] for row in points[:SHOWN]
            ],
            "printed": full_moment(at),
        }
        return paper.pdf(TEMPLATE, data, at=at)


def _line(one: Way, at: datetime) -> dict[str, Any]:
    return {
        "name": queries.name(one.channel, at),
        "address": one.address,
        "hours": shown.hours(one),
        "code": codes.svg(one.link) if one.link else "",
    }
