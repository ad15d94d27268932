"""The channels of the demo: counters in service, chats at every stage, calls and those owed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from bihuan.cases.models import Case
from bihuan.chat import queries as chats
from bihuan.chat.models import Conversation
from bihuan.counter import queries
from bihuan.counter.models import Appointment, Visit
from bihuan.demo.tests.conftest import AT, CALLED
from bihuan.phone.models import Call, CallBack

pytestmark = pytest.mark.usefixtures("once")


def test_two_points_are_configured_and_have_a_queue() -> None:
    rows = queries.points()

    assert [one.city for one in rows] == ["上海", "成都"]
    assert all(one.is_configured for one in rows)
    for one in rows:
        states = set(Visit.objects.filter(point_id=one.id).values_list("state", flat=True))
        assert {"waiting", "called", "done"} <= states
        assert Appointment.objects.filter(point_id=one.id, state="booked").count() == 3


def test_chats_have_ended_go_on_and_wait_and_their_figures_are_there() -> None:
    states = list(Conversation.objects.values_list("state", "line"))

    assert states.count(("ended", "service")) == 24
    assert states.count(("open", "service")) == 2
    assert states.count(("open", "technical")) == 1
    assert [one.returned for one in chats.in_order()] == [False] * 3
    found = chats.figures(AT - timedelta(days=7), AT)
    assert found.answer.tone == found.solution.tone == "green"
    assert 60 < (found.satisfaction or 0) < 100


def test_some_telephoned_today_and_three_in_vain_two_of_whom_are_called_back() -> None:
    calls = Counter(Call.objects.filter(ended_at__isnull=False).values_list("outcome", flat=True))
    missed = Case.objects.filter(subject="未接来电")

    assert calls["answered"] >= 5
    assert calls["missed"] + calls["abandoned"] == 3
    assert missed.count() == CallBack.objects.filter(outcome="").count() == CALLED
    assert not Call.objects.filter(ended_at=None).exists()
    assert Call.objects.filter(outcome="answered", case_id__gt=0).exists()
