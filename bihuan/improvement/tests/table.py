"""A committee of four with a meeting that has begun, for the tests of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bihuan.accounts import commands as accounts
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.improvement import commands
from bihuan.improvement.commands import Proposal
from bihuan.improvement.models import Decision, Item, Meeting, Seat
from bihuan.improvement.rules.committee import FUNCTIONS

#: Wednesday 2026-03-11 10:00 in Shanghai: called at eight, begun at nine
NOW = datetime(2026, 3, 11, 2, tzinfo=UTC)
CALLED, BEGUN = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
DAY = date(2026, 3, 11)
TEXT = "一般投诉的首次答复由客服组长当日抽查十件，结果每周报委员会。"
MINUTES = "四位委员讨论了抽查的办法，并作出表决。"


@dataclass(frozen=True, slots=True)
class Committee:
    """The house, its secretary 钟岳, and four members who sit."""

    house: House
    secretary: Actor
    members: tuple[Actor, ...]
    seats: tuple[Seat, ...]


def staff(name: str, role: Role) -> Actor:
    row = accounts.create_staff(
        name=name, username=name, roles=[role], by=SYSTEM, at=people.LONG_AGO
    )
    return Actor(row.id, frozenset({role}), name=name)


def committee(functions: tuple[str, ...] = FUNCTIONS) -> Committee:
    """One seat for each of these functions, from the day before."""
    house, secretary = people.house(), staff("钟岳", Role.COMMITTEE)
    members = tuple(staff(f"委员{n}", Role.SPECIALIST) for n in range(len(functions)))
    seats = tuple(
        commands.appoint(
            function=function, staff_id=member.id, from_on=date(2026, 3, 10), by=secretary,
            at=CALLED,
        )
        for function, member in zip(functions, members, strict=True)
    )  # fmt: skip
    return Committee(house, secretary, members, seats)


def meeting(of: Committee, present: int = 4) -> Meeting:
    """Called, begun, with the first so many seats there."""
    made = commands.call(starts_at=BEGUN, place="三号会议室", by=of.secretary, at=CALLED)
    there = [seat.id for seat in of.seats[:present]]
    return commands.attend(meeting_id=made.id, present=there, by=of.secretary, at=NOW)


def item(of: Committee, at: Meeting, **changes: Any) -> Item:
    given: dict[str, Any] = {
        "title": "首次答复的抽查", "clause": "1.4", "put_by": of.members[0].id
    }  # fmt: skip
    return commands.put_item(meeting_id=at.id, by=of.secretary, at=NOW, **given | changes)


def decide(of: Committee, on: Item, votes: str = "ffff", **changes: Any) -> Decision:
    """`votes`: f, a and x, one a seat in their order; . for a seat that has none."""
    names = {"f": "for", "a": "against", "x": "abstain"}
    cast = {
        seat.id: names[vote] for seat, vote in zip(of.seats, votes, strict=False) if vote != "."
    }
    proposal = Proposal(**({"text": TEXT, "clauses": "1.4、2.3.3"} | changes))
    return commands.decide(item_id=on.id, proposal=proposal, votes=cast, by=of.secretary, at=NOW)


def close(of: Committee, one: Meeting) -> Meeting:
    return commands.close(meeting_id=one.id, minutes=MINUTES, by=of.secretary, at=NOW)
