"""What became of a notice is told to those who may know, and can be tried again."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.accounts import commands as accounts
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPossible, Unreachable
from bihuan.events.models import Event
from bihuan.notify import commands, queries, tasks
from bihuan.notify.models import Message
from bihuan.notify.providers.inbox import Inbox
from bihuan.notify.tests import wiring
from bihuan.notify.tests.people import AT, STREAM, People
from bihuan.notify.tests.sink import Sink
from bihuan.notify.tests.told import FACTS, mail_of, tell


def failed(by: Actor) -> list[queries.Traced]:
    return list(queries.found(queries.Sought(state="failed"), by).rows)


CHEN_ROLES = frozenset({Role.SUPERVISOR})


def test_a_supervisor_sends_a_failed_message_again(people: People, sink: Sink):
    tell(people)
    sink.mood = "unknown_user"
    tasks.send_email(AT)
    sink.mood = "kind"
    chen = Actor(people.chen, CHEN_ROLES, "customer_service")

    (failure,) = failed(chen)
    commands.resend(message_id=failure.fate.id, by=chen, at=AT + timedelta(hours=1))
    tasks.send_email(AT + timedelta(hours=1))

    assert mail_of(people).state == "sent"
    assert failed(chen) == []
    with pytest.raises(Invalid, match="reason"):  # it went: why once more?
        commands.resend(message_id=failure.fate.id, by=chen, at=AT)


def test_what_has_no_contact_any_more_cannot_be_sent_again(people: People):
    tell(people)
    Message.objects.filter(channel="email").update(channel="sms", state="dead", next_try_at=None)
    chen = Actor(people.chen, CHEN_ROLES, "customer_service")

    with pytest.raises(Unreachable):
        commands.resend(message_id=Message.objects.get(channel="sms").id, by=chen, at=AT)


def test_failures_of_cases_out_of_sight_do_not_exist_for_a_stranger(people: People):
    tell(people)
    Message.objects.filter(channel="email").update(state="dead", next_try_at=None)
    stranger = Actor(999, frozenset({Role.AGENT}), "technology")
    customer = Actor(people.aili, frozenset({Role.CUSTOMER}))

    assert failed(stranger) == []
    with pytest.raises(NotFound):
        failed(customer)
    for by in (stranger, customer):
        with pytest.raises(NotFound):
            commands.resend(message_id=mail_of(people).id, by=by, at=AT)


def test_the_fate_of_each_message_of_a_case_is_told(people: People, sink: Sink):
    tell(people)
    sink.mood = "busy"
    tasks.send_inbox(AT)
    tasks.send_email(AT)

    fates = {fate.channel: fate.state for fate in queries.for_case(STREAM)}

    assert fates == {"inbox": "delivered", "email": "retrying"}


def test_a_case_has_a_trail_when_a_notice_reached_its_person(people: People):
    tell(people, channels=())
    assert queries.has_trail([STREAM]) == set()

    tasks.send_inbox(AT)

    assert queries.has_trail([STREAM, 1]) == {STREAM}


def test_only_the_reader_marks_a_message_as_read(people: People):
    (row,) = tell(people, channels=())
    aili = Actor(people.aili, frozenset({Role.CUSTOMER}))
    stranger = Actor(people.aili + 1, frozenset({Role.CUSTOMER}))

    with pytest.raises(NotFound):
        commands.mark_read(message_id=row.id, by=stranger, at=AT)
    assert queries.unread(aili) == 1
    assert commands.mark_read(message_id=row.id, by=aili, at=AT) == 1
    assert commands.mark_read(by=aili, at=AT) == 0
    assert queries.for_person(aili)[0].unread is False


def test_a_nobody_has_no_messages(people: People):
    tell(people, channels=())

    assert queries.mine(SYSTEM).count() == 0
    assert queries.mine(Actor(0, frozenset({Role.CUSTOMER}))).count() == 0


def test_what_they_say_never_came_goes_once_more_with_a_reason_and_not_for_ever(
    people: People, sink: Sink
):
    tell(people)
    tasks.send_inbox(AT)
    tasks.send_email(AT)
    chen = Actor(people.chen, CHEN_ROLES, "customer_service")
    first = mail_of(people)

    for again in range(3):
        at = AT + timedelta(hours=again + 1)
        why = "用户 13912345678 来电说没有收到"
        made = commands.resend(message_id=first.id, reason=why, by=chen, at=at)
        tasks.send_email(at)
        assert made.body == first.body
        assert made.key != first.key
    with pytest.raises(NotPossible) as no:
        commands.resend(message_id=made.id, reason="还是没有收到", by=chen, at=at)

    assert no.value.facts["state"] == "resent_often"
    assert len({message_from_bytes(letter)["Message-ID"] for letter in sink.letters}) == 4
    lines = queries.story(first.id, chen, lambda person: ()).lines
    assert [(line.what, line.who) for line in lines[1:]] == [
        ("sent", ""), ("resent", "陈主管"), ("resent", "陈主管"), ("resent", "陈主管"),
    ]  # fmt: skip
    assert "13912345678" not in lines[-1].said
    assert Event.objects.filter(stream=STREAM, kind="message.resent").count() == 3


def test_a_story_tells_every_turn_a_notice_took(people: People, sink: Sink):
    aili = Actor(people.aili, frozenset({Role.CUSTOMER}))
    chen = Actor(people.chen, CHEN_ROLES, "customer_service")
    tell(people)
    tasks.send_inbox(AT)
    sink.mood = "busy"
    tasks.send_email(AT)
    sink.mood = "kind"
    tasks.send_email(AT + timedelta(minutes=1))
    commands.bounced(
        message_id=mail_of(people).id, permanent=True, status="5.2.2", by=SYSTEM,
        at=AT + timedelta(minutes=5),
    )  # fmt: skip
    commands.mark_read(by=aili, at=AT + timedelta(minutes=9))

    told = queries.story(mail_of(people).id, chen, lambda person: ())

    assert [line.what for line in told.lines] == ["queued", "failed", "sent", "bounced", "read"]
    assert [one.channel for one in told.beside] == ["inbox"]


def test_n35_what_goes_once_more_to_a_screen_keeps_no_words(
    people: People, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wiring, "NOTIFIERS", [*wiring.NOTIFIERS, ("push", lambda at: Inbox())])
    contact = accounts.Contact(name="王芳", email="wang@example.com", account="u-1001")
    wang = accounts.register_person(contact=contact, at=AT)
    commands.tell(
        "closed", key="1.1:closed:p", facts=FACTS, person_id=wang, case_id=STREAM,
        channels=["email"], at=AT,
    )  # fmt: skip
    Message.objects.filter(channel="email").update(state="dead", next_try_at=None)
    lost = Message.objects.get(channel="email")
    chen = Actor(people.chen, CHEN_ROLES, "customer_service")

    made = commands.resend(message_id=lost.id, way="push", reason="邮箱不用了", by=chen, at=AT)

    assert lost.body
    assert (made.channel, made.body) == ("push", "")


def test_a_way_that_few_are_told_by_is_looked_for_without_reading_all_the_others(people: People):
    tell(people)
    chen = Actor(people.chen, CHEN_ROLES, "customer_service")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notify_message SELECT (jsonb_populate_record(one,"
            " jsonb_build_object('id', one.id - n, 'key', n, 'channel', 'sms'))).*"
            " FROM notify_message AS one, generate_series(1, 20000) AS n"
            " WHERE channel = 'inbox' AND person_id > 0"
        )
        cursor.execute("ANALYZE notify_message")
        with CaptureQueriesContext(connection) as asked:
            queries.found(queries.Sought(way="wechat"), chen)
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "message_by_way" in plan
