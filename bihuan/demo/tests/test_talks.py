"""The chats of the demo: ended and rated, going on, one with second line, some waiting."""

from __future__ import annotations

from datetime import timedelta

from bihuan.chat import queries
from bihuan.chat.models import Conversation
from bihuan.demo.tests.conftest import AT, Told


def test_chats_have_ended_go_on_and_wait_and_their_figures_are_there(told: Told) -> None:
    states = list(Conversation.objects.values_list("state", "line"))

    assert states.count(("ended", "service")) == 24
    assert states.count(("open", "service")) == 2
    assert states.count(("open", "technical")) == 1
    assert [one.returned for one in queries.in_order()] == [False] * 3
    found = queries.figures(AT - timedelta(days=7), AT)
    assert found.answer.tone == found.solution.tone == "green"
    assert 60 < (found.satisfaction or 0) < 100
