"""What happens to a case is told to whom the handbook says, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Person
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.events import log
from bihuan.events.models import Event
from bihuan.notify import rules, tasks
from bihuan.notify.models import Message
from bihuan.notify.providers.inbox import Inbox
from bihuan.notify.tests import wiring
from bihuan.notify.tests.people import AT, STREAM, People


def said(kind: str, by: Actor = SYSTEM, **data: Any) -> Event:
    with transaction.atomic():
        return log.append(kind, stream=STREAM, by=by, at=AT, number="TS1", **data)


def messages() -> set[tuple[str, str, int, int]]:
    rows = Message.objects.all()
    return {(m.template, m.channel, m.person_id, m.staff_id) for m in rows}


def worded(**words: str) -> None:
    """爱丽's case says this in its notices."""
    case = wiring.CASES[STREAM]
    wiring.CASES[STREAM] = replace(case, variables={**case.variables, **words})


def test_a_registration_is_acknowledged_with_number_clause_and_due(people: People):
    worded(number="TS1", clause="1.4", due="2月14日 16:00", link="http://mall.example/c/TS1/")

    tasks.told(said("case.filed"))

    inbox = Message.objects.get(channel="inbox")
    assert inbox.subject == "已登记：TS1"
    assert all(part in inbox.body for part in ("TS1", "1.4", "2月14日 16:00", "http://mall"))
    assert messages() == {
        ("registered", "inbox", people.aili, 0),
        ("registered", "email", people.aili, 0),
    }


def test_n26_two_robots_that_answer_each_other_exchange_three_letters_an_hour(people: People):
    """Each acknowledgement makes the other write, which makes the next one, for a day."""
    at, sent = AT, []
    for number in range(1, 100):
        stream = STREAM + number
        wiring.CASES[stream] = replace(wiring.CASES[STREAM], case_id=stream)
        with transaction.atomic():
            tasks.told(
                log.append(
                    "case.filed", stream=stream, by=SYSTEM, at=at, number="TS1", channel="email"
                )
            )
        row = Message.objects.get(case_id=stream, channel="email")
        at = max(at, row.next_try_at) + timedelta(seconds=2)  # it goes, and is answered
        Message.objects.filter(id=row.id).update(sent_at=row.next_try_at, state="sent")
        sent.append(row.next_try_at)

    assert sent[2] - sent[0] < timedelta(minutes=1)
    assert all(later - one >= rules.HOUR for one, later in zip(sent, sent[3:], strict=False))
    assert Message.objects.filter(channel="inbox").count() == len(sent)


def test_an_event_heard_twice_is_told_once(people: People):
    event = said("case.filed")

    tasks.told(event)
    tasks.told(event)

    assert len(messages()) == Message.objects.count() == 2


def test_somebody_who_chose_the_app_gets_no_mail(people: People):
    Person.objects.filter(id=people.aili).update(tell_by="inbox")

    tasks.told(said("case.filed"))

    assert messages() == {("registered", "inbox", people.aili, 0)}


@pytest.mark.parametrize(
    ("role", "seconds", "again"),
    [
        (Role.CUSTOMER, 0, False),
        (Role.CUSTOMER, 20, False),
        (Role.CUSTOMER, 21, True),  # something of ours had failed: it was not answered there
        (Role.AGENT, 0, True),  # a colleague took it down
    ],
)
def test_6_08_what_weixin_answered_at_once_is_not_said_there_again(
    people: People, monkeypatch, role: Role, seconds: int, again: bool
):
    ways = [*wiring.NOTIFIERS, ("wechat", lambda at: Inbox())]
    monkeypatch.setattr(wiring, "NOTIFIERS", ways)
    person = accounts.person_on_wechat(openid="o6_bmjrPTlm6_2sgVt7hMZOPfL2M", at=AT)
    wiring.CASES[STREAM] = replace(wiring.CASES[STREAM], person_id=person)
    came = (AT - timedelta(seconds=seconds)).isoformat()
    by = Actor(0, frozenset({role}))

    tasks.told(said("case.filed", by, channel="wechat", received_at=came))
    tasks.told(said("case.accepted"))

    there = {one[0] for one in messages() if one[1] == "wechat"}
    assert there == ({"registered", "accepted"} if again else {"accepted"})
    assert ("registered", "inbox", person, 0) in messages()


def test_a_way_that_has_no_provider_leaves_the_app(people: People):
    phone = accounts.Contact(name="爱丽", phone="13912345678")
    person_id = accounts.register_person(contact=phone, at=AT)
    Person.objects.filter(id=person_id).update(tell_by="sms")
    wiring.CASES[STREAM] = replace(wiring.CASES[STREAM], person_id=person_id)

    tasks.told(said("case.filed"))

    assert messages() == {("registered", "inbox", person_id, 0)}


def test_the_way_agreed_for_the_result_goes_before_the_usual_one(people: People):
    Person.objects.filter(id=people.aili).update(tell_by="inbox")

    tasks.told(said("case.result_notified", channel="email"))

    assert ("result", "email", people.aili, 0) in messages()


def test_an_english_reader_is_told_in_english(people: People):
    Person.objects.filter(id=people.aili).update(locale="en")
    worded(number="TS1")

    tasks.told(said("case.filed"))

    assert Message.objects.get(channel="inbox").subject == "Registered: TS1"


def test_somebody_erased_is_told_nothing(people: People):
    Person.objects.filter(id=people.aili).update(erased_at=AT)

    tasks.told(said("case.filed"))

    assert messages() == set()


def test_the_new_owner_is_told_of_an_assignment(people: People):
    tasks.told(said("case.assigned", owner=people.bobo))

    assert messages() == {("assigned", "inbox", 0, people.bobo)}


def test_who_takes_a_case_himself_is_not_told_so(people: People):
    bobo = Actor(people.bobo, frozenset({Role.AGENT}), "customer_service")

    tasks.told(said("case.assigned", by=bobo, owner=people.bobo))

    assert messages() == set()


def test_a_breach_is_told_to_the_person_the_owner_and_the_supervisor(people: People):
    due = "2026-02-12T16:00:00+00:00"  # 24:00 in Shanghai

    tasks.told(
        said(
            "clock.missed", milestone="complaint.accepted", owner=people.bobo, due_at=due,
            round=1, promises=["C-1.4-4", "C-2.3.1-1"], department="customer_service",
        )
    )  # fmt: skip

    assert messages() == {
        ("overdue", "inbox", people.aili, 0),
        ("overdue", "email", people.aili, 0),
        ("clock_breached", "inbox", 0, people.bobo),
        ("clock_breached", "inbox", 0, people.chen),
    }
    breached = Message.objects.get(template="clock_breached", staff_id=people.bobo)
    assert "2月12日 24:00" in breached.body
    assert "1.4、2.3.1" in breached.body
    assert "/cases/TS2026021300000018/" in breached.body
    assert "complaint.accepted" not in breached.body


def test_a_supervisor_with_a_mail_address_is_also_told_of_a_breach_by_mail(people: People):
    he = accounts.create_staff(
        name="何主管", roles=["supervisor"], department="customer_service", username="he",
        email="he@mall.example", by=SYSTEM, at=AT,
    )  # fmt: skip

    tasks.told(said("clock.missed", milestone="complaint.accepted", owner=people.bobo))

    assert ("clock_breached", "email", 0, he.id) in messages()


def test_a_late_follow_up_names_its_own_day(people: People):
    tasks.told(said("follow_up.late", owner=people.bobo, due_on="2026-02-12", follow_up=1))

    late = Message.objects.get(staff_id=people.bobo)
    assert (late.template, "2026年2月12日" in late.body) == ("follow_up_late", True)
    assert Message.objects.filter(staff_id=people.chen).exists()


def test_a_failed_notice_is_told_to_the_owner(people: People):
    tasks.told(said("message.failed", message=1, channel="email", template="registered", tries=1))

    assert messages() == {("message_failed", "inbox", 0, people.bobo)}
    assert "邮件" in Message.objects.get().body


def test_words_for_staff_alone_are_told_to_staff_and_not_to_the_person(people: People):
    case = wiring.CASES[STREAM]
    wiring.CASES[STREAM] = replace(case, secrets={"words": "内部理由", "link": "x"})

    tasks.told(said("case.severity_proposed", severity="major"))
    tasks.told(said("case.answered"))

    bodies = {m.template: m.body for m in Message.objects.filter(channel="inbox")}
    assert "内部理由" in bodies["severity_proposed"]
    assert "内部理由" not in bodies["answered"]


def test_material_that_a_colleague_added_is_not_told_as_the_customers(people: People):
    chen = Actor(people.chen, frozenset({Role.SUPERVISOR}), "customer_service")
    aili = Actor(people.aili, frozenset({Role.CUSTOMER}))

    tasks.told(said("case.material_added", by=chen))
    assert messages() == set()
    tasks.told(said("case.material_added", by=aili))

    assert messages() == {("user_wrote", "inbox", 0, people.bobo)}


def test_a_record_of_accountability_goes_to_whom_it_names(people: People):
    tasks.told(said("accountability.opened", staff=people.bobo, milestone="complaint.accepted"))

    assert messages() == {("accountability_opened", "inbox", 0, people.bobo)}


def test_a_breach_nobody_held_goes_to_the_supervisor(people: People):
    tasks.told(said("accountability.opened", staff=0, milestone="complaint.accepted"))

    assert messages() == {("accountability_opened", "inbox", 0, people.chen)}


def test_an_event_that_concerns_nobody_makes_no_message(people: People):
    tasks.told(said("case.noted"))

    assert messages() == set()


def test_a_stream_that_is_no_case_makes_no_message(people: People):
    wiring.CASES.clear()

    tasks.told(said("case.filed"))

    assert messages() == set()


def test_a_fact_nobody_gives_is_an_error_and_leaves_no_half_told_notice(people: People):
    wiring.CASES[STREAM] = replace(wiring.CASES[STREAM], variables={})

    with pytest.raises(rules.UnknownVariable):
        tasks.told(said("case.filed"))

    assert messages() == set()


def test_a_message_is_due_when_it_happened_however_late_it_is_heard(people: People):
    tasks.told(said("case.filed"))

    tasks.send_inbox(AT + timedelta(days=2))

    assert Message.objects.get(channel="inbox").state == "delivered"
