"""Single rows of the committee, its composition, and who may vote: what commands ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from bihuan.accounts import queries as people
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.improvement.models import Attendance, Decision, Item, Meeting, Recusal, Seat, Vote
from bihuan.improvement.rules import committee as rules
from bihuan.policy import loader
from bihuan.policy import queries as policy


@dataclass(frozen=True, slots=True)
class Seated:
    """A seat as pages show it."""

    id: int
    function: str
    staff_id: int
    name: str
    department: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Composition:
    """Who sits on the committee on a day, and which functions nobody stands for."""

    seats: list[Seated]
    vacant: list[str]
    to_come: list[Seated]

    @property
    def complete(self) -> bool:
        """All four functions are filled (1.1)."""
        return not self.vacant


@dataclass(frozen=True, slots=True)
class Table:
    """Who may vote on an item, how many are needed, and by what share it is adopted."""

    seats: list[int]
    voters: list[int]
    needed: int
    majority: int

    @property
    def quorate(self) -> bool:
        """Enough may vote."""
        return len(self.voters) >= self.needed


def number(id: str, at: datetime) -> int:
    """A default of the policy in force; a version from before it was thought of has the house's."""
    found = policy.current(at).defaults.get(id) or loader.load_current().defaults[id]
    return found.amount


def seats_on(day: date) -> list[Seat]:
    """The seats of this day, in the order of the functions."""
    rows = Seat.objects.filter(from_on__lte=day)
    rows = rows.filter(Q(until_on__isnull=True) | Q(until_on__gte=day))
    return sorted(rows, key=lambda seat: (rules.FUNCTIONS.index(seat.function), seat.id))


def composition(by: Actor, at: datetime) -> Composition:
    """As of now, and who will sit later. For everybody who works here; NotFound for others."""
    if not rules.works_here(by):
        raise NotFound()
    day = rules.today(at)
    rows = list(Seat.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=day)))
    rows.sort(key=lambda seat: (rules.FUNCTIONS.index(seat.function), seat.id))
    shown = _shown(rows)
    now = [seat for seat in shown if seat.from_on <= day]
    return Composition(
        now, rules.vacant(seat.function for seat in now), [s for s in shown if s.from_on > day]
    )


def filled(at: datetime) -> list[str]:
    """The functions that somebody stands for: all that the public is told of the seats."""
    taken = {seat.function for seat in seats_on(rules.today(at))}
    return [function for function in rules.FUNCTIONS if function in taken]


def seated(ids: Iterable[int]) -> dict[int, Seated]:
    """These seats by id, also those that have ended."""
    return {seat.id: seat for seat in _shown(Seat.objects.filter(id__in=set(ids)))}


def _shown(rows: Iterable[Seat]) -> list[Seated]:
    found = list(rows)
    staff = people.colleagues(seat.staff_id for seat in found)
    return [
        Seated(
            id=seat.id,
            function=seat.function,
            staff_id=seat.staff_id,
            name=staff[seat.staff_id].name if seat.staff_id in staff else "",
            department=staff[seat.staff_id].department if seat.staff_id in staff else "",
            from_on=seat.from_on,
            until_on=seat.until_on,
        )
        for seat in found
    ]


def sits(by: Actor, at: datetime) -> bool:
    """Does this member of staff hold a seat today?"""
    return by.is_staff and any(s.staff_id == by.id for s in seats_on(rules.today(at)))


def locked_seat(id: int) -> Seat:
    """That row, held until the transaction ends. For commands."""
    found = Seat.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound()
    return found


def locked_meeting(id: int) -> Meeting:
    """That row, held until the transaction ends. For commands."""
    found = Meeting.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound()
    return found


def locked_decision(id: int) -> Decision:
    """That row, held until the transaction ends. For commands."""
    found = Decision.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound()
    return found


def item(id: int, by: Actor) -> Item:
    """A point of an agenda; NotFound for whoever may not read them all."""
    found = Item.objects.filter(id=id).first() if rules.works_here(by) else None
    if found is None:
        raise NotFound()
    return found


def present(meeting_id: int) -> set[int]:
    """The seats that were there."""
    rows = Attendance.objects.filter(meeting_id=meeting_id, present=True)
    return set(rows.values_list("seat_id", flat=True))


def recused(item_id: int) -> dict[int, str]:
    """The seats that have an interest in this item, and why."""
    return recused_from([item_id]).get(item_id, {})


def recused_from(item_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """The same for many items in one query."""
    found: dict[int, dict[int, str]] = {}
    for row in Recusal.objects.filter(item_id__in=set(item_ids)).order_by("seat_id"):
        found.setdefault(row.item_id, {})[row.seat_id] = row.reason
    return found


def voters(meeting_id: int) -> set[int]:
    """The seats that have voted on anything at this meeting."""
    taken = Decision.objects.filter(meeting_id=meeting_id).values("id")
    return set(Vote.objects.filter(decision_id__in=taken).values_list("seat_id", flat=True))


def table(item: Item, at: datetime) -> Table:
    """Who may vote on this item: present at its meeting and not recused."""
    meeting = Meeting.objects.get(id=item.meeting_id)
    seats = seats_on(rules.today(meeting.starts_at))
    there, away = present(item.meeting_id), recused(item.id)
    total = rules.seats_in_all([seat.function for seat in seats])
    return Table(
        seats=[seat.id for seat in seats],
        voters=[seat.id for seat in seats if seat.id in there and seat.id not in away],
        needed=rules.needed(seats=total, percent=number("committee_quorum", at)),
        majority=number("committee_majority", at),
    )


def decision_on(item_id: int) -> Decision | None:
    """What was decided on this item, if anything was."""
    return Decision.objects.filter(item_id=item_id).first()


def decided(meeting_id: int) -> list[str]:
    """The numbers of what was decided at this meeting."""
    rows = Decision.objects.filter(meeting_id=meeting_id).order_by("number")
    return list(rows.values_list("number", flat=True))


def has_ended(meeting_id: int) -> bool:
    """Whether the papers of this meeting stay as they are."""
    return not Meeting.objects.filter(id=meeting_id, state="planned").exists()


def is_replaced(id: int) -> bool:
    """Whether a later decision stands for this one."""
    return Decision.objects.filter(replaces=id, adopted=True).exists()


def replaceable(number: str, but: int = 0) -> Decision | None:
    """An adopted decision of a meeting that has ended, which no other but `but` replaces."""
    row = Decision.objects.filter(number=number, adopted=True).exclude(id=but).first()
    if row is None or not has_ended(row.meeting_id):
        return None
    others = Decision.objects.filter(replaces=row.id, adopted=True).exclude(id=but)
    return None if others.exists() else row


def next_number(at: datetime) -> str:
    """The next number of this year in Shanghai, 2026-003; ask while it is held."""
    year = rules.today(at).year
    taken = Decision.objects.filter(number__startswith=f"{year}-").count()
    return f"{year}-{taken + 1:03}"
