"""1.03: a chat becomes a case with its whole transcript, and each leads to the other."""

from __future__ import annotations

from io import BytesIO

import pytest

from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.commands import Contact
from bihuan.cases.models import Entry, File
from bihuan.cases.tests import people, pictures
from bihuan.cases.tests.people import House
from bihuan.chat import commands, queries
from bihuan.chat.tests.talks import GUEST, asked, at, attends, guest, now, says, told
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Invalid, NotFound, NotPossible

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


def transcripts(case_id: int) -> list[str]:
    rows = Entry.objects.filter(case_id=case_id, kind="transcript").order_by("id")
    return list(rows.values_list("text", flat=True))


def test_1_03_one_press_makes_a_case_of_all_that_was_said_counted_from_the_first_word(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1, text="破壁机漏水，电话 13900002718")
    says(row, home.bo_bo, "请问订单号？", 2)
    commands.note_chat(id=row.id, text="老用户", by=home.bo_bo, at=at(2))

    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(3))

    assert (case.person_id, case.channel, case.received_at) == (home.ai_li.id, "chat", at(1))
    (kept,) = transcripts(case.id)
    assert "客服 波波：请问订单号？" in kept
    assert "13900002718" not in kept
    assert "139****2718" in kept
    assert "老用户" not in kept
    assert [c.id for c in queries.of_case(case.id, home.bo_bo)] == [row.id]
    assert told(case.id) == ["chat.case_opened"]
    with pytest.raises(NotPossible) as again:
        commands.open_case(id=row.id, by=home.bo_bo, at=at(4))
    assert again.value.facts["why"] == "has_a_case"


def test_what_is_said_after_it_stands_on_the_case_once_the_chat_ends(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(2))
    says(row, home.bo_bo, "已登记，明天答复您", 3)
    says(row, home.ai_li, "好的谢谢", 4)

    commands.end(id=row.id, by=home.bo_bo, at=at(5))

    first, rest = transcripts(case.id)
    said = ["破壁机漏水", "明天答复您", "好的谢谢"]
    assert [part in first for part in said] == [True, False, False]
    assert [part in rest for part in said] == [False, True, True]


def test_what_follows_stands_on_the_case_too_when_the_person_ends_the_chat(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(2))
    says(row, home.ai_li, "型号是 A1", 3)

    commands.finish(id=row.id, by=home.ai_li, at=at(4))

    assert "型号是 A1" in transcripts(case.id)[-1]
    assert (now(row).outcome, now(row).unanswered_at) == ("left", None)
    assert queries.said(now(row), home.ai_li)[-1].code == "finished"


def test_2_3_2_what_nobody_answered_is_a_message_to_whoever_handles_the_case(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(2))
    says(row, home.bo_bo, "已登记", 3)
    says(row, home.ai_li, "型号是 A1", 4)
    says(row, home.ai_li, "还在吗？", 4)

    for minute in (20, 40):
        commands.lapse(by=SYSTEM, at=at(minute))

    assert (now(row).outcome, now(row).case_id) == ("case", case.id)
    (entry,) = Entry.objects.filter(case_id=case.id, kind="message")
    assert (entry.text, entry.voice) == ("型号是 A1\n还在吗？", "user")


def test_what_nobody_answered_of_a_case_that_is_closed_is_a_case_of_its_own(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(2))
    cases.withdraw(number=case.number, by=home.ai_li, at=at(3))
    says(row, home.bo_bo, "好的", 3)
    says(row, home.ai_li, "另一件事：发票没开", 4)

    for minute in (20, 40):
        commands.lapse(by=SYSTEM, at=at(minute))

    other = people.queries.made(now(row).case_id)
    assert other.number != case.number
    assert (other.received_at, other.is_open) == (at(4), True)
    assert Entry.objects.filter(case_id=other.id).order_by("id")[0].text == "另一件事：发票没开"


def test_a_chat_is_tied_to_the_open_case_of_its_person_and_taken_off_again(home: House):
    attends(home.bo_bo)
    case, anothers = people.file(home), people.file(home, contact=Contact(phone="13900005555"))
    row = asked(home.ai_li, 1)
    tie = {"id": row.id, "by": home.bo_bo, "at": at(2)}
    for number, fault in [("TS0", "no_such_case"), (anothers.number, "another_person")]:
        with pytest.raises(Invalid) as refused:
            commands.tie(**tie, number=number)
        assert refused.value.fields == {"number": fault}

    commands.tie(**tie, number=case.number)

    assert now(row).case_id == case.id
    assert told(case.id) == ["chat.tied"]
    assert "破壁机漏水" in transcripts(case.id)[0]
    commands.untie(id=row.id, by=home.bo_bo, at=at(3))
    assert now(row).case_id == 0
    assert told(row.id)[-2:] == ["chat.tied", "chat.untied"]


def test_leaving_a_message_is_a_case_at_once_and_a_guest_says_how_to_be_told(home: House):
    row, key = guest(0, "想问保修多久")
    left = {"id": row.id, "token": key, "by": GUEST}
    with pytest.raises(Invalid) as refused:
        commands.leave(**left, at=at(1))
    assert refused.value.fields == {"contact": "missing"}
    assert now(row).state == "waiting"

    case = commands.leave(**left, contact=Contact(phone="13812345678"), at=at(2))

    assert (case.kind, case.received_at, case.missing) == ("enquiry", at(0), ["identity"])
    assert (now(row).state, now(row).outcome, now(row).case_id) == ("ended", "case", case.id)
    assert "想问保修多久" in (queries.said(now(row), GUEST)[0].text or "")
    mine = asked(home.ai_li, 3)
    assert commands.leave(id=mine.id, by=home.ai_li, at=at(4)).person_id == home.ai_li.id


def test_files_are_taken_as_evidence_is_and_go_onto_the_case(home: House):
    attends(home.bo_bo)
    row, key = guest(0)
    said = commands.speak(
        id=row.id, text="", uploads=[
            (pictures.photo(), "裂缝.jpg"), (BytesIO(b"MZ\x90\x00" * 50), "修复.exe"),
        ], token=key, by=GUEST, at=at(1),
    )  # fmt: skip
    assert [name for name, _ in said.faults] == ["修复.exe"]
    (file,) = queries.said(now(row), GUEST)[-1].files
    assert (file.name, file.content_type, file.case_id) == ("裂缝.jpg", "image/jpeg", 0)
    with pytest.raises(Invalid):
        commands.speak(
            id=row.id, text="", uploads=[(BytesIO(b"MZ" * 50), "a.exe")], token=key, by=GUEST,
            at=at(2),
        )  # fmt: skip

    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(3))

    assert File.objects.get(id=file.id).case_id == case.id
    assert "［文件］裂缝.jpg" in transcripts(case.id)[0]


def test_a_case_closed_to_a_colleague_closes_its_chat(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(2))
    case_queries.get(case.number, home.other_agent)
    cases.restrict(number=case.number, reason="涉及隐私", by=home.chen, at=at(3))

    with pytest.raises(NotFound):
        queries.seen(row.id, home.other_agent, at(4))
    assert queries.seen(row.id, home.chen, at(4)).line.case == case
    lines = queries.board(home.other_agent, at(4), show="open").lines
    assert [one.last for one in lines] == [""]


def test_a_long_chat_stands_on_the_case_in_parts_and_nothing_is_lost(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    for n in range(20):
        says(row, home.bo_bo, f"第{n}段" + "说" * 1900, 2 + n)

    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(30))

    kept = transcripts(case.id)
    assert len(kept) == 2
    assert [n for n in range(20) if f"第{n}段" in "".join(kept)] == list(range(20))


def test_6_05_the_targets_of_15_and_30_minutes_are_measured_and_never_late(home: House):
    attends(home.bo_bo)
    quick, slow = asked(home.ai_li, 0), asked(home.ding, 0)
    says(quick, home.bo_bo, "您好", 10)
    commands.end(id=quick.id, by=home.bo_bo, at=at(20))
    commands.rate(id=quick.id, score=5, by=home.ai_li, at=at(21))
    says(slow, home.bo_bo, "您好", 40)
    commands.end(id=slow.id, by=home.bo_bo, at=at(90))

    found = queries.figures(at(-1), at(100))

    assert (found.asked, found.answered, found.satisfaction) == (2, 2, 100)
    answer, solution = found.answer, found.solution
    assert (answer.mean, answer.kept, answer.of, answer.tone) == (1500, 1, 2, "amber")
    assert (solution.mean, solution.kept, solution.per_cent, solution.tone) == (
        3300, 1, 50, "amber",
    )  # fmt: skip
    early = queries.figures(at(-1), at(0))
    assert (early.answer.tone, early.answer.per_cent) == ("", None)


def test_3_3_words_of_a_chat_go_after_half_a_year_and_its_figures_and_its_case_stay(home: House):
    attends(home.bo_bo)
    row = asked(home.ai_li, 1)
    says(row, home.bo_bo, "已补发", 2)
    case = commands.open_case(id=row.id, by=home.bo_bo, at=at(3))
    commands.end(id=row.id, by=home.bo_bo, at=at(4))
    assert commands.forget_chats(by=SYSTEM, at=at(179 * 1440)) == 0

    assert commands.forget_chats(by=SYSTEM, at=at(181 * 1440)) == 1

    assert queries.said(now(row), home.bo_bo) == []
    assert "破壁机漏水" in transcripts(case.id)[0]
    assert queries.figures(at(-1), at(10)).solution.of == 1
    assert told(row.id)[-1] == "chat.forgotten"
    assert commands.forget_chats(by=SYSTEM, at=at(182 * 1440)) == 0
