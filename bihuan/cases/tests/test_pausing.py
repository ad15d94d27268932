"""A pause is a break in the counting, of a kind the policy lists, and hides no due (2.3, X-12)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import DAY, HOUR, on, said
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotPermitted, NotPossible
from bihuan.policy import commands as policy
from bihuan.policy import loader
from bihuan.policy import queries as policies
from tests.house.test_replay import retold, row

pytestmark = pytest.mark.django_db
LISTED = """
[[hold]]
id = "appraisal"
zh = "等待检测鉴定"
en = "Waiting for an expert"
clause = "2.3"
cap_days = 10
second_person_above_hours = 24
default_not_handbook = true
"""
NOON = FRIDAY + 4 * HOUR


@pytest.fixture
def home(tmp_path: Path) -> House:
    """A platform whose owner has listed one reason to stand still."""
    home = people.house()
    for name, text in loader.files(loader.CURRENT).items():
        text = text.replace("2025-01-01", "2025-06-01") if name == loader.HEADER else text
        text = text.replace('version       = "2025"', 'version       = "2025b"')
        (tmp_path / name).write_text(text + (LISTED if name == "oversight.toml" else ""), "utf-8")
    header = (tmp_path / loader.HEADER).read_text("utf-8")
    assert "2025-06-01" in header
    (tmp_path / loader.HEADER).write_text(header.replace('"2025"', '"2025b"', 1), "utf-8")
    policy.activate(path=tmp_path, by=SYSTEM, at=FRIDAY - 30 * DAY)
    policies.forget()
    return home


def paused(case: Case, by: Actor, until: datetime, **changes: str) -> Case:
    asked = {"reason_id": "appraisal", "reason": "送检测机构鉴定"} | changes
    return commands.pause(**on(case, by, NOON), until_at=until, **asked)


def final(case: Case) -> Clock:
    """The feedback of 1.4, three days by the clock."""
    return Clock.objects.get(case_id=case.id, void_at=None, promises__contains=["C-1.4-5"])


def test_2_09_the_handbook_of_2025_lists_no_reason_and_offers_no_pause() -> None:
    home = people.house()
    case = people.file(home)

    with pytest.raises(Invalid) as refused:
        paused(case, home.bo_bo, NOON + 4 * HOUR)

    assert refused.value.fields == {"reason_id": "not_listed"}
    offered = {step.action for step in queries.offered(case, home.chen)}
    assert not offered & {"pause", "approve_pause", "resume"}


def test_2_09_a_short_pause_moves_the_dues_and_keeps_the_unheld_ones(home: House) -> None:
    case = people.file(home)
    before = final(case).due_at

    paused(case, home.bo_bo, NOON + 4 * HOUR)

    after = final(case)
    assert (after.due_at, after.unheld_due_at) == (before + 4 * HOUR, before)
    assert said(case, "case.paused")[0].data["reason_code"] == "appraisal"
    assert any(why.due_at == after.due_at for why in queries.explain(case, after))


def test_2_09_resumed_earlier_it_moves_only_by_what_was_stood_still(home: House) -> None:
    case = people.file(home)
    before = final(case).due_at
    paused(case, home.bo_bo, NOON + 4 * HOUR)

    commands.resume(**on(case, home.bo_bo, NOON + HOUR), reason="结论已出")

    assert final(case).due_at == before + HOUR


def test_2_09_a_long_pause_begins_when_a_second_person_agrees(home: House) -> None:
    case = people.file(home)
    before = final(case).due_at
    paused(case, home.chen, NOON + 3 * DAY)

    waiting = final(case).due_at
    with pytest.raises(NotPermitted):
        commands.approve_pause(**on(case, home.chen, NOON + HOUR))
    second = people.supervisor("第二主管")
    commands.approve_pause(**on(case, second, NOON + DAY))

    assert waiting == before
    assert final(case).due_at == before + 2 * DAY
    assert said(case, "case.pause_asked")


def test_2_09_it_ends_by_itself_and_the_log_says_so(home: House) -> None:
    case = people.file(home)
    paused(case, home.bo_bo, NOON + 4 * HOUR)
    due = final(case).due_at

    tasks.tend(NOON + 5 * HOUR)
    tasks.tend(NOON + 6 * HOUR)

    assert queries.pause_of(case) is None
    assert [event.actor_id for event in said(case, "case.resumed")] == [SYSTEM.id]
    assert final(case).due_at == due


def test_2_09_not_longer_than_the_cap_and_not_two_at_once(home: House) -> None:
    case = people.file(home)

    with pytest.raises(Invalid) as refused:
        paused(case, home.bo_bo, NOON + 11 * DAY)
    paused(case, home.bo_bo, NOON + HOUR)
    with pytest.raises(NotPossible):
        paused(case, home.bo_bo, NOON + 2 * HOUR)

    assert refused.value.fields == {"until_at": "beyond_the_cap"}


def test_2_09_what_was_late_before_the_pause_stays_late(home: House) -> None:
    case = people.file(home)
    late = FRIDAY + DAY + HOUR

    commands.pause(
        **on(case, home.bo_bo, late), until_at=late + HOUR, reason_id="appraisal",
        reason="送检测机构鉴定",
    )  # fmt: skip

    missed = {event.data["milestone"] for event in said(case, "clock.missed")}
    assert "case.first_response" in missed


def test_the_log_of_a_pause_arrives_at_the_row(home: House) -> None:
    case = people.file(home)
    paused(case, home.chen, NOON + 3 * DAY)
    commands.approve_pause(**on(case, people.supervisor("第二主管"), NOON + HOUR))
    commands.resume(**on(case, home.bo_bo, NOON + 2 * HOUR), reason="结论已出")

    assert retold(said(case)) == row(case)
