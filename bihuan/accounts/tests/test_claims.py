"""What somebody only claimed to be their contact ends when the owner of the phone comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.accounts import commands, queries
from bihuan.accounts.commands import Contact
from bihuan.accounts.models import Person
from bihuan.cases import commands as cases
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, filing, house
from bihuan.core.actors import Actor, Role
from bihuan.events import relay
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
PHONE, THIEF = "13912340000", "thief@example.com"


def sign_in(contact: str, at: datetime = AT) -> int:
    code = commands.issue_code(purpose="signin", contact=contact, at=at).code
    used = commands.use_code(purpose="signin", contact=contact, code=code, at=at)
    return used.person_id


def test_a_mail_address_only_claimed_ends_when_the_phone_is_proved():
    known = commands.register_person(contact=Contact(phone=PHONE, email=THIEF), at=AT)

    assert sign_in(PHONE) == known

    assert queries.contact(known, "email") is None
    assert queries.contact(known, "sms") == PHONE
    assert Person.objects.get(id=known).tell_by == "sms"


def test_what_the_owner_gives_after_proving_the_phone_stays():
    known = sign_in(PHONE)
    me = Actor(known, frozenset({Role.CUSTOMER}))
    mail = Contact(email="me@example.com")
    commands.update_contact(person_id=known, contact=mail, by=me, at=AT)
    commands.set_preferences(person_id=known, tell_by="email", by=me, at=AT)

    sign_in(PHONE, AT + timedelta(hours=1))

    assert queries.contact(known, "email") == "me@example.com"
    assert Person.objects.get(id=known).tell_by == "email"


def test_what_the_platform_vouched_for_stays_when_one_of_it_is_proved():
    given = Contact(account="u-1", phone=PHONE, email="me@example.com")
    known = commands.register_person(contact=given, at=AT)

    sign_in(PHONE)

    assert queries.contact(known, "email") == "me@example.com"
    assert Person.objects.get(id=known).tell_by == "email"


def test_no_mail_of_the_owners_cases_goes_to_whoever_filed_with_that_phone_before():
    house()
    nobody = Actor(0, frozenset({Role.CUSTOMER}))
    claimed = filing(channel="web", contact=Contact(name="贼", phone=PHONE, email=THIEF))
    first = cases.file(filing=claimed, by=nobody, at=FRIDAY).case
    at = FRIDAY + timedelta(days=1)
    owner = sign_in(PHONE, at)
    own = filing(channel="web", contact=Contact(), person_id=owner, text="我的隐私投诉：病历")

    second = cases.file(filing=own, by=Actor(owner, frozenset({Role.CUSTOMER})), at=at).case
    relay.drain(at + timedelta(minutes=6))

    told = Message.objects.filter(case_id=second.id, person_id=owner)
    assert {one.channel for one in told} == {"inbox"}
    # what was filed under the phone is still its owner's
    assert Case.objects.get(id=first.id).person_id == owner
