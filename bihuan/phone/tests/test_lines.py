"""1.3: whose telephone rings, what the day came to, and one listener for each system."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import LazySettings

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.phone import commands, queries
from bihuan.phone.models import Call, Extension
from bihuan.phone.tests.exchange import KEY, answered, at, fact, hear, missed

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db: None, settings: LazySettings) -> House:
    settings.PHONE = replace(settings.PHONE, keys=(KEY,))
    return people.house()


def given(home: House, extension: str, staff_id: int, **changes: object) -> Extension:
    who = {"by": home.chen, "at": at()} | changes
    return commands.set_extension(extension=extension, staff_id=staff_id, **who)  # type: ignore[arg-type]


def test_an_extension_is_one_persons_and_a_supervisor_says_whose(home: House):
    assert given(home, "PJSIP/1001", home.bo_bo.id).extension == "1001"
    given(home, "1001", home.bo_bo.id)
    given(home, "1003", home.bo_bo.id)

    for extension, staff_id, field in (
        ("1001", home.chen.id, "extension"), ("10 01", home.chen.id, "extension"),
        ("", home.chen.id, "extension"), ("1002", 7, "staff_id"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as no:
            given(home, extension, staff_id)
        assert list(no.value.fields) == [field]
    with pytest.raises(NotPermitted):
        given(home, "1004", home.bo_bo.id, by=home.bo_bo)
    commands.remove_extension(extension="1001", by=home.chen, at=at())
    with pytest.raises(NotFound):
        commands.remove_extension(extension="1001", by=home.chen, at=at())
    assert given(home, "1001", home.chen.id).staff_id == home.chen.id


def test_a_call_is_shown_to_whom_it_reaches(home: House):
    given(home, "1001", home.bo_bo.id)
    given(home, "1002", home.other_agent.id)

    def seen_by(by: object) -> list[str]:
        return [line.call.ref for line in queries.ringing(by, at(30))]  # type: ignore[arg-type]

    hear(fact("started"), ref="a team's")
    assert [seen_by(w) for w in (home.bo_bo, home.other_agent, home.chen, home.ai_li)] == [
        ["a team's"], ["a team's"], [], [],
    ]  # fmt: skip
    hear(fact("started", 1, agent="1001"), ref="a team's")
    assert [seen_by(w) for w in (home.bo_bo, home.other_agent)] == [["a team's"], []]
    hear(fact("answered", 5, agent="1002"), ref="a team's")
    assert [seen_by(w) for w in (home.bo_bo, home.other_agent)] == [[], ["a team's"]]
    hear(fact("ended", 29), ref="a team's")
    assert seen_by(home.other_agent) == []


def test_a_card_knows_the_caller_and_how_many_cases_are_open(home: House):
    given(home, "1001", home.bo_bo.id)
    people.file(home)
    people.file(home)
    answered()

    [line] = queries.ringing(home.bo_bo, at(30))
    assert (line.number, line.person.name, line.open_cases) == ("139****2718", "爱*", 2)


def test_where_no_telephone_is_named_nobody_asks_the_database(
    home: House, settings: LazySettings, django_assert_num_queries
):
    settings.PHONE, settings.DEMO = replace(settings.PHONE, keys=()), False
    with django_assert_num_queries(0):
        assert queries.ringing(home.bo_bo, at()) == []


def test_the_day_in_figures(home: House):
    for n, wait in enumerate((4, 8, 30)):
        hear(fact("started", 0), ref=f"answered-{n}")
        hear(fact("answered", wait), ref=f"answered-{n}")
    missed("missed", 3600)
    hear(fact("started", 0, direction="out"), ref="out")
    hear(fact("ended", 9, direction="out"), ref="out")
    hear(fact("started", 3700), ref="still ringing")

    found = queries.figures(home.bo_bo, since=at(0), until=at(7200))

    assert (found.calls, found.answered, found.unanswered) == (4, 3, 1)
    assert (found.per_cent, found.wait_seconds) == (75, 8)
    assert [(h.hour, h.calls, h.answered) for h in found.hours] == [(16, 3, 3), (17, 1, 0)]
    nothing = queries.figures(home.bo_bo, since=at(-9), until=at(0))
    assert (nothing.per_cent, nothing.wait_seconds, nothing.hours) == (None, None, ())
    with pytest.raises(NotFound):
        queries.figures(home.ai_li, since=at(0), until=at(1))


def test_one_process_keeps_a_line_until_it_is_silent(home: House):
    def hold(holder: str, seconds: float, fault: str = "") -> bool:
        return commands.hold_line(source="asterisk", holder=holder, fault=fault, at=at(seconds))

    assert hold("one", 0)
    assert not hold("two", 19)
    assert hold("one", 19)
    assert not hold("two", 39)
    assert hold("two", 40)
    assert not hold("one", 41)
    assert hold("one", 61, fault="no_answer")
    [beat] = queries.heartbeats(home.bo_bo)
    assert (beat.fault, beat.seen_at, beat.heard_at) == ("no_answer", at(40), None)


def test_calls_that_ended_while_the_line_was_down_are_over(home: House):
    for ref in ("gone", "there"):
        commands.hear(source="asterisk", ref=ref, fact=fact("started"), by=SYSTEM, at=at(0))
    hear(fact("started"), ref="another system's")

    ended = commands.end_all_but(
        source="asterisk", alive={"there"}, since=at(30), by=SYSTEM, at=at(60)
    )

    assert ended == 1
    assert set(Call.objects.filter(ended_at=None).values_list("ref", flat=True)) == {
        "there", "another system's",
    }  # fmt: skip
    assert commands.settle(by=SYSTEM, at=at(90)) == 1  # nobody knows how long it rang
