"""Marks of the charts: words are escaped here, and no mark leads out of the site."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Spot = tuple[float, float]


def picture(title: str, width: int, height: int, parts: Iterable[SafeString]) -> SafeString:
    """A chart with its name; width and height are units of its viewBox."""
    return format_html(
        '<svg class="chart" viewBox="0 0 {0} {1}" role="group" aria-label="{2}">'
        "<title>{2}</title>{3}</svg>",
        *(width, height, title, joined(parts)),
    )


def joined(parts: Iterable[SafeString]) -> SafeString:
    """These parts, one after the other."""
    return format_html_join("", "{}", ((part,) for part in parts))


def link(url: str, words: str, inside: SafeString) -> SafeString:
    """A mark that says itself in words and leads to `url`, if there is one."""
    if not url:
        return format_html(
            '<g role="img" aria-label="{0}"><title>{0}</title>{1}</g>', words, inside
        )
    return format_html(
        '<a href="{0}" aria-label="{1}"><title>{1}</title>{2}</a>',
        *(inside_the_site(url), words, inside),
    )


def inside_the_site(url: str) -> str:
    """A mark leads to a list of ours: ValueError for a scheme or another host."""
    if url.startswith(("?", "#")) or (url.startswith("/") and not url.startswith(("//", "/\\"))):
        return url
    raise ValueError(f"a mark must lead inside the site, not to {url!r}")


def polyline(spots: Sequence[Spot], kind: str) -> SafeString:
    """A line through these spots, of this kind in the style sheet."""
    points = " ".join(f"{short(x)},{short(y)}" for x, y in spots)
    return format_html('<polyline class="{}" points="{}"/>', kind, points)


def runs(spots: Iterable[Spot | None]) -> list[list[Spot]]:
    """A day without a measure breaks the line: it is not drawn as if it had been zero."""
    found: list[list[Spot]] = [[]]
    for spot in spots:
        if spot is None:
            found.append([])
        else:
            found[-1].append(spot)
    return found


def nothing() -> SafeString:
    """What stands in the place of a chart without rows."""
    return format_html('<p class="chart-empty">{}</p>', _("这段时间没有数据。"))


def wide(words: str) -> int:
    """About how wide a label is at 13 px: a Chinese sign fills the square, a letter half of it."""
    return math.ceil(sum(13 if ord(sign) > 0x2E7F else 7 for sign in words))


def nice_step(greatest: float) -> float:
    """A round step that needs four or five lines; counts are whole, so never below one."""
    rough = max(1.0, greatest / 4)
    size: float = 10 ** math.floor(math.log10(rough))
    return next(k * size for k in (1, 2, 2.5, 5, 10) if k * size >= rough and (k * size) % 1 == 0)


def say(value: float) -> str:
    """A number for readers: whole, or with one digit behind the point."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def short(value: float) -> str:
    """A number of the viewBox, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")
