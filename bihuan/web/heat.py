"""Counts by row and column, as a table that is read cell by cell and seen by its shades."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bihuan.web import svg

_NARROW = 8  # columns that have room for a name each; of more every second is named


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One row of a heat map: counts and addresses (or "") in the order of the columns."""

    label: str
    values: Sequence[int]
    urls: Sequence[str]


def heat_map(*, title: str, columns: Sequence[str], rows: Sequence[HeatRow]) -> SafeString:
    """Counts by row and column as a real table: ten shades, and the number in words for readers."""
    if not rows or not columns:
        return svg.nothing()
    greatest = max((value for row in rows for value in row.values), default=0)
    every = 2 if len(columns) > _NARROW else 1
    named = (("vh" if place % every else "", words) for place, words in enumerate(columns))
    head = format_html_join("", '<th scope="col"><span class="{}">{}</span></th>', named)
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((row.label, _heat_cells(row, columns, greatest)) for row in rows),
    )
    return format_html(
        '<table class="heat"><caption class="vh">{}</caption><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        *(title, head, body),
    )


def _heat_cells(row: HeatRow, columns: Sequence[str], greatest: int) -> SafeString:
    cells = []
    for column, value, url in zip(columns, row.values, row.urls, strict=True):
        words = _("%(row)s %(column)s：%(value)s 件") % {
            "row": row.label,
            "column": column,
            "value": value,
        }
        shade = math.ceil(9 * value / greatest) if greatest else 0
        inside = format_html('<span class="vh">{}</span>', words)
        if url and value:
            inside = format_html(
                '<a href="{}" title="{}">{}</a>', *(svg.inside_the_site(url), words, inside)
            )
        cells.append(format_html('<td class="heat-{}">{}</td>', shade, inside))
    return svg.joined(cells)
