"""The chart of the flow as SVG: one column for a phone, each mark leads to its clause."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bihuan.portal.chart import Duty, Move, Stop
from bihuan.web import svg

WIDTH, LEFT, RIGHT = 360, 8, 352  # units of the viewBox; a phone shows one a pixel
TRUNK, BACK, TEXT = 30, 16, 50  # where the way goes down, where it comes back up, where words begin
BOX, LINE, GAP, HALF = 40, 26, 8, 147


class Sheet:
    """Marks one below the other; ways back are drawn first, so that boxes lie on them."""

    def __init__(self) -> None:
        self.y = LEFT
        self.below: list[SafeString] = []
        self.above: list[SafeString] = []
        self.tops: dict[str, int] = {}

    def box(self, words: str, kind: str, note: str = "") -> None:
        """A state."""
        self.tops[words] = self.y
        self.above.append(
            format_html(
                '<g><rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="8"/>'
                '<text class="flow-name" x="{}" y="{}">{}</text>{}</g>',
                *(kind, LEFT, self.y, RIGHT - LEFT, BOX, TRUNK - 10, self.y + 26, words),
                _right(note, self.y + 25) if note else "",
            )
        )
        self.y += BOX

    def line(self, words: str, note: str, clause: str, kind: str = "flow-step") -> None:
        """One line beside the way, what is owed or who moves on; leads to its clause."""
        self.y += LINE
        top, room = self.y - 18, RIGHT - TEXT - 12
        if svg.wide(words) + svg.wide(note) * 12 // 13 > room:
            self.y += LINE - GAP
        inside = format_html(
            '<rect class="flow-hit" x="{}" y="{}" width="{}" height="{}"/>'
            '<text class="{}" x="{}" y="{}">{}</text>{}',
            *(TEXT - 4, top, RIGHT - TEXT + 4, self.y + GAP - top, kind, TEXT, top + 18, words),
            _right(note, self.y),
        )
        self.above.append(svg.link(_clause(clause), f"{words}{_('：')}{note}", inside))

    def branch(self, move: Move, x: int, width: int, kind: str) -> None:
        """A way aside or back, as a small box with its arrow; the caller moves on."""
        middle = self.y + LINE // 2
        said = f"{move.who} · {move.clause}"
        inside = format_html(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="6"/>'
            '<text class="flow-step" x="{}" y="{}">{}</text>'
            '<text class="flow-note" x="{}" y="{}" text-anchor="end">{}</text>',
            *(kind, x, self.y, width, LINE, x + 8, middle + 4, move.words),
            *(x + width - 8, middle + 4, said),
        )
        self.above.append(
            svg.link(_clause(move.clause), f"{move.words}{_('：')}{said} → {move.to}", inside)
        )
        if x == TEXT:
            self.below.append(_path("flow-aside", f"M{TRUNK} {middle}H{TEXT - 6}"))
            self.below.append(_arrow(TEXT, middle, "right"))

    def trunk(self, start: int) -> None:
        """The way down to the next state."""
        self.below.append(_path("flow-way", f"M{TRUNK} {start}V{self.y - 6}"))
        self.below.append(_arrow(TRUNK, self.y, "down"))


def drawn(title: str, stops: Sequence[Stop], first: Sequence[Duty]) -> SafeString:
    """The whole chart; `first` is what is owed for the arrival itself."""
    sheet = Sheet()
    sheet.box(_("您提交"), "flow-you")
    start = sheet.y
    for duty in first:
        _owed(sheet, duty)
    _onward(sheet, start)
    for place, stop in enumerate(stops):
        sheet.box(stop.name, "flow-state")
        _beside(sheet, stop)
        start = sheet.tops[stop.name] + BOX
        if place + 1 < len(stops):
            for move in stop.onward:
                sheet.line(move.words, f"{move.who} · {move.clause}", move.clause, "flow-move")
            _onward(sheet, start)
    parts = [*sheet.below, *sheet.above]
    return svg.picture(
        title, WIDTH, sheet.y + LEFT, [format_html('<g class="flow">{}</g>', svg.joined(parts))]
    )


def _onward(sheet: Sheet, start: int) -> None:
    sheet.y += GAP * 3
    sheet.trunk(start)


def _beside(sheet: Sheet, stop: Stop) -> None:
    for duty in stop.duties:
        _owed(sheet, duty)
    if stop.aside or stop.back:
        sheet.y += GAP * 2
    _branches(sheet, stop.aside)
    for move in stop.back:
        sheet.branch(move, TEXT, RIGHT - TEXT, "flow-back")
        middle, top = sheet.y + LINE // 2, sheet.tops[move.to] + BOX
        sheet.below.append(_path("flow-return", f"M{TEXT} {middle}H{BACK}V{top + 6}"))
        sheet.below.append(_arrow(BACK, top, "up"))
        sheet.y += LINE + GAP // 2


def _branches(sheet: Sheet, moves: Sequence[Move]) -> None:
    """Two beside each other where their words leave room."""
    narrow = all(svg.wide(f"{m.words}{m.who} · {m.clause}") + 24 <= HALF for m in moves)
    step = 2 if narrow else 1
    for place in range(0, len(moves), step):
        for column, move in enumerate(moves[place : place + step]):
            width = HALF if narrow else RIGHT - TEXT
            sheet.branch(move, TEXT + column * (HALF + GAP), width, "flow-exit")
        sheet.y += LINE + GAP // 2


def _owed(sheet: Sheet, duty: Duty) -> None:
    limit = duty.limit if duty.hard else _("{limit}（努力目标）").format(limit=duty.limit)
    sheet.line(duty.title, f"{limit} · {' '.join(duty.clauses)}", duty.clauses[0])


def _right(words: str, y: int) -> SafeString:
    return format_html(
        '<text class="flow-note" x="{}" y="{}" text-anchor="end">{}</text>', RIGHT - 4, y, words
    )


def _path(kind: str, line: str) -> SafeString:
    return format_html('<path class="{}" d="{}"/>', kind, line)


def _arrow(x: int, y: int, way: str) -> SafeString:
    corners = {
        "down": f"{x - 4},{y - 7} {x + 4},{y - 7} {x},{y}",
        "up": f"{x - 4},{y + 7} {x + 4},{y + 7} {x},{y}",
        "right": f"{x - 7},{y - 4} {x - 7},{y + 4} {x},{y}",
    }
    return format_html('<polygon class="flow-arrow" points="{}"/>', corners[way])


def _clause(clause: str) -> str:
    return f"/policies/{clause}/"
