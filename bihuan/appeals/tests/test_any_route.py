"""3.2(3): by no route, in no order, is an appeal decided by somebody who touched the matter."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.appeals import commands
from bihuan.appeals.models import Appeal
from bihuan.appeals.tests.people import AT, DECISION, WHY, Court, court, told
from bihuan.cases import commands as cases
from bihuan.cases import queries as seen
from bihuan.cases import tasks as time_of_cases
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, agent, file
from bihuan.core.actors import Actor
from bihuan.core.refusals import Refusal
from bihuan.events.models import Event
from bihuan.events.relay import drain

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SHOP = 5_000_001
ROUTES = (
    "note", "assign", "merge", "unmerge", "move", "interest", "appoint", "draw", "write",
    "recuse", "object", "accept", "decide", "decline", "bulk", "api", "reply",
)  # fmt: skip
WORDS = {"reason": "轮到", "text": "看过这件案件"}


class House:
    """One appeal and everybody who may try: those of the team, and those who are independent."""

    def __init__(self) -> None:
        self.court: Court = court()
        home = self.court.home
        self.case = told(self.court, merchant_id=SHOP)
        self.other = file(home, FRIDAY - timedelta(days=1), merchant_id=SHOP)
        self.row = commands.file_appeal(
            number=self.case.number, ground="facts", text=WHY, by=home.ai_li, at=AT
        )[0]
        self.staff: list[Actor] = [
            home.bo_bo, home.chen, self.court.reviewer, self.court.chief, self.court.zhou,
            agent("新客服", "customer_service"),
        ]  # fmt: skip
        self.at: datetime = AT

    def go(self, route: str, who: int, whom: int) -> None:
        """Somebody tries something; what is refused is not done, nothing else may go wrong."""
        self.at += MINUTE
        by, other = self.staff[who], self.staff[whom]
        on: dict[str, Any] = {"number": self.case.number, "by": by, "at": self.at}
        of: dict[str, Any] = {"appeal": self.row.number, "by": by, "at": self.at}
        last: dict[str, Any] = {"by": by, "at": self.at}
        tries: dict[str, Callable[[], object]] = {
            "note": lambda: cases.note(**on, text=WORDS["text"]),
            "assign": lambda: cases.assign(**on, owner_id=other.id, reason=WORDS["reason"]),
            "api": lambda: cases.take(
                "assign", raw={"owner_id": other.id, "reason": WORDS["reason"]}, **on
            ),
            "bulk": lambda: self.bulk(by, other),
            "merge": lambda: cases.merge(**on, into=self.other.number),
            "unmerge": lambda: cases.unmerge(**on, reason=WORDS["reason"]),
            "move": lambda: cases.note(
                number=self.other.number, text=WORDS["text"], by=by, at=self.at
            ),
            "interest": lambda: commands.declare_interest(
                staff_id=by.id, merchant_id=SHOP, tie="family", **last
            ),
            "appoint": lambda: commands.appoint_reviewer(**of, staff_id=other.id),
            "draw": lambda: drain(self.at),
            "write": lambda: self.write(other),
            "reply": lambda: commands.add_to_appeal(**of, text=WORDS["text"]),
            "recuse": lambda: commands.recuse(**of, reason=WORDS["text"]),
            "object": lambda: commands.object_to_reviewer(
                **(of | {"by": self.court.home.ai_li}), reason=WORDS["text"]
            ),
            "accept": lambda: commands.accept_appeal(**of, text=WORDS["text"]),
            "decide": lambda: commands.decide_appeal(**of, outcome="dismissed", **DECISION),
            "decline": lambda: commands.decline_appeal(
                **of, reason_code="abusive", text=WORDS["text"]
            ),
        }
        with suppress(Refusal):
            tries[route]()

    def bulk(self, by: Actor, to: Actor) -> None:
        """Both cases are given to somebody in one go, and the run is carried out."""
        raw = {"owner_id": to.id, "reason": WORDS["reason"]}
        both = {one.number: 0 for one in Case.objects.order_by("id")}
        rows = seen.chosen(both, by)
        cases.order_bulk(
            action="assign", chosen=rows, raw=raw, mark=f"{self.at:%H%M%S}", seconds=0, by=by,
            at=self.at,
        )  # fmt: skip
        time_of_cases.carry_out(self.at + timedelta(seconds=20))

    def write(self, to: Actor) -> None:
        """Past every command, as a fault of ours would."""
        with suppress(IntegrityError), transaction.atomic():
            Appeal.objects.filter(id=self.row.id).update(reviewer_id=to.id)

    def judge(self) -> Actor | None:
        """Who decided or declined, if anybody did."""
        said = Event.objects.filter(
            stream=self.case.id, kind__in=["appeal.decided", "appeal.declined"]
        ).first()
        return next((one for one in self.staff if said and one.id == said.actor_id), None)

    def touched_before(self, judge: Actor) -> bool:
        """Whether the log says, without any query of the room, that the judge had a part in it."""
        said = Event.objects.get(
            stream=self.case.id, kind__in=["appeal.decided", "appeal.declined"]
        )
        merged = Event.objects.filter(stream=self.case.id, kind="case.merged", seq__lt=said.seq)
        streams = [self.case.id] + ([self.other.id] if merged.exists() else [])
        before = Event.objects.filter(stream__in=streams, at__lte=said.at)
        own = before.filter(kind__startswith="appeal.").exclude(kind="appeal.replied")
        acted = before.exclude(kind__in=own.values("kind")).filter(actor_id=judge.id)
        had = before.filter(kind="case.assigned", data__owner=judge.id)
        now = Case.objects.get(id=self.case.id)
        return acted.exists() or had.exists() or now.owner_id == judge.id


@given(
    story=st.lists(
        st.tuples(st.sampled_from(ROUTES), st.integers(0, 5), st.integers(0, 5)),
        min_size=8, max_size=30,
    )
)  # fmt: skip
@settings(max_examples=25)
def test_no_story_ends_with_a_decision_of_somebody_who_had_a_part_in_it(
    story: list[tuple[str, int, int]],
) -> None:
    with transaction.atomic():
        there = House()
        for step in [("draw", 0, 0), *story, *closing(there)]:
            there.go(*step)
        judge = there.judge()

        assert judge is None or not there.touched_before(judge)

        transaction.set_rollback(True)


def closing(there: House) -> list[tuple[str, int, int]]:
    """Everybody tries to take it up and to decide, so that most stories have a decision."""
    everybody = range(len(there.staff))
    return [("accept", n, n) for n in everybody] + [("decide", n, n) for n in everybody]
