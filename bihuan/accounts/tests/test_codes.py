"""One-time codes: short, few, once; and they tell nobody who is known here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.accounts import commands
from bihuan.accounts.commands import Contact
from bihuan.accounts.models import OneTimeCode, Person
from bihuan.core.refusals import Invalid, TooMany
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
PHONE = "13912342718"


def issue(contact: str = PHONE, at: datetime = AT) -> str:
    return commands.issue_code(purpose="signin", contact=contact, at=at).code


def use(code: str, contact: str = PHONE, at: datetime = AT) -> OneTimeCode:
    return commands.use_code(purpose="signin", contact=contact, code=code, at=at)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_signs_in_the_person_it_was_sent_to():
    ali = commands.register_person(contact=Contact(phone=PHONE), at=AT)

    used = use(issue("+86 139 1234 2718"))

    assert used.person_id == ali
    assert Person.objects.get(id=ali).identity_level == "contact"


def test_full_width_digits_and_spaces_are_the_same_code():
    code = issue()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)

    assert use(f" {wide[:3]} {wide[3:]} ").used_at == AT


def test_whoever_is_not_known_yet_is_registered_by_their_first_code():
    used = use(issue("neu@example.com"), "neu@example.com")

    assert Person.objects.get().id == used.person_id
    assert Event.objects.get().kind == "person.registered"
    assert "neu@example.com" not in str(Event.objects.get().data)


def test_a_code_is_good_once():
    code = issue()
    use(code)

    with pytest.raises(Invalid):
        use(code)


def test_a_code_ends_after_ten_minutes():
    code = issue()

    with pytest.raises(Invalid):
        use(code, at=AT + timedelta(minutes=10))
    assert use(code, at=AT + timedelta(minutes=9, seconds=59))


def test_the_sixth_try_is_refused_even_with_the_right_code():
    code = issue()
    for _ in range(5):
        with pytest.raises(Invalid):
            use(wrong(code))

    with pytest.raises(Invalid) as refused:
        use(code)
    assert refused.value.fields == {"code": "code_spent"}
    assert OneTimeCode.objects.get().tries == 5


def test_a_new_code_ends_the_one_before():
    first = issue()
    issue(at=AT + timedelta(minutes=1))

    with pytest.raises(Invalid):
        use(first, at=AT + timedelta(minutes=1))


def test_one_code_a_minute_and_five_an_hour():
    for n in range(5):
        issue(at=AT + timedelta(minutes=2 * n))
    with pytest.raises(TooMany) as hour:
        issue(at=AT + timedelta(minutes=11))
    issue("other@example.com", at=AT)
    with pytest.raises(TooMany) as minute:
        issue("other@example.com", at=AT + timedelta(seconds=20))

    assert minute.value.facts["retry_after"] == 41
    assert hour.value.facts["retry_after"] == 49 * 60 + 1
    assert issue(at=AT + timedelta(minutes=61))


def test_the_rows_of_known_and_unknown_differ_in_nothing_a_stranger_sees():
    commands.register_person(contact=Contact(phone=PHONE), at=AT)

    known = commands.issue_code(purpose="signin", contact=PHONE, at=AT)
    unknown = commands.issue_code(purpose="signin", contact="13800138000", at=AT)

    assert len(known.code) == len(unknown.code) == 6
    assert known.code not in repr(known)
    rows = OneTimeCode.objects.values("purpose", "tries", "used_at", "expires_at", "case_id")
    first, second = rows
    assert first == second


def test_neither_code_nor_contact_stands_in_the_row():
    code = issue()

    row = OneTimeCode.objects.values().get()

    assert code not in str(row)
    assert PHONE not in str(row)
    assert len(bytes(row["digest"])) == 32


def test_a_code_for_one_purpose_opens_nothing_else():
    code = issue()

    with pytest.raises(Invalid):
        commands.use_code(purpose="contact", contact=PHONE, code=code, at=AT)


@pytest.mark.parametrize("contact", ["", "   ", "not a contact", "a@b", "1" * 40, "x\x00y"])
def test_what_is_no_contact_is_refused_at_its_field(contact):
    with pytest.raises(Invalid) as refused:
        issue(contact)

    assert list(refused.value.fields) == ["contact"]


@pytest.mark.parametrize("code", ["", "abcdef", "１２", "0" * 39, "\U0001f600" * 6, "²²²²²²"])
def test_what_is_no_code_is_wrong_and_nothing_worse(code):
    issue()

    with pytest.raises(Invalid) as refused:
        use(code)

    assert list(refused.value.fields) == ["code"]
