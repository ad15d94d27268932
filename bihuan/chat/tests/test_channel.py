"""What chat says of itself to the entry and to who watches the channels (6.2, 6.4)."""

from __future__ import annotations

import pytest

from bihuan.cases.tests import people
from bihuan.chat import commands, queries
from bihuan.chat.tests.talks import GUEST, at, attends, guest, says
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db


def test_6_04_chat_fails_while_somebody_waits_and_nobody_is_there_and_is_judged_by_its_people():
    home = people.house()
    assert queries.channel_standing(at()).failing_since is None
    row, key = guest(1)

    alone = queries.channel_standing(at(4))
    assert (alone.failing_since, alone.reason, alone.open_now) == (at(1), "nobody_there", False)
    attends(home.bo_bo, 4)
    staffed = queries.channel_standing(at(5))
    assert (staffed.failing_since, staffed.open_now, staffed.wait_seconds) == (None, True, 0)

    second, _key = guest(5)
    commands.change_line(id=second.id, line="technical", by=home.bo_bo, at=at(5))
    assert queries.channel_standing(at(6)).failing_since is not None  # nobody is at that line
    commands.attend(lines=["technical"], by=home.chen, at=at(6))
    assert queries.channel_standing(at(6)).failing_since is None

    says(row, home.bo_bo, "已补发", 6)
    commands.end(id=row.id, by=home.bo_bo, at=at(7))
    commands.rate(id=row.id, score="4", token=key, by=GUEST, at=at(8))
    came = queries.contacts(at(), at(9))
    assert (came.came, came.answered) == (2, 1)
    from bihuan.channels import tasks as channels
    from bihuan.channels.models import Rated

    for _twice in range(2):
        channels.rated(list(Event.objects.filter(kind="chat.rated")))
    assert list(Rated.objects.values_list("channel", "satisfied")) == [("chat", True)]
