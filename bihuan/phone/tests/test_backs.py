"""1.3: who is owed a call is called, or somebody says why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases.models import Case, Clock, Entry
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.events.models import Event
from bihuan.phone import commands, queries
from bihuan.phone.models import Attempt, Call, CallBack
from bihuan.phone.tests.exchange import answered, at, fact, hear, missed

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db: None) -> House:
    return people.house()


def promised(home: House, call: Call, **changes: Any) -> CallBack:
    given = {"due_at": at(3600), "owner_id": home.bo_bo.id, "by": home.bo_bo, "at": at(60)}
    return commands.promise_back(id=call.id, **given | changes)


def test_a_call_is_promised_tried_and_reached_and_the_case_has_a_note_and_no_answer(home: House):
    back = queries.open_back(missed().id)
    who = {"id": back.id, "by": home.bo_bo}

    commands.try_back(**who, outcome="no_answer", due_at=at(9000), at=at(600))
    commands.try_back(**who, outcome="reached", text="已说明退款进度", at=at(8000))

    back.refresh_from_db()
    assert (back.outcome, back.done_by, back.due_at) == ("reached", home.bo_bo.id, at(9000))
    assert list(Attempt.objects.order_by("id").values_list("outcome", flat=True)) == [
        "no_answer", "reached",
    ]  # fmt: skip
    case = Case.objects.get(id=back.case_id)
    assert "已说明退款进度" in Entry.objects.get(case_id=case.id, kind="note").text
    assert not Clock.objects.filter(case_id=case.id, done_at__isnull=False).exists()
    kinds = Event.objects.filter(stream=back.call_id, kind__startswith="call.back")
    assert list(kinds.order_by("seq").values_list("kind", flat=True)) == [
        "call.back_promised", "call.back_tried", "call.back_done",
    ]  # fmt: skip


def test_a_promise_has_a_time_to_come_and_somebody_who_works_here(home: House):
    call = answered()

    for changes, field in (
        ({"due_at": at(60)}, "due_at"),
        ({"due_at": at(60) + timedelta(days=31)}, "due_at"),
        ({"owner_id": 7}, "owner_id"),
    ):
        with pytest.raises(Invalid) as no:
            promised(home, call, **changes)
        assert list(no.value.fields) == [field]
    promised(home, call, text="说明运费")
    with pytest.raises(NotPossible):
        promised(home, call)
    assert [text for _n, text in queries.notes_of(call)] == ["说明运费"]


def test_a_withheld_number_cannot_be_called_back(home: House):
    with pytest.raises(NotPossible):
        promised(home, answered(number_from="anonymous"))


def test_it_is_handed_over_dropped_with_a_reason_and_owed_again(home: House):
    call = answered()
    back = promised(home, call)
    who = {"id": back.id, "by": home.chen, "at": at(90)}

    assert commands.hand_back(**who, owner_id=home.chen.id).owner_id == home.chen.id
    with pytest.raises(Invalid):
        commands.drop_back(**who, text="")
    assert commands.drop_back(**who, text="用户已在线上解决").outcome == "dropped"
    for act in ("try_back", "drop_back", "hand_back"):
        more = {"outcome": "reached"} if act == "try_back" else {}
        more |= {"text": "x"} if act == "drop_back" else {}
        more |= {"owner_id": home.chen.id} if act == "hand_back" else {}
        with pytest.raises(NotPossible):
            getattr(commands, act)(**who, **more)
    again = commands.reopen_back(**who)

    assert (again.outcome, again.done_at, again.due_at) == ("", None, at(3600))
    with pytest.raises(NotPossible):
        commands.reopen_back(**who)


def test_the_list_has_the_latest_first_says_who_is_late_and_counts_mine(home: House):
    later = promised(home, answered("1001", "call-1"), due_at=at(7200))
    sooner = promised(home, answered("1001", "call-2"), due_at=at(3600))

    page = queries.board(home.bo_bo, at(5000), show="callbacks")

    assert [one.back.id for one in page.owed] == [sooner.id, later.id]
    assert [one.late for one in page.owed] == [True, False]
    assert page.counts["callbacks"] == 2
    assert queries.backs_late(home.bo_bo, at=at(5000), most=9) == 1
    assert queries.backs_late(home.chen, at=at(5000), most=9) == 0


def test_lists_turn_their_pages_without_loss_or_repetition(home: House):
    for n in range(7):
        hear(fact("started", n // 2), ref=f"call-{n}")
        promised(home, Call.objects.get(ref=f"call-{n}"), due_at=at(3600 + n // 2))

    for show in ("all", "callbacks"):
        seen: list[int] = []
        cursor = ""
        while True:
            page = queries.board(home.bo_bo, at(70), show=show, cursor=cursor, limit=3)
            seen += [line.call.id for line in page.lines] + [one.back.id for one in page.owed]
            cursor = page.cursor
            if not cursor:
                break
        assert (len(seen), len(set(seen))) == (7, 7)
    with pytest.raises(Invalid):
        queries.board(home.bo_bo, at(70), show="all", cursor="x")
