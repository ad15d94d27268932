"""Charts as SVG made on the server: real text, colours from the style sheet, every mark a link.

No chart has two axes on one panel; bars start at zero; each has a name and takes its viewBox from
the slot it stands in, so that text is never scaled. An address that could leave the site raises
ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bihuan.web import svg

Slot = Literal["S", "M", "L"]
Tone = Literal["c1", "c2", "c3", "c4"]
Mood = Literal["good", "bad", "plain"]

WIDTH: dict[Slot, int] = {"S": 360, "M": 610, "L": 700}
LABEL_ROOM = 52  # a date of six characters at 11 px, with air
VALUE_ROOM = 40


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars: a count and an address (or "") for every label of the chart."""

    name: str
    values: Sequence[float]
    urls: Sequence[str]
    tone: Tone = "c1"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """One line in per cent (0–100) with the target it is held against; None: nothing to measure."""

    name: str
    values: Sequence[float | None]
    urls: Sequence[str]
    target: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar: `note` stands behind the value, for example its share."""

    label: str
    value: float
    url: str
    note: str = ""
    tone: Tone = "c1"


def sparkline(values: Sequence[float], *, mood: Mood = "plain") -> SafeString:
    """The shape of the last values, without scale; hidden from readers, who have the number."""
    if not values:
        return SafeString("")
    low, high = min(values), max(values)
    reach = (high - low) or 1
    across = 90 / max(1, len(values) - 1)
    spots = [(3 + i * across, 24 - (v - low) / reach * 20) for i, v in enumerate(values)]
    return format_html(
        '<svg class="spark spark-{}" viewBox="0 0 96 28" width="96" height="28" aria-hidden="true">'
        '{}<circle cx="{}" cy="{}" r="2.6"/></svg>',
        mood,
        svg.polyline(spots, ""),
        *map(svg.short, spots[-1]),
    )


def panels(
    *, title: str, labels: Sequence[str], bars: Sequence[Series], rate: Rate, slot: Slot = "L"
) -> SafeString:
    """Two stacked panels on one time axis: a rate with its target, and at most three bars."""
    if not labels:
        return svg.nothing()
    frame = _Frame(WIDTH[slot], len(labels))
    parts = [
        *_rate_panel(frame, labels, rate),
        *_bar_panel(frame, labels, bars),
        *_axis_labels(frame, labels, y=290),
    ]
    return svg.picture(title, WIDTH[slot], 302, parts)


def horizontal_bars(*, title: str, rows: Sequence[Bar], slot: Slot = "M") -> SafeString:
    """One bar a row, longest possible for the greatest value; the words are part of the link."""
    if not rows:
        return svg.nothing()
    width = WIDTH[slot]
    label_end = min(width * 9 // 20, max(svg.wide(row.label) for row in rows) + 12)
    room = width - label_end - 96
    greatest = max((row.value for row in rows), default=0) or 1
    parts = []
    for at, row in enumerate(rows):
        y = at * 38 + 8
        words = f"{row.label} {svg.say(row.value)} {row.note}".strip()
        inside = format_html(
            '<rect class="hit" x="0" y="{}" width="{}" height="30"/>'
            '<text class="label" x="{}" y="{}" text-anchor="end">{}</text>'
            '<rect class="track" x="{}" y="{}" width="{}" height="16" rx="3"/>'
            '<rect class="mark {}" x="{}" y="{}" width="{}" height="16" rx="3"/>'
            '<text class="value" x="{}" y="{}">{} <tspan class="note">{}</tspan></text>',
            *(y - 7, width, label_end - 10, y + 13, row.label, label_end, y, room),
            *(row.tone, label_end, y, svg.short(max(0.0, room * row.value / greatest))),
            *(width - 88, y + 13, svg.say(row.value), row.note),
        )
        parts.append(svg.link(row.url, words, inside))
    return svg.picture(title, width, 38 * len(rows) + 4, parts)


def load_bar(*, name: str, over: int, soon: int, ok: int, cap: int) -> SafeString:
    """How much of a person's room is used: late, near and quiet cases, in cases, against `cap`."""
    whole = max(cap, over + soon + ok, 1)
    edges, at = [], 0.0
    for kind, amount in (("over", over), ("soon", soon), ("ok", ok)):
        wide = 100 * amount / whole
        edges.append((kind, svg.short(at), svg.short(wide)))
        at += wide
    words = _("%(name)s：超期 %(over)s，临近 %(soon)s，正常 %(ok)s，额度 %(cap)s") % {
        "name": name,
        "over": over,
        "soon": soon,
        "ok": ok,
        "cap": cap,
    }
    return format_html(
        '<svg class="load-bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><title>{}</title><rect class="track" width="100" height="10"/>{}</svg>',
        *(words, words),
        format_html_join("", '<rect class="load-{}" x="{}" width="{}" height="10"/>', edges),
    )


class _Frame:
    """Where the columns of the stacked panels stand, in viewBox units."""

    def __init__(self, width: int, columns: int) -> None:
        self.left, self.right = 40, width - 12
        self.step = (self.right - self.left) / columns

    def middle(self, column: int) -> float:
        return self.left + self.step * (column + 0.5)

    def every(self, room: int) -> int:
        """Write at every n-th column, so that neighbours do not touch."""
        return max(1, math.ceil(room / self.step))


def _rate_panel(frame: _Frame, labels: Sequence[str], rate: Rate) -> list[SafeString]:
    top, height = 22, 80
    known = [value for value in rate.values if value is not None]
    floor = _rate_floor([*known, rate.target])

    def y(value: float) -> float:
        return top + height * (100 - value) / (100 - floor)

    lines = [v for v in (floor, (100 + floor) / 2, 100) if abs(y(v) - y(rate.target)) > 11]
    parts = [_grid(frame, y(v), f"{svg.say(v)}%") for v in lines]
    parts.append(_grid(frame, y(rate.target), f"{svg.say(rate.target)}%", kind="target"))
    spots = [
        None if value is None else (frame.middle(at), y(value))
        for at, value in enumerate(rate.values)
    ]
    parts += [svg.polyline(run, "line") for run in svg.runs(spots) if len(run) > 1]
    last = len(labels) - 1
    for at, (label, value, spot) in enumerate(zip(labels, rate.values, spots, strict=True)):
        if value is None or spot is None:
            continue
        below = value < rate.target
        written = (last - at) % frame.every(VALUE_ROOM) == 0
        parts.append(_rate_mark(rate, label, rate.urls[at], spot, (value, below, written)))
    return parts


def _rate_mark(
    rate: Rate, label: str, url: str, spot: svg.Spot, told: tuple[float, bool, bool]
) -> SafeString:
    value, below, written = told
    words = f"{label} {rate.name} {value:.1f}%"
    inside = format_html(
        '<circle class="hit" cx="{0}" cy="{1}" r="12"/>'
        '<circle class="dot{2}" cx="{0}" cy="{1}" r="4"/>',
        *(svg.short(spot[0]), svg.short(spot[1]), " dot-below" if below else ""),
    )
    if written:
        inside += format_html(
            '<text class="tick{}" x="{}" y="{}" text-anchor="middle">{}%</text>',
            *(" tick-below" if below else "", svg.short(spot[0])),
            *(svg.short(spot[1] + (17 if below else -9)), f"{value:.1f}"),
        )
    return svg.link(url, words, inside)


def _bar_panel(frame: _Frame, labels: Sequence[str], bars: Sequence[Series]) -> list[SafeString]:
    top, height = 132, 138
    if len(bars) > 3:
        raise ValueError("at most three series fit one panel")
    step = svg.nice_step(max((value for one in bars for value in one.values), default=0))
    ceiling = step * max(
        1, math.ceil(max((v for one in bars for v in one.values), default=0) / step)
    )
    ticks = round(ceiling / step)
    parts = [
        _grid(frame, top + height * (1 - at / ticks), svg.say(step * at)) for at in range(ticks + 1)
    ]
    wide = min(20.0, frame.step / (len(bars) + 0.8))
    for at, label in enumerate(labels):
        for place, one in enumerate(bars):
            tall = height * max(0.0, one.values[at]) / ceiling
            x = frame.middle(at) + (place - len(bars) / 2) * (wide + 2) + 1
            words = f"{label} {one.name} {svg.say(one.values[at])} {one.unit}".strip()
            shape = format_html(
                '<rect class="mark {}" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
                *(
                    one.tone,
                    svg.short(x),
                    svg.short(top + height - tall),
                    svg.short(wide),
                    svg.short(tall),
                ),
            )
            parts.append(svg.link(one.urls[at], words, shape))
    return parts


def _axis_labels(frame: _Frame, labels: Sequence[str], *, y: int) -> Iterable[SafeString]:
    every, last = frame.every(LABEL_ROOM), len(labels) - 1
    for at, label in enumerate(labels):
        if (last - at) % every == 0:  # the newest day always has its name
            yield format_html(
                '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
                *(svg.short(frame.middle(at)), y, label),
            )


def _grid(frame: _Frame, y: float, words: str, *, kind: str = "grid") -> SafeString:
    return format_html(
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
        *(
            kind,
            frame.left,
            frame.right,
            svg.short(y),
            svg.short(y),
            frame.left - 6,
            svg.short(y + 4),
            words,
        ),
    )


def _rate_floor(values: Sequence[float]) -> int:
    """The lowest line of the rate panel: at least ten points of room, on a round number."""
    return max(0, min(90, 10 * math.floor((min(values) - 0.5) / 10)))
