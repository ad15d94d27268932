"""Whether people grade cases differently from the rules, and from each other (2.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bihuan.cases.queries import figures
from bihuan.complaints import lateness, rules
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.store import statements

LONGEST = timedelta(days=366)
ENOUGH = 30  # cases; below, a share says little and is shown as such
_WEIGHT = {"general": 0, "major": 1, "extra_major": 2}
_READ = """
SELECT staff_id, suggested, given, count(*)::int FROM complaints_counted
WHERE received_at >= %s AND received_at < %s GROUP BY 1, 2, 3
"""


@dataclass(slots=True)
class Drift:
    """One person's cases of a period: how many now stand above or below what the rules said."""

    staff_id: int
    cases: int = 0
    raised: int = 0
    lowered: int = 0

    @property
    def changed(self) -> int:
        return self.raised + self.lowered

    @property
    def share(self) -> float:
        """Per cent changed."""
        return round(100 * self.changed / self.cases, 1) if self.cases else 0.0

    @property
    def between(self) -> tuple[float, float]:
        """Per cent: where the true share lies with 95 % confidence."""
        return lateness.interval(self.changed, self.cases)

    @property
    def enough(self) -> bool:
        """Whether the sample says anything."""
        return self.cases >= ENOUGH

    def stands_out(self, all_: Drift) -> bool:
        """Whether the share of everybody lies outside this person's interval."""
        low, high = self.between
        return self.enough and not low <= all_.share <= high


def drift(by: Actor, first: date, last: date) -> tuple[Drift, list[Drift]]:
    """Everybody together, and each by how much they change; by the days cases came in."""
    if not rules.reads_reports(by):
        raise NotFound()
    if not timedelta() <= last - first <= LONGEST:
        raise Invalid({"to": "not_valid"})
    days = [figures.midnight(first), figures.midnight(last + timedelta(days=1))]
    total, found = Drift(0), dict[int, Drift]()
    for staff_id, suggested, given, n in statements.run(_READ, days):
        moved = _WEIGHT[given] - _WEIGHT[suggested]
        for line in (total, found.setdefault(staff_id, Drift(staff_id))):
            line.cases += n
            line.raised += n if moved > 0 else 0
            line.lowered += n if moved < 0 else 0
    return total, sorted(found.values(), key=lambda one: (-one.share, -one.cases, one.staff_id))
