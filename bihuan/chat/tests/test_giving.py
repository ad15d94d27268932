"""Who answers: oldest first, most room, handed on with the whole transcript, never forgotten."""

from __future__ import annotations

import pytest

from bihuan.accounts import queries as staff
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.chat import commands, queries
from bihuan.chat.models import Attendance, Turn
from bihuan.chat.tests.talks import GUEST, at, attends, guest, now, says, told, words
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.store.vault import Tampered

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


def why(refused: pytest.ExceptionInfo[NotPossible]) -> object:
    return refused.value.facts["why"]


def test_the_oldest_is_given_first_and_no_more_than_the_limit_of_each(home: House):
    rows = [guest(n)[0] for n in range(4)]
    xiao = people.agent("小夏", "customer_service")

    attends(home.bo_bo, 5, most=2, house=home)
    attends(xiao, 6, most=1, house=home)

    holders = [now(row).agent_id for row in rows]
    assert holders == [home.bo_bo.id, home.bo_bo.id, xiao.id, 0]
    with pytest.raises(NotPossible) as full:
        commands.take(id=rows[3].id, by=home.bo_bo, at=at(7))
    assert why(full) == "chats_full"
    says(rows[0], home.bo_bo, "已处理", 8)
    commands.beat(by=xiao, at=at(8))
    commands.end(id=rows[0].id, by=home.bo_bo, at=at(9))
    assert now(rows[3]).agent_id == home.bo_bo.id


def test_two_agents_who_take_the_same_chat_are_told_apart(home: House):
    row, _ = guest(0)
    commands.take(id=row.id, by=home.bo_bo, at=at(1))

    with pytest.raises(NotPossible):
        commands.take(id=row.id, by=home.chen, at=at(1))
    with pytest.raises(NotPossible) as not_his:
        says(row, home.chen, "我来", 2)
    assert why(not_his) == "not_your_chat"
    with pytest.raises(NotFound):
        commands.take(id=row.id, by=GUEST, at=at(2))


def test_a_colleague_is_handed_all_that_was_said_and_a_note_the_person_does_not_see(home: House):
    xiao = people.agent("小夏", "customer_service")
    attends(home.bo_bo)
    row, key = guest(1)
    says(row, home.bo_bo, "请稍等", 2)
    hand = {"id": row.id, "staff_id": xiao.id, "by": home.bo_bo}
    with pytest.raises(NotPossible) as away:
        commands.hand_over(**hand, at=at(3))
    attends(xiao, 3)
    with pytest.raises(Invalid):
        commands.hand_over(id=row.id, staff_id=home.bo_bo.id, by=home.bo_bo, at=at(3))

    commands.hand_over(**hand, text="用户很急", at=at(4))

    assert why(away) == "colleague_away"
    assert now(row).agent_id == xiao.id
    assert words(row, xiao) == ["破壁机漏水", "请稍等", "用户很急"]
    assert words(row, GUEST, key) == ["破壁机漏水", "请稍等"]
    says(row, xiao, "我接着为您处理", 5)
    commands.beat(by=home.bo_bo, at=at(5))
    commands.hand_over(id=row.id, staff_id=home.bo_bo.id, by=xiao, at=at(6))
    assert now(row).agent_id == home.bo_bo.id


def test_6_2_a_chat_goes_to_second_line_in_front_and_back_with_its_transcript(home: House):
    tech = people.agent("技术林", "technology")
    attends(home.bo_bo)
    row, _ = guest(1)
    with pytest.raises(Invalid):
        commands.change_line(id=row.id, line="nowhere", by=home.bo_bo, at=at(2))

    commands.change_line(id=row.id, line="technical", text="日志里有报错", by=home.bo_bo, at=at(2))
    assert (now(row).state, now(row).line, now(row).returned) == ("waiting", "technical", True)
    attends(tech, 3)

    assert now(row).agent_id == tech.id
    assert words(row, tech) == ["破壁机漏水", "日志里有报错"]
    commands.beat(by=home.bo_bo, at=at(4))
    commands.change_line(id=row.id, line="service", by=tech, at=at(4))
    assert now(row).agent_id == home.bo_bo.id
    with pytest.raises(Invalid):
        attends(tech, 5, lines=["service"])


def test_6_2_a_chat_that_waits_stands_in_front_on_its_new_line_as_it_is_told(home: House):
    tech = people.agent("技术林", "technology")
    row, _ = guest(0)

    commands.change_line(id=row.id, line="technical", by=tech, at=at(1))

    assert (now(row).state, now(row).returned) == ("waiting", True)


def test_a_silent_agent_loses_the_chat_to_the_front_of_the_queue_and_is_switched_off(home: House):
    attends(home.bo_bo, 0, most=1, house=home)
    first, _ = guest(1)
    second, _ = guest(2)
    for minutes in (1.5, 2.5):
        commands.beat(by=home.bo_bo, at=at(minutes))
    assert commands.lapse(by=SYSTEM, at=at(2.9)) == 0

    assert commands.lapse(by=SYSTEM, at=at(3.1)) == 1

    assert [row.id for row in queries.in_order()] == [first.id, second.id]
    assert (now(first).returned, now(first).lost_by) == (True, home.bo_bo.id)
    seat = Attendance.objects.get(staff_id=home.bo_bo.id)
    assert (seat.on, seat.off_why) == (False, "silent")
    attends(people.agent("小夏", "customer_service"), 4)
    assert now(first).agent_id not in (0, home.bo_bo.id)


def test_an_agent_who_is_gone_loses_what_he_owes_a_word_but_not_what_he_answered(
    home: House,
):
    attends(home.bo_bo)
    owed, key = guest(1)
    answered, _ = guest(1)
    says(owed, home.bo_bo, "您好", 1.5)
    says(answered, home.bo_bo, "已处理", 1.5)
    says(owed, GUEST, "还是漏", 2, key)

    commands.lapse(by=SYSTEM, at=at(5))

    assert now(owed).state == "waiting"
    assert now(answered).agent_id == home.bo_bo.id
    assert Attendance.objects.get(staff_id=home.bo_bo.id).off_why == "away"


def test_what_nobody_answers_is_a_case_counted_from_the_first_word(home: House):
    row, key = guest(0, "订单一直不发货，我要投诉")
    says(row, GUEST, "三天了", 1, key)
    assert commands.lapse(by=SYSTEM, at=at(5)) == 0

    commands.lapse(by=SYSTEM, at=at(6.1))

    ended = now(row)
    assert (ended.state, ended.outcome) == ("ended", "case")
    case = people.queries.visible(SYSTEM).get(id=ended.case_id)
    assert (case.channel, case.kind, case.received_at) == ("chat", "complaint", at(0))
    assert told(case.id) == ["chat.case_opened"]


def test_a_chat_that_cannot_be_read_keeps_nobody_else_from_a_case(home: House):
    broken, _ = guest(0)
    whole, _ = guest(1)
    Turn.objects.filter(chat_id=broken.id).update(text=b"\0" * 40)

    with pytest.raises(Tampered):
        commands.lapse(by=SYSTEM, at=at(7))

    assert (now(broken).state, now(whole).outcome) == ("waiting", "case")


def test_a_silent_person_ends_the_chat_and_may_go_on_with_the_same_agent_the_same_day(home: House):
    attends(home.bo_bo)
    row, key = guest(1)
    says(row, home.bo_bo, "请提供照片", 2)
    commands.lapse(by=SYSTEM, at=at(21.9))
    assert now(row).state == "open"

    commands.lapse(by=SYSTEM, at=at(22.1))
    assert (now(row).state, now(row).outcome) == ("ended", "left")
    commands.beat(by=home.bo_bo, at=at(30))
    commands.reopen(id=row.id, token=key, by=GUEST, at=at(30))

    assert (now(row).state, now(row).agent_id) == ("open", home.bo_bo.id)
    says(row, home.bo_bo, "好的", 31)
    commands.end(id=row.id, by=home.bo_bo, at=at(32))
    with pytest.raises(NotPossible) as late:
        commands.reopen(id=row.id, token=key, by=GUEST, at=at(32 + 24 * 60))
    assert why(late) == "too_long_ago"


def test_an_agent_does_not_end_what_nobody_answered(home: House):
    attends(home.bo_bo)
    row, _ = guest(1)

    with pytest.raises(NotPossible) as refused:
        commands.end(id=row.id, by=home.bo_bo, at=at(2))

    assert why(refused) == "unanswered"
    commands.put_back(id=row.id, by=home.bo_bo, at=at(3))
    commands.give_next(at=at(3.9))
    assert now(row).state == "waiting"  # he has just put it back
    commands.beat(by=home.bo_bo, at=at(4))
    commands.give_next(at=at(4.1))
    assert now(row).agent_id == home.bo_bo.id  # and nobody else is there


def test_only_who_plans_the_work_sets_limits_takes_over_and_switches_others_off(home: House):
    attends(home.bo_bo)
    row, _ = guest(1)
    with pytest.raises(NotPermitted):
        commands.set_limit(staff_id=home.bo_bo.id, most=9, by=home.bo_bo, at=at(2))
    with pytest.raises(NotPermitted):
        commands.stop_attending(staff_id=home.chen.id, by=home.bo_bo, at=at(2))
    with pytest.raises(NotPossible):
        commands.take_over(id=row.id, by=people.agent("小夏", "customer_service"), at=at(2))

    commands.take_over(id=row.id, by=home.chen, at=at(3))
    commands.stop_attending(staff_id=home.bo_bo.id, by=home.chen, at=at(3))

    assert now(row).agent_id == home.chen.id
    assert not queries.there(at(3))
    commands.attend(by=home.bo_bo, at=at(4))
    assert [one.staff_id for one in queries.there(at(4))] == [home.bo_bo.id]
    assert told(home.bo_bo.id) == ["chat.attending"] * 3


def test_who_may_answer_which_line_follows_from_the_department(home: House):
    lines = {
        name: [one.id for one in queries.lines_of(actor)]
        for name, actor in [("bo_bo", home.bo_bo), ("legal", home.other_agent), ("chen", home.chen)]
    }

    assert lines == {"bo_bo": ["service"], "legal": [], "chen": ["service", "technical", "product"]}
    with pytest.raises(Invalid):
        attends(home.other_agent)
    assert staff.active_staff()
