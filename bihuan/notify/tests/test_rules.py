"""What a notice says and when trying again is in vain: no database needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.core.terms import Notice
from bihuan.notify import rules
from bihuan.policy.loader import load_current

BOOK = load_current()
AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)


def notice(title: str = "已登记：{number}", body: str = "{words}", title_en: str = "") -> Notice:
    return Notice(
        id="n", on=("case.filed",), audience="customer", channels=("inbox", "email"),
        clause="2.2.1", variables=("number", "words"), title=title, title_en=title_en, body=body,
        body_en="",
    )  # fmt: skip


def test_what_a_customer_wrote_is_never_read_as_a_template():
    said = rules.words(notice(), {"number": "TS1", "words": "{number} ${x} {0.__class__}"}, "zh")

    assert said.body == "{number} ${x} {0.__class__}"


def test_a_variable_nobody_gave_is_an_error():
    with pytest.raises(rules.UnknownVariable):
        rules.words(notice(), {"number": "TS1"}, "zh-hans")


def test_a_subject_is_one_visible_line():
    said = rules.words(notice(), {"number": "TS1\r\nBcc: all@x\u202e \x00", "words": "-"}, "zh")

    assert said.subject == "已登记：TS1 Bcc: all@x"


def test_a_subject_is_cut_where_its_column_ends():
    said = rules.words(notice(), {"number": "长" * 500, "words": "-"}, "zh-hans")

    assert len(said.subject) == rules.SUBJECT_MOST


def test_an_english_reader_gets_english_where_there_is_any():
    both = notice(title_en="Registered: {number}")

    said = rules.words(both, {"number": "TS1", "words": "谢谢"}, "en")

    assert (said.subject, said.body) == ("Registered: TS1", "谢谢")


@pytest.mark.parametrize(
    "id",
    [
        one.id
        for one in BOOK.notices.values()
        if one.audience == "customer" and "sms" in one.channels
    ],
)
def test_what_may_leave_the_app_may_leave_it_by_whatever_way_the_person_chose(id: str):
    """Who writes to us by WeChat alone has no other way to hear of it (2.4.1)."""
    ways = set(BOOK.notices[id].channels)

    assert ways == {rules.INBOX, rules.EMAIL, rules.SMS, rules.WECHAT, rules.PUSH}


def test_a_message_always_goes_to_the_app_and_where_the_person_chose_if_it_may():
    assert rules.channels(notice(), "inbox") == ("inbox",)
    assert rules.channels(notice(), "email") == ("inbox", "email")
    assert rules.channels(notice(), "sms") == ("inbox",)


def test_waits_double_from_half_a_minute_to_an_hour():
    waits = [rules.wait(n).total_seconds() for n in range(1, 11)]

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_trying_ends_after_a_day_but_never_before_ten_tries():
    def vain(tries: int, hours: int) -> bool:
        return rules.in_vain(tries=tries, created_at=AT, at=AT + timedelta(hours=hours))

    assert not vain(10, 23)
    assert not vain(9, 72)
    assert vain(10, 24)


def test_the_owner_is_told_unless_he_did_it_himself():
    def told(event: str, actor: int) -> tuple[int, ...]:
        return rules.colleagues(event, owner_id=7, actor_id=actor, supervisors=(8, 9))

    assert told("case.assigned", 8) == (7,)
    assert told("case.assigned", 7) == ()


def test_a_breach_is_told_to_owner_and_supervisors_and_nobody_twice():
    told = rules.colleagues("clock.missed", owner_id=8, actor_id=0, supervisors=(8, 9))

    assert told == (8, 9)


def test_a_case_nobody_owns_concerns_the_supervisors():
    told = rules.colleagues("case.message_added", owner_id=0, actor_id=0, supervisors=(8, 9))

    assert told == (8, 9)


def test_a_severity_is_approved_by_a_supervisor_who_did_not_propose_it():
    told = rules.colleagues("case.severity_proposed", owner_id=7, actor_id=8, supervisors=(8, 9))

    assert told == (9,)


def test_a_case_that_only_takes_another_in_has_no_news_for_its_person():
    book = load_current()

    moved = rules.notices_on(book, "case.merged", {"from": "filed", "to": "merged"}, "agent")
    took_in = rules.notices_on(book, "case.merged", {"other": "TS1"}, "agent")

    assert [n.id for n in moved] == ["merged"]
    assert took_in == ()


def test_staff_are_told_of_new_material_only_when_the_customer_brought_it():
    book = load_current()

    def told(event: str, role: str) -> list[str]:
        return [n.id for n in rules.notices_on(book, event, {}, role) if n.audience == "staff"]

    assert told("case.material_added", "customer") == ["user_wrote"]
    assert told("case.material_added", "supervisor") == []
    assert told("case.severity_proposed", "agent") == ["severity_proposed"]


def test_every_notice_of_the_handbook_can_be_written_in_both_languages():
    for one in load_current().notices.values():
        for locale in ("zh-hans", "en"):
            said = rules.words(one, dict.fromkeys(one.variables, "X"), locale)
            assert said.subject
            assert said.body
