"""What is said at the window becomes a case with a slip, and a result is told there (2.4.1)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bihuan.accounts.commands import Contact
from bihuan.cases import commands as cases
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House, file
from bihuan.cases.tests.stories import DAY, HOUR, decided, handled, on
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.counter import commands, queries, tasks
from bihuan.counter.models import Registered, Telling, Visit
from bihuan.counter.tests.points import MINUTE, MONDAY, called, opened, said, taken
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


def at_the_window(home: House) -> Visit:
    here = opened(home)
    taken(home, here, MONDAY)
    return called(home, here, MONDAY + 20 * MINUTE)


def registered(home: House, visit: Visit, mark: str = "a" * 24, **more: Any) -> Case:
    given = people.filing(
        channel="phone", contact=Contact(name="爱丽", phone="13900002718"), **more
    )
    at = MONDAY + 25 * MINUTE
    return commands.register(visit_id=visit.id, filing=given, mark=mark, by=home.bo_bo, at=at).case


def test_x_09_a_case_of_the_window_counts_from_the_number_and_came_by_the_counter(home: House):
    visit = at_the_window(home)

    case = registered(home, visit)

    assert (case.channel, case.received_at) == ("counter", MONDAY)
    assert case.registered_at == MONDAY + 25 * MINUTE
    assert set(Clock.objects.filter(case_id=case.id).values_list("started_at", flat=True)) == {
        MONDAY
    }


def test_visit_and_case_know_each_other_by_row_and_by_log(home: House):
    visit = at_the_window(home)

    first, second = (
        registered(home, visit),
        registered(home, visit, "b" * 24, text="另一件：发票没开"),
    )

    assert queries.registered(visit.id) == [first.id, second.id]
    assert queries.visit_of(second.id) == visit
    assert said(visit.id)[-2:] == ["counter.registered"] * 2
    assert "counter.registered" in said(first.id)


def test_the_form_sent_twice_is_one_case(home: House):
    visit = at_the_window(home)

    assert registered(home, visit).id == registered(home, visit).id
    assert Registered.objects.count() == 1


def test_nothing_is_registered_for_a_number_that_stands_at_no_window(home: House):
    here = opened(home)
    visit = taken(home, here)

    with pytest.raises(NotPossible):
        registered(home, visit)

    assert Case.objects.count() == 0


def test_a_fault_in_the_form_files_nothing_and_links_nothing(home: House):
    visit = at_the_window(home)

    with pytest.raises(Invalid):
        registered(home, visit, text=" ")

    assert (Case.objects.count(), Registered.objects.count()) == (0, 0)


def test_6_4_the_slip_is_a_paper_of_80_mm_and_the_same_when_it_is_printed_again(home: House):
    visit = at_the_window(home)
    case = registered(home, visit)
    given = {"visit_id": visit.id, "number": case.number, "by": home.bo_bo, "at": MONDAY + HOUR}

    first, again = commands.print_slip(**given), commands.print_slip(**given)

    assert first == again
    assert first.startswith(b"%PDF")
    boxes = re.findall(rb"/MediaBox ?\[0 0 (\d+)", first)
    assert boxes == [b"226"]  # points: 80 mm
    with pytest.raises(NotFound):
        commands.print_slip(**given | {"number": file(home).number})
    with pytest.raises(NotFound):
        commands.print_slip(**given | {"by": home.ai_li})


def told_at_the_counter(home: House, channel: str = "counter") -> Case:
    case = file(home)
    handled(home, case, FRIDAY + HOUR)
    decided(home, case)
    cases.notify(
        **on(case, home.bo_bo, FRIDAY + 4 * HOUR), progress="核对了记录。",
        result="全额退款 329.00 元。",
        follow_ups=[{"what": "回访", "owner_id": home.bo_bo.id, "due_on": FRIDAY.date()}],
        channel=channel,
    )  # fmt: skip
    tasks.owe(list(Event.objects.filter(kind="case.result_notified")))
    return case


def test_2_4_1_a_result_to_be_told_at_the_counter_waits_there_with_its_words(home: House):
    case = told_at_the_counter(home)
    tasks.owe(list(Event.objects.filter(kind="case.result_notified")))

    (owed,) = queries.owed(home.bo_bo)

    assert owed.case.number == case.number
    assert "全额退款 329.00 元" in queries.telling(owed.row.id, home.bo_bo).words
    assert "13900002718" not in str(owed)


def test_2_4_1_a_result_told_another_way_is_not_waited_for(home: House):
    told_at_the_counter(home, channel="email")

    assert queries.owed(home.bo_bo) == []


def test_2_4_1_that_it_was_told_is_written_on_the_case_with_a_receipt(home: House):
    case = told_at_the_counter(home)
    (owed,) = queries.owed(home.bo_bo)
    given = {"telling_id": owed.row.id, "by": home.bo_bo, "at": FRIDAY + 30 * HOUR}

    with pytest.raises(Invalid):
        commands.tell_in_person(to="neighbour", checked="document", **given)
    commands.tell_in_person(to="person", checked="document", **given)

    assert queries.owed(home.bo_bo) == []
    case.refresh_from_db()
    assert case.waits_until == FRIDAY + 30 * HOUR + 7 * DAY  # only now they have heard it
    event = Event.objects.get(stream=case.id, kind="counter.told")
    assert event.data["receipt"] == commands.receipt(owed.row.id)
    assert (event.data["whom"], event.data["checked"]) == ("person", "document")
    with pytest.raises(NotPossible):
        commands.tell_in_person(to="person", checked="document", **given)


def test_2_4_1_a_result_that_is_disputed_is_not_told_any_more(home: House):
    case = told_at_the_counter(home)

    cases.dispute(**on(case, home.ai_li, FRIDAY + 5 * HOUR), text="金额不对。")

    telling = Telling.objects.get()
    assert queries.owed(home.bo_bo) == []
    with pytest.raises(NotPossible) as over:  # from a page that was open before
        commands.tell_in_person(
            telling_id=telling.id, to="person", checked="document", by=home.bo_bo,
            at=FRIDAY + 6 * HOUR,
        )  # fmt: skip
    assert over.value.facts["state"] == "result_over"


def test_2_4_1_results_that_stand_no_more_take_no_place_of_those_that_wait(home: House):
    disputed = told_at_the_counter(home)
    cases.dispute(**on(disputed, home.ai_li, FRIDAY + 5 * HOUR), text="金额不对。")
    case = told_at_the_counter(home)

    (owed,) = queries.owed(home.bo_bo, most=1)

    assert owed.case.number == case.number
