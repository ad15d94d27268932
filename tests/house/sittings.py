"""Rows for the lists of the committee and of feedback."""

from __future__ import annotations

from datetime import timedelta

from bihuan.accounts import commands as accounts
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, LONG_AGO, House
from bihuan.core.actors import SYSTEM
from bihuan.improvement import commands
from bihuan.improvement.commands import Proposal
from bihuan.improvement.models import Seat
from bihuan.improvement.rules.committee import FUNCTIONS

TEXT = "首次答复由客服组长当日抽查，不合格的当日补充答复。"


def add(house: House, many: int) -> None:
    """So many meetings, each with a decision that is published, and as many suggestions judged."""
    if not Seat.objects.exists():
        _seat_four()
    seats = list(Seat.objects.values_list("id", flat=True))
    who = {"by": SYSTEM, "at": FRIDAY}
    for n in range(many):
        meeting = commands.call(starts_at=FRIDAY, place=f"会议室 {n}", **who)
        commands.attend(meeting_id=meeting.id, present=seats, **who)
        item = commands.put_item(
            meeting_id=meeting.id, title="首次答复的抽查", clause="1.4", put_by=house.chen.id, **who
        )
        proposal = Proposal(TEXT, "1.4", house.bo_bo.id, FRIDAY.date() + timedelta(days=n + 1))
        votes = dict.fromkeys(seats, "for")
        made = commands.decide(item_id=item.id, proposal=proposal, votes=votes, **who)
        commands.close(meeting_id=meeting.id, minutes="讨论了抽查的办法并表决。", **who)
        commands.publish(id=made.id, **who)
        case = people.file(house, kind="suggestion", text="希望订单页能按店铺筛选。")
        values = {"severity": 1, "reach": 2, "haste": 3}
        commands.triage(number=case.number, values=values, by=house.chen, at=FRIDAY)


def _seat_four() -> None:
    for n, function in enumerate(FUNCTIONS):
        row = accounts.create_staff(
            name=f"委员{n}", username=f"委员{n}", roles=["specialist"], by=SYSTEM, at=LONG_AGO
        )
        commands.appoint(
            function=function, staff_id=row.id, from_on=FRIDAY.date(), by=SYSTEM, at=FRIDAY
        )
