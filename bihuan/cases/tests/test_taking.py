"""Every step by its name: who may see and take it, in which version, and all of a form or none."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest

from bihuan.cases import commands
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import HOUR, closed, handled, on, said, told
from bihuan.core.refusals import (
    Invalid,
    NotFound,
    NotPermitted,
    NotPossible,
    NotReady,
    Stale,
)
from bihuan.events.seals import verify_all

pytestmark = pytest.mark.django_db


def test_2_16_the_loop_closes_from_filing_to_the_persons_word():
    home = house()
    case = file(home)

    closed(home, case)

    after = Case.objects.get(id=case.id)
    assert (after.state, after.version) == ("closed", 10)
    assert [e.seq for e in said(case)] == list(range(1, 11))


def test_one_form_takes_all_its_steps_in_their_order():
    home = house()
    case = file(home)
    steps = [("accept", {"text": "受理"}), ("answer", {"text": "正在核实底座问题。"})]

    after = commands.take_all(steps, **on(case, home.bo_bo), expected_version=1)

    assert (after.state, after.version) == ("accepted", 3)


def test_one_form_takes_all_steps_or_none():
    home = house()
    case = file(home)
    steps = [
        ("accept", {"text": "受理"}),
        ("answer", {"text": "正在核实底座问题。"}),
        ("find", {"finding": "裂纹属实"}),
        ("resolve", {"outcome": "supported", "reason": "成立", "basis": "2.3.2"}),
    ]

    with pytest.raises(NotReady):
        commands.take_all(steps, **on(case, home.bo_bo))

    assert Case.objects.get(id=case.id).state == "filed"
    assert len(said(case)) == 1


def test_an_action_outside_the_table_does_not_exist():
    home = house()
    case = file(home)

    with pytest.raises(NotFound):
        commands.take("explode", **on(case, home.bo_bo), raw={})


def test_wrong_fields_are_all_named_at_once():
    home = house()
    case = file(home)
    handled(home, case)

    with pytest.raises(Invalid) as refused:
        commands.take("resolve", **on(case, home.bo_bo), raw={"outcome": "maybe", "owner": 3})

    assert refused.value.fields == {
        "outcome": "not_known",
        "reason": "missing",
        "basis": "missing",
        "owner": "unknown_field",
    }


def test_a_case_that_is_not_mine_a_step_out_of_order_and_a_stale_page_are_said_before_the_fields():
    home = house()
    case = file(home)
    empty: dict[str, object] = {}

    with pytest.raises(NotFound):
        commands.take("message", **on(case, home.ding), raw=empty)
    with pytest.raises(NotPossible) as refused:
        commands.take("notify", **on(case, home.bo_bo), raw=empty)
    with pytest.raises(Stale):
        commands.take("answer", **on(case, home.bo_bo), raw=empty, expected_version=9)
    with pytest.raises(NotPermitted):
        commands.take("answer", **on(case, home.other_agent), raw=empty)

    assert refused.value.clause == "1.4"
    assert "accept" in refused.value.facts["possible"]


def test_a_stale_version_is_refused_with_the_newer_one_and_its_state():
    home = house()
    case = file(home)
    commands.accept(**on(case, home.bo_bo), text="受理。")

    with pytest.raises(Stale) as refused:
        commands.answer(**on(case, home.bo_bo), text="您好", expected_version=1)

    assert (refused.value.facts["version"], refused.value.facts["state"]) == (2, "accepted")
    assert commands.answer(**on(case, home.bo_bo), text="您好", expected_version=2).version == 3


@pytest.mark.parametrize(("who", "may"), [("bo_bo", True), ("chen", True), ("other_agent", False)])
def test_2_2_2_a_case_is_worked_by_its_people_and_the_supervisors(who, may):
    home = house()
    case = file(home)

    assert commands.may_work(case, getattr(home, who)) is may


def test_2_2_2_whoever_holds_a_case_of_another_department_works_it_too():
    home = house()
    case = file(home)
    Case.objects.filter(id=case.id).update(owner_id=home.other_agent.id)

    assert commands.accept(**on(case, home.other_agent), text="受理").state == "accepted"


def test_a_changed_word_is_found_and_an_erased_one_still_verifies():
    home = house()
    case, other = file(home), file(home)
    seals = Path(mkdtemp())

    before = verify_all(seals)
    Entry.objects.filter(case_id=case.id).update(text="我没有意见。")
    Entry.objects.filter(case_id=other.id).update(text="", salt=b"")
    after = verify_all(seals)

    shutil.rmtree(seals)
    assert before.whole
    assert [(f.stream, f.why) for f in after.faults] == [(case.id, "words")]


def test_every_step_says_one_event_with_its_clause_and_the_version_it_made():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)

    events = said(case)
    assert [e.data["version"] for e in events] == list(range(1, len(events) + 1))
    assert all(e.clause for e in events)
    assert {e.at for e in events} == {FRIDAY, FRIDAY + HOUR, FRIDAY + 2 * HOUR}
