"""Persons are found again, never merged, and nobody becomes another by giving a number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.accounts import commands, queries
from bihuan.accounts.commands import Contact
from bihuan.accounts.models import Person, Reveal
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Conflict, Invalid, NotFound, NotPermitted
from bihuan.events.models import Event
from bihuan.store import secrets

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
BOBO = Actor(77, frozenset({Role.AGENT}), "customer_service", "波波")


def ali() -> int:
    return commands.register_person(
        contact=Contact(name="王爱丽", phone="139 1234 2718", email="Aili@Example.com"), at=AT
    )


def test_the_same_phone_however_written_is_the_same_person():
    first = ali()

    again = commands.register_person(contact=Contact(phone="+86 139-1234-2718"), at=AT)

    assert again == first


def test_a_phone_match_wins_over_a_mail_match_and_nobody_is_merged():
    by_phone = commands.register_person(contact=Contact(phone="13912342718"), at=AT)
    by_mail = commands.register_person(contact=Contact(email="mu@example.com"), at=AT)

    both = commands.register_person(
        contact=Contact(phone="13912342718", email="mu@example.com"), at=AT
    )

    assert both == by_phone != by_mail
    assert Person.objects.count() == 2
    assert queries.contact(by_phone, "email") is None


def test_giving_anothers_phone_with_ones_own_mail_opens_no_door():
    victim = commands.register_person(contact=Contact(phone="13912342718"), at=AT)

    commands.register_person(contact=Contact(phone="13912342718", email="thief@example.com"), at=AT)
    issued = commands.issue_code(purpose="signin", contact="thief@example.com", at=AT)
    used = commands.use_code(purpose="signin", contact="thief@example.com", code=issued.code, at=AT)

    assert used.person_id != victim
    assert queries.contact(victim, "email") is None


def test_a_mail_address_claimed_first_is_not_told_of_later_cases_of_that_phone():
    thief = commands.register_person(
        contact=Contact(phone="13912342718", email="thief@example.com"), at=AT
    )
    assert queries.contact(thief, "email") == "thief@example.com"

    victim = commands.register_person(contact=Contact(phone="13912342718"), at=AT)

    assert victim == thief
    assert queries.contact(victim, "email") is None


def test_what_the_platform_vouches_for_is_added_when_it_is_free():
    first = commands.register_person(contact=Contact(account="u-1001"), at=AT)

    again = commands.register_person(
        contact=Contact(account="u-1001", phone="13912342718", email="aili@example.com"), at=AT
    )

    assert again == first
    assert commands.register_person(contact=Contact(email="aili@example.com"), at=AT) == first


def test_a_number_copied_from_an_address_book_is_the_same_number():
    first = commands.register_person(contact=Contact(phone="13912342718"), at=AT)

    copied = Contact(phone="\u202a+86 139 1234 2718\u202c")

    assert commands.register_person(contact=copied, at=AT) == first


def test_persons_without_any_contact_are_not_one_person():
    nobody = commands.register_person(contact=Contact(name="过路人"), at=AT)

    assert commands.register_person(contact=Contact(name="过路人"), at=AT) != nobody


@pytest.mark.parametrize(
    ("contact", "fields"),
    [
        (Contact(phone="call me"), {"phone": "not_a_phone"}),
        (Contact(email="not mail"), {"email": "not_an_email"}),
        (Contact(name="王\x00"), {"name": "control_characters"}),
        (Contact(name="长" * 61, phone="1"), {"name": "too_long", "phone": "not_a_phone"}),
    ],
)
def test_a_contact_that_cannot_be_one_is_refused_at_its_field(contact, fields):
    with pytest.raises(Invalid) as refused:
        commands.register_person(contact=contact, at=AT)

    assert refused.value.fields == fields
    assert not Person.objects.exists()


def test_nothing_personal_stands_in_the_row(django_assert_num_queries):
    person = ali()

    row = Person.objects.filter(id=person).values().get()

    stored = b"".join(bytes(v) for v in row.values() if isinstance(v, bytes | memoryview))
    for personal in ("王爱丽", "13912342718", "aili@example.com"):
        assert personal.encode() not in stored


def test_shown_is_masked_and_asks_twice_for_any_number_of_persons(django_assert_num_queries):
    persons = [
        commands.register_person(contact=Contact(name="王小明", phone=f"1391234{n}"), at=AT)
        for n in range(2710, 2730)
    ]
    secrets.forget()

    with django_assert_num_queries(2):
        shown = queries.shown(persons, BOBO)

    assert len(shown) == 20
    assert shown[persons[8]].name == "王**"
    assert shown[persons[8]].phone == "139****2718"


def test_an_erased_person_is_shown_as_nobody_and_reached_nowhere():
    person = ali()

    assert secrets.destroy(person, at=AT)

    assert queries.contact(person, "sms") is None
    assert queries.shown([person], BOBO)[person].phone == ""
    with pytest.raises(NotFound):
        commands.reveal(person_id=person, field="phone", reason="核对身份", by=BOBO, at=AT)


def test_a_reveal_needs_a_reason_and_leaves_one_row_and_one_event():
    person = ali()

    with pytest.raises(Invalid):
        commands.reveal(person_id=person, field="phone", reason="看", by=BOBO, at=AT)
    value = commands.reveal(
        person_id=person, field="phone", reason="回拨核实地址", case_id=12, by=BOBO, at=AT
    )

    assert value == "13912342718"
    row = Reveal.objects.get()
    assert (row.staff_id, row.person_id, row.case_id, row.field) == (77, person, 12, "phone")
    event = Event.objects.get()
    assert (event.kind, event.stream, event.data["reveal"]) == ("person.revealed", 12, row.id)
    assert "13912342718" not in str(event.data)


def test_a_customer_reveals_nobody():
    person = ali()

    with pytest.raises(NotPermitted):
        commands.reveal(
            person_id=person,
            field="phone",
            reason="我就是想看看",
            by=Actor(person, frozenset({Role.CUSTOMER})),
            at=AT,
        )


def test_a_proved_contact_signs_in_and_one_of_another_is_refused():
    person, other = ali(), commands.register_person(contact=Contact(phone="13800138000"), at=AT)
    me = Actor(person, frozenset({Role.CUSTOMER}))

    commands.update_contact(
        person_id=person, contact=Contact(email="neu@example.com"), proved=True, by=me, at=AT
    )

    assert commands.register_person(contact=Contact(email="neu@example.com"), at=AT) == person
    with pytest.raises(Conflict):
        commands.update_contact(
            person_id=other,
            contact=Contact(email="neu@example.com"),
            proved=True,
            by=SYSTEM,
            at=AT + timedelta(minutes=1),
        )


def test_a_changed_phone_that_nobody_proved_is_no_way_in():
    person = ali()

    commands.update_contact(person_id=person, contact=Contact(phone="13800138000"), by=BOBO, at=AT)

    assert queries.contact(person, "sms") == "13800138000"
    assert commands.register_person(contact=Contact(phone="13912342718"), at=AT) != person
    assert commands.register_person(contact=Contact(phone="13800138000"), at=AT) != person


def test_nobody_changes_anothers_contact_or_settings():
    person = ali()
    stranger = Actor(person + 1, frozenset({Role.CUSTOMER}))

    with pytest.raises(NotFound):
        commands.update_contact(person_id=person, contact=Contact(name="丁"), by=stranger, at=AT)
    with pytest.raises(NotFound):
        commands.set_preferences(person_id=person, tell_by="sms", by=stranger, at=AT)


def test_the_way_to_be_told_is_one_of_a_few():
    person = ali()

    commands.set_preferences(person_id=person, tell_by="sms", locale="en", by=SYSTEM, at=AT)

    shown = queries.shown([person], BOBO)[person]
    assert (shown.tell_by, shown.locale) == ("sms", "en")
    with pytest.raises(Invalid):
        commands.set_preferences(person_id=person, tell_by="pigeon", by=SYSTEM, at=AT)
