"""1.3: what is said on the telephone stands with the call, and on its case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bihuan.accounts.models import Reveal
from bihuan.cases import commands as cases
from bihuan.cases.models import Entry
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.events import seals
from bihuan.events.models import Event
from bihuan.phone import commands, queries
from bihuan.phone.models import CallNote
from bihuan.phone.tests.exchange import AI_LI, at, fact, hear

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db: None) -> House:
    return people.house()


def test_notes_before_and_after_the_link_stand_on_the_case_once_each(home: House):
    call, case = hear(fact("answered", 8)), people.file(home)
    note = {"id": call.id, "by": home.bo_bo}

    commands.note_call(**note, text="用户说底座开裂", at=at(20))
    commands.link(id=call.id, number=case.number, by=home.bo_bo, at=at(30))
    commands.note_call(**note, text="约定今天寄回", at=at(40))

    on_case = Entry.objects.filter(case_id=case.id, kind="note").order_by("id")
    assert [entry.text.partition("：")[2] for entry in on_case] == [
        "用户说底座开裂",
        "约定今天寄回",
    ]
    assert all(entry.internal and "2026年2月13日 16:00" in entry.text for entry in on_case)
    assert [text for _n, text in queries.notes_of(call)] == ["用户说底座开裂", "约定今天寄回"]


def test_a_call_lies_on_one_case_and_can_be_taken_off_it(home: House):
    call, case, other = hear(fact("started")), people.file(home), people.file(home)
    link = {"id": call.id, "by": home.bo_bo}
    commands.link(**link, number=case.number, at=at(1))
    commands.link(**link, number=case.number, at=at(2))

    with pytest.raises(NotPossible):
        commands.link(**link, number=other.number, at=at(3))
    commands.unlink(**link, at=at(4))
    with pytest.raises(NotPossible):
        commands.unlink(**link, at=at(5))
    assert commands.link(**link, number=other.number, at=at(6)).case_id == other.id

    said = Event.objects.filter(stream=call.id, kind__startswith="call.").exclude(
        kind="call.started"
    )
    assert [(e.kind, e.data["case"]) for e in said.order_by("seq")] == [
        ("call.linked", case.id), ("call.unlinked", case.id), ("call.linked", other.id),
    ]  # fmt: skip


def test_a_case_that_one_may_not_see_is_no_case_to_link_to_and_closes_its_calls_notes(home: House):
    call, case = hear(fact("started")), people.file(home)
    commands.note_call(id=call.id, text="只给负责人看", by=home.chen, at=at(1))
    commands.link(id=call.id, number=case.number, by=home.chen, at=at(2))
    cases.restrict(number=case.number, reason="涉及员工本人", by=home.chen, at=FRIDAY)

    other = hear(fact("started"), ref="call-2")

    with pytest.raises(Invalid):
        commands.link(id=other.id, number=case.number, by=home.other_agent, at=at(3))
    with pytest.raises(NotFound):
        commands.note_call(id=call.id, text="补充", by=home.other_agent, at=at(3))
    with pytest.raises(NotFound):
        commands.unlink(id=call.id, by=home.other_agent, at=at(3))
    with pytest.raises(NotFound):
        commands.reveal_call(
            id=call.id, field="number", reason="看看号码", by=home.other_agent, at=at(3)
        )
    page = queries.seen(call.id, home.other_agent, at(4))
    assert (page.closed, page.notes, page.line.case) == (True, [], None)


def test_calls_do_not_exist_for_customers(home: House):
    call = hear(fact("started"))

    for act in (
        lambda: queries.seen(call.id, home.ai_li, at(1)),
        lambda: queries.board(home.ai_li, at(1), show="all"),
        lambda: commands.note_call(id=call.id, text="x", by=home.ai_li, at=at(1)),
        lambda: commands.reveal_call(
            id=call.id, field="number", reason="看看号码", by=home.ai_li, at=at(1)
        ),
    ):
        with pytest.raises(NotFound):
            act()


def test_3_3_a_number_and_a_recording_are_seen_with_a_reason_that_stays(home: House, settings):
    url = "https://pbx.example.com/rec/a.wav"
    settings.PHONE = replace(settings.PHONE, recordings=("https://pbx.example.com",))
    hear(fact("answered", 8))
    call = hear(fact("ended", 20))
    look = {"id": call.id, "by": home.bo_bo, "at": at(30)}

    assert commands.reveal_call(**look, field="number", reason="按约定回拨") == AI_LI
    with pytest.raises(Invalid):
        commands.reveal_call(**look, field="number", reason="")
    with pytest.raises(NotFound):
        commands.reveal_call(**look, field="recording", reason="核对通话")
    with pytest.raises(Invalid):
        commands.reveal_call(**look, field="told", reason="全部都看")
    assert hear(fact("recording", 25, recording=url)).has_recording
    assert commands.reveal_call(**look, field="recording", reason="核对通话") == url

    rows = Reveal.objects.order_by("id").values_list("field", "person_id", "reason")
    assert list(rows) == [
        ("call_number", home.ai_li.id, "按约定回拨"),
        ("call_recording", home.ai_li.id, "核对通话"),
    ]
    seen = Event.objects.filter(kind="person.revealed")
    assert {(one.stream, AI_LI in str(one.data)) for one in seen} == {(call.id, False)}


def test_a_note_that_was_changed_behind_the_house_is_found(home: House, tmp_path: Path):
    call = hear(fact("started"))
    note = commands.note_call(id=call.id, text="同意退款", by=home.bo_bo, at=at(9))
    assert seals.verify_all(tmp_path).whole

    other = queries.sealed(call.person_id, "callnote", "text", note.id, "不同意退款")
    CallNote.objects.filter(id=note.id).update(text=other)

    assert [fault.why for fault in seals.verify_all(tmp_path).faults] == ["words"]
