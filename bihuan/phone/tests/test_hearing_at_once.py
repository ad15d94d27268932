"""1.3: two events of one call, or two missed calls of one number, at the same moment."""

from __future__ import annotations

from collections.abc import Callable

from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.phone import tasks
from bihuan.phone.models import Call, CallBack
from bihuan.phone.tests.exchange import UNKNOWN, at, fact, hear


def test_events_of_one_call_at_once_are_one_call_with_all_of_them(
    fresh_db: object, at_once: Callable[..., None]
):
    people.house()
    story = [fact("started"), fact("answered", 8), fact("ended", 60), fact("started")]

    at_once(*(lambda one=one: hear(one, heard=70) for one in story))

    [call] = Call.objects.all()
    assert (call.outcome, call.answered_at, call.ended_at) == ("answered", at(8), at(60))


def test_two_workers_that_judge_two_calls_of_one_number_make_one_case(
    fresh_db: object, at_once: Callable[..., None]
):
    people.house()
    for n in range(4):
        hear(fact("started", 60 * n, number_from=UNKNOWN), ref=f"call-{n}")
        hear(fact("ended", 60 * n + 20, number_from=UNKNOWN), ref=f"call-{n}")

    at_once(*(lambda: tasks.settle(at(600)) for _ in range(3)))

    assert Case.objects.count() == 1
    assert CallBack.objects.count() == 1
    assert set(Call.objects.values_list("case_id", flat=True)) == {Case.objects.get().id}
