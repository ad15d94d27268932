"""Every staff act has its way back as a new event, or a reason why it has none (2.2.2, 2.2.4).

Idea 20: undo is a new event, and history is never deleted. A new act without a line fails here.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from bihuan.accounts import commands as accounts
from bihuan.appeals import commands as appeals
from bihuan.cases import commands as cases
from bihuan.cases.lifecycle import CASE
from bihuan.cases.tests.people import house
from bihuan.channels import commands as channels
from bihuan.chat import commands as chat
from bihuan.complaints import commands as complaints
from bihuan.core.actors import STAFF, Role
from bihuan.counter import commands as counter
from bihuan.events.models import Event
from bihuan.events.seals import verify_all
from bihuan.integrations import commands as integrations
from bihuan.mail import commands as mail
from bihuan.notify import commands as notify
from bihuan.phone import commands as phone
from bihuan.wechat import commands as wechat
from tests.journeys.no_way_back import NO_WAY, NOT_STAFF, WALKED_IN
from tests.journeys.ways import BACK, World
from tests.journeys.ways_beside import WAYS as BESIDE
from tests.journeys.ways_table import WAYS as STEPS

WAYS = {**STEPS, **BESIDE}
ROOT = Path(__file__).parents[2]
ROOMS = (
    cases, channels, complaints, counter, accounts, integrations, mail, notify, phone, chat,
    wechat, appeals,
)  # fmt: skip
#: Whatever somebody does by a command of the rooms that hold a case, says who it is.
COMMANDS = {
    name
    for room in ROOMS
    for name in room.__all__
    if inspect.isfunction(found := getattr(room, name))
    and "by" in inspect.signature(found).parameters
}


def test_every_step_that_staff_may_take_has_a_line() -> None:
    steps = {s.action for s in CASE.steps.values() if s.who & (STAFF | {Role.ADMINISTRATOR})}

    assert steps - WAYS.keys() - NO_WAY.keys() - WALKED_IN.keys() == set()


def test_every_other_act_has_a_line_and_none_has_two() -> None:
    lines = [*STEPS, *BESIDE, *NO_WAY, *WALKED_IN, *NOT_STAFF]

    assert COMMANDS ^ set(lines) == set()
    assert len(lines) == len(set(lines))


def test_what_goes_back_is_an_act_itself_and_what_cannot_says_why() -> None:
    backs = {way.back for way in WAYS.values()} | {back for back, _ in WALKED_IN.values()}

    assert backs <= COMMANDS - NOT_STAFF
    assert [act for act, why in NO_WAY.items() if len(why) < 10] == []


@pytest.mark.parametrize(("act", "walked"), WALKED_IN.items())
def test_what_is_walked_elsewhere_is(act: str, walked: tuple[str, str]) -> None:
    back, place = walked
    text = (ROOT / place).read_text("utf-8")

    assert f".{act}(" in text
    assert f".{back}(" in text


def log_of() -> set[tuple[int, int, str, bytes]]:
    return {(e.stream, e.seq, e.kind, bytes(e.hash)) for e in Event.objects.all()}


@pytest.mark.django_db
@pytest.mark.parametrize("act", WAYS)
def test_idea_20_2_2_4_there_and_back_everything_is_as_it_was_and_the_log_says_both(
    act: str, tmp_path: Path
) -> None:
    way, w = WAYS[act], World(house())
    way.ready(w)
    before, told = w.rows(), log_of()

    way.act(w)
    between, told_then = w.rows(), log_of()
    w.at = BACK
    way.undo(w)

    after, told_now = w.rows(), log_of()
    assert between != before
    assert {name for name in after if after[name] != before[name]} == way.differs
    assert told <= told_then <= told_now  # nothing deleted, nothing rewritten
    there, home = (
        {kind for _, _, kind, _ in new} for new in (told_then - told, told_now - told_then)
    )
    if way.said:
        assert way.said[0] in there
        assert way.said[1] in home
    else:
        assert there == home == set()
    assert verify_all(tmp_path).whole
