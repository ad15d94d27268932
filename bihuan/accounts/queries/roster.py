"""The team as its page shows it: shifts, absences, skills, qualifications and demands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bihuan.accounts.models import Absence, Demand, Qualification, Shift


@dataclass(slots=True)
class Roster:
    """Everything that decides when and for what one member of staff is given cases."""

    shifts: list[Shift] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    held: list[Qualification] = field(default_factory=list)

    def away(self, day: date) -> Absence | None:
        """The absence that covers this day."""
        return next((a for a in self.absences if a.first_on <= day <= a.last_on), None)

    def lacking(self, demanded: Iterable[str], day: date) -> list[str]:
        """What is demanded of them and does not hold on this day."""
        valid = {
            one.name
            for one in self.held
            if one.kind == "qualification" and (one.valid_until is None or one.valid_until >= day)
        }
        return sorted(set(demanded) - valid)


def rosters(day: date) -> dict[int, Roster]:
    """Everybody's, by id, in three queries; absences that are over are left out."""
    found: defaultdict[int, Roster] = defaultdict(Roster)
    for shift in Shift.objects.order_by("weekday", "starts"):
        found[shift.staff_id].shifts.append(shift)
    for absence in Absence.objects.filter(ended_at=None, last_on__gte=day).order_by("first_on"):
        found[absence.staff_id].absences.append(absence)
    for held in Qualification.objects.filter(dropped_at=None).order_by("kind", "name"):
        found[held.staff_id].held.append(held)
    return found


def demands() -> dict[str, list[str]]:
    """What each department demands, in one query."""
    found: dict[str, list[str]] = {}
    for department, name in Demand.objects.order_by("department", "name").values_list(
        "department", "name"
    ):
        found.setdefault(department, []).append(name)
    return found


def skill_names() -> list[str]:
    """Every skill that anybody has."""
    rows = Qualification.objects.filter(kind="skill", dropped_at=None).order_by("name")
    return list(rows.values_list("name", flat=True).distinct())
