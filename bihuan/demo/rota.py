"""Before the doors open the supervisor spreads the work, so that who is visited has room."""

from __future__ import annotations

from datetime import datetime

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.core.actors import SYSTEM
from bihuan.demo.cast import Cast

ROOM = 2  # cases that come in next and go to the agent whose inbox a visitor opens
WHY = "为新到案件腾出余量，由余量较多的同事接手"


def make_room(cast: Cast, at: datetime) -> list[int]:
    """Hand cases of 林悦 to the freest of her colleagues, until she is the freest; their ids."""
    lin, chief = cast.by_login["linyue"], cast.by_login["chenzhuguan"]
    team = {one.id: max(one.capacity, 1) for one in people.staff_of(lin.department)}
    loads = queries.figures.loads(SYSTEM, at)
    held = {id: loads[id].total if id in loads else 0 for id in team}
    mine = queries.visible(SYSTEM).filter(owner_id=lin.id, state__in=["filed", "accepted"])
    moved: list[int] = []
    for case in mine.order_by("-sort_due_at", "id"):
        freest = min(team.keys() - {lin.id}, key=lambda id: (held[id] / team[id], id))
        if (held[lin.id] + ROOM) / team[lin.id] < held[freest] / team[freest]:
            break
        commands.assign(number=case.number, owner_id=freest, reason=WHY, by=chief, at=at)
        held[lin.id], held[freest] = held[lin.id] - 1, held[freest] + 1
        moved.append(case.id)
    return moved
