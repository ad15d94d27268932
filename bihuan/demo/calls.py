"""The telephone of the demo's last day: calls that were answered, and three that were not (1.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.core.actors import SYSTEM
from bihuan.demo.cast import Cast
from bihuan.demo.porter import AT_ONCE, Porter
from bihuan.phone import commands, tasks
from bihuan.phone.commands import Fact

SOURCE, HOTLINE = "demo", "4001234567"
EXTENSIONS = {"linyue": "1001", "chenzhuguan": "1000", "heqing": "1005"}
ON_CASES = 4  # calls that were taken down, the newest
#: minutes before the end, seconds it rang and was spoken, place of the caller among the buyers
ANSWERED = ((14, 6, 185, 3), (38, 11, 92, 7), (75, 4, 260, 11), (131, 19, 48, 5), (190, 8, 154, 9))
NOTES = ("想知道退款几天到账，已按规定说明。", "改收货电话，已引导在订单页修改。")
#: the same of those nobody answered, and why; None is somebody unknown, "" a withheld number
MISSED: tuple[tuple[int, int, Any, str], ...] = (
    (96, 41, "", ""),
    (47, 18, "13877773306", "caller_left"),
    (22, 34, 1, ""),
)


def take_calls(cast: Cast, at: datetime) -> None:
    """Whoever has a telephone, the calls of the last hours, and who is called back."""
    chief, porter = cast.by_login["yanming"], Porter(at)
    for login, extension in EXTENSIONS.items():
        commands.set_extension(
            extension=extension, staff_id=cast.by_login[login].id, by=chief, at=at
        )
    _taken_down(cast, at)
    for n, (minutes, rang, talked, place) in enumerate(ANSWERED):
        begun = at - timedelta(minutes=minutes)
        number = people.contact(cast.persons[place].id, "phone") or ""
        id = _call(f"T{n}", number, begun, rang, talked, by="1001")
        if n < len(NOTES):
            ended = begun + timedelta(seconds=rang + talked)
            commands.note_call(id=id, text=NOTES[n], by=cast.by_login["linyue"], at=ended)
    for n, (minutes, rang, whose, reason) in enumerate(MISSED):
        known = people.contact(cast.persons[whose].id, "phone") if type(whose) is int else whose
        begun = at - timedelta(minutes=minutes)
        _call(f"M{n}", known or "", begun, rang, reason=reason)
        judged = begun + timedelta(seconds=rang + 60)
        tasks.settle(judged)
        porter.note([], judged)
        porter.hand_on(judged + AT_ONCE)


def _taken_down(cast: Cast, at: datetime) -> None:
    """The newest cases that came by telephone have the call they came by."""
    rows = cases.visible(SYSTEM).filter(channel="phone", state__in=cases.OPEN, person_id__gt=0)
    for case in rows.order_by("-received_at", "-id")[:ON_CASES]:
        number = people.contact(case.person_id, "phone") or ""
        by = cast.staff.get(case.owner_id) or cast.supervisors(case.department)[0]
        begun = case.received_at - timedelta(seconds=9)
        id = _call(f"C{case.id}", number, begun, 9, 210, by="1001")
        commands.link(id=id, number=case.number, by=by, at=begun + timedelta(seconds=240))


def _call(
    mark: str, number: str, begun: datetime, rang: int, talked: int = 0, *, by: str = "",
    reason: str = "",
) -> int:  # fmt: skip
    """What the exchange says of one call; its id."""
    sides: dict[str, Any] = {"number_from": number, "number_to": HOTLINE, "direction": "in"}
    answered = begun + timedelta(seconds=rang)
    ended = answered + timedelta(seconds=talked)
    facts = [Fact("started", begun, agent=by, **sides)]
    if talked:
        facts.append(Fact("answered", answered, agent=by, **sides))
    facts.append(Fact("ended", ended, reason=reason, **sides))
    ref = f"DEMO-{mark}"
    for fact in facts:
        call = commands.hear(source=SOURCE, ref=ref, fact=fact, by=SYSTEM, at=fact.at)
    return call.id
