"""What became of a notice is told to those who may know, and can be tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import NotFound, NotPossible, Unreachable
from bihuan.notify import commands, queries, tasks
from bihuan.notify.models import Message
from bihuan.notify.tests.people import AT, STREAM, People
from bihuan.notify.tests.sink import Sink
from bihuan.notify.tests.told import mail_of, tell

CHEN_ROLES = frozenset({Role.SUPERVISOR})


def test_a_supervisor_sends_a_failed_message_again(people: People, sink: Sink):
    tell(people)
    sink.mood = "unknown_user"
    tasks.send_email(AT)
    sink.mood = "kind"
    chen = Actor(people.chen, CHEN_ROLES, "customer_service")

    (failure,) = queries.failed(chen)
    commands.resend(message_id=failure.fate.id, by=chen, at=AT + timedelta(hours=1))
    tasks.send_email(AT + timedelta(hours=1))

    assert mail_of(people).state == "sent"
    assert queries.failed(chen) == []
    with pytest.raises(NotPossible):
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

    assert queries.failed(stranger) == []
    with pytest.raises(NotFound):
        queries.failed(customer)
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
