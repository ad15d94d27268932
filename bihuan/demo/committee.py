"""The committee of the demo: its seats, two meetings with their decisions, and one to come."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from bihuan.cases import queries as cases
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.cast import Cast
from bihuan.events import relay
from bihuan.improvement import commands
from bihuan.improvement.commands import Proposal
from bihuan.improvement.models import Decision, Item, Meeting, Seat

PLAY = Path(__file__).with_name("committee.toml")
SECRETARY = "zhongyue"
HOUR = 10  # o'clock in Shanghai
FIRST, CALLED_BEFORE = timedelta(days=60), timedelta(days=7)


def convene(cast: Cast, at: datetime) -> None:
    """Tell the sixty days of the committee before `at`, and what it will do next."""
    play = tomllib.loads(PLAY.read_text(encoding="utf-8"))
    by = cast.by_login[SECRETARY]
    with transaction.atomic():
        seats = _seats(play["seats"], cast, by, at - FIRST)
        taken: list[Decision] = []
        for meeting in play["meeting"]:
            taken += _Sitting(meeting, play["place"], cast, by, at).told(seats, taken)
    relay.drain(at)


def _seats(given: Mapping[str, str], cast: Cast, by: Actor, at: datetime) -> dict[str, Seat]:
    day = at.astimezone(SHANGHAI).date()
    return {
        login: commands.appoint(
            function=function, staff_id=cast.by_login[login].id, from_on=day, by=by, at=at
        )
        for function, login in given.items()
    }


class _Sitting:
    """One meeting: called a week before, told hour by hour."""

    def __init__(
        self, meeting: Mapping[str, Any], place: str, cast: Cast, by: Actor, at: datetime
    ) -> None:
        self.meeting, self.place, self.cast, self.by, self.at = meeting, place, cast, by, at
        day = at.astimezone(SHANGHAI).date() + timedelta(days=meeting["days"])
        self.starts_at = datetime.combine(day, time(HOUR), SHANGHAI)
        self.begun = self.starts_at + timedelta(minutes=20)

    def told(self, seats: Mapping[str, Seat], taken: Sequence[Decision]) -> list[Decision]:
        """Everything that was done at it; nothing yet where it is to come."""
        called = min(self.starts_at - CALLED_BEFORE, self.at)
        who = {"by": self.by, "at": called}
        row = commands.call(starts_at=self.starts_at, place=self.place, **who)  # type: ignore[arg-type]  # who and when
        items = [(self._item(row, one, called), one) for one in self.meeting["item"]]
        if self.starts_at > self.at:
            return []
        absent = self.meeting["absent"]
        there = [seat.id for login, seat in seats.items() if login not in absent]
        commands.attend(meeting_id=row.id, present=there, by=self.by, at=self.begun)
        made = [
            (self._decided(item, one, seats, there, taken), one)
            for item, one in items
            if self._recused(item, one, seats) and "votes" in one
        ]
        commands.close(
            meeting_id=row.id, minutes=self.meeting["minutes"], by=self.by,
            at=self.begun + timedelta(minutes=70),
        )  # fmt: skip
        for decision, one in made:
            self._afterwards(decision, one)
        return [decision for decision, _ in made]

    def _item(self, row: Meeting, one: Mapping[str, Any], at: datetime) -> Item:
        late = cases.visible(SYSTEM).filter(issue="delivery_delay", received_at__lt=at)
        numbers = late.order_by("-id").values_list("number", flat=True)[: one.get("cases", 0)]
        return commands.put_item(
            meeting_id=row.id, title=one["title"], clause=one["clause"], papers=one["papers"],
            put_by=self.cast.by_login[one["put_by"]].id, numbers=" ".join(numbers),
            by=self.by, at=at,
        )  # fmt: skip

    def _recused(self, item: Item, one: Mapping[str, Any], seats: Mapping[str, Seat]) -> bool:
        for login, why in one.get("recused", {}).items():
            commands.recuse(
                item_id=item.id, seat_id=seats[login].id, reason=why, by=self.by, at=self.begun
            )
        return True

    def _decided(
        self, item: Item, one: Mapping[str, Any], seats: Mapping[str, Seat],
        there: Sequence[int], taken: Sequence[Decision],
    ) -> Decision:  # fmt: skip
        owner = self.cast.by_login.get(one.get("owner", ""))
        replaced = taken[one["replaces"] - 1].number if "replaces" in one else ""
        voters = [seat.id for seat in seats.values() if seat.id in there]
        return commands.decide(
            item_id=item.id,
            proposal=Proposal(
                text=one["text"], clauses=one["clauses"], owner_id=owner.id if owner else 0,
                due_on=self._day(one["due"]) if owner else None, replaces=replaced,
            ),
            votes=dict(zip(voters, one["votes"], strict=True)),
            by=self.by,
            at=self.begun + timedelta(minutes=40),
        )  # fmt: skip

    def _afterwards(self, decision: Decision, one: Mapping[str, Any]) -> None:
        if one.get("publish"):
            commands.publish(id=decision.id, by=self.by, at=self.begun + timedelta(days=1))
        if "done" in one:
            moment = datetime.combine(self._day(one["done"]), time(HOUR + 6), SHANGHAI)
            owner = self.cast.by_login[one["owner"]]
            commands.finish(id=decision.id, by=owner, at=moment)

    def _day(self, days: int) -> Any:
        return (self.at + timedelta(days=days)).astimezone(SHANGHAI).date()
