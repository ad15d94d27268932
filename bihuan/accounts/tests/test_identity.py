"""A real name is declared by its owner, raises the level, and is kept no longer than used."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from bihuan.accounts import commands, queries
from bihuan.accounts.commands import Contact
from bihuan.accounts.identity import IdentityCheck
from bihuan.accounts.models import Person
from bihuan.accounts.tests.declarations import (
    AT,
    DAY,
    HOUR,
    NUMBER,
    OTHER,
    colleague,
    customer,
    declared,
    in_force,
    said,
    verified,
)
from bihuan.core.actors import SYSTEM, Role
from bihuan.core.refusals import (
    Invalid,
    NotFound,
    NotPossible,
    TooMany,
)
from bihuan.store import secrets

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def handbook() -> None:
    in_force()


def test_a_declaration_raises_the_level_and_says_no_word_of_it():
    ai_li = customer()

    row = declared(ai_li, purpose="payment_error")

    standing = queries.standing(ai_li.id)
    assert queries.level(ai_li.id) == "declared"
    assert (standing.state, standing.name, standing.number) == (
        "waiting",
        "王**",
        "1****************X",
    )
    assert (row.basis, row.purpose) == ("contract", "payment_error")
    [event] = said(ai_li)
    assert event.data == {
        "person": ai_li.id, "check": row.id, "level": "declared", "document": "id_card",
        "basis": "contract", "purpose": "payment_error",
    }  # fmt: skip


def test_a_purpose_that_no_policy_names_rests_on_consent():
    row = declared(customer(), purpose="hand made")

    assert (row.basis, row.purpose) == ("consent", "")


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"number": "110105194912310021"}, {"number": "wrong_check_digit"}),
        ({"name": "王"}, {"name": "name_too_short"}),
        ({"name": "王😀"}, {"name": "not_a_name"}),
        ({"name": "王" * 10_000}, {"name": "too_long"}),
        ({"consent": False}, {"consent": "no_consent"}),
        ({"document": "badge"}, {"document": "not_known"}),
        (
            {"document": "", "name": "", "number": "", "consent": False},
            {
                "document": "missing",
                "name": "missing",
                "number": "missing",
                "consent": "no_consent",
            },
        ),
    ],
)
def test_every_fault_is_named_at_once_and_nothing_is_kept(
    changes: dict[str, Any], faults: dict[str, str]
):
    ai_li = customer()

    with pytest.raises(Invalid) as refused:
        declared(ai_li, **changes)

    assert refused.value.fields == faults
    assert not IdentityCheck.objects.exists()
    assert queries.level(ai_li.id) == "none"


def test_a_second_declaration_waits_for_the_first():
    ai_li = customer()
    declared(ai_li)

    with pytest.raises(NotPossible):
        declared(ai_li, number=OTHER)


def test_three_declarations_a_day_are_enough():
    ai_li = customer()
    for hour in range(3):
        declared(ai_li, AT + hour * HOUR)
        commands.withdraw_identity(person_id=ai_li.id, by=ai_li, at=AT + hour * HOUR)

    with pytest.raises(TooMany):
        declared(ai_li, AT + 4 * HOUR)
    declared(ai_li, AT + DAY + HOUR)


def test_nobody_declares_for_another():
    gu_ning = colleague()

    with pytest.raises(NotFound):
        declared(gu_ning)
    with pytest.raises(NotFound):
        declared(SYSTEM)


def test_taken_back_destroys_what_was_given_and_lowers_the_level():
    ai_li, ding, gu_ning = customer(), customer("13900005555"), colleague()
    row = verified(declared(ai_li), gu_ning)

    for other in (ding, colleague(Role.SUPERVISOR, "陈主管")):
        with pytest.raises(NotFound):
            commands.withdraw_identity(person_id=ai_li.id, by=other, at=AT)
    commands.withdraw_identity(person_id=ai_li.id, by=ai_li, at=AT + DAY)

    row.refresh_from_db()
    assert (row.state, row.name, row.shown, row.number_index) == ("withdrawn", None, None, None)
    assert queries.level(ai_li.id) == "contact"
    with pytest.raises(NotPossible):
        commands.withdraw_identity(person_id=ai_li.id, by=ai_li, at=AT + DAY)


def test_a_verified_name_lapses_when_its_time_is_over():
    ai_li, gu_ning = customer(), colleague()
    row = verified(declared(ai_li), gu_ning)
    last_day = AT + 1095 * DAY

    assert commands.lapse_identities(at=last_day) == 0
    assert commands.lapse_identities(at=last_day + DAY) == 1
    assert commands.lapse_identities(at=last_day + DAY) == 0

    row.refresh_from_db()
    assert (row.state, row.name, row.number_index) == ("lapsed", None, None)
    assert queries.level(ai_li.id) == "contact"
    assert [event.kind for event in said(ai_li)][-1] == "identity.lapsed"


def test_a_destroyed_key_leaves_nothing_to_read():
    ai_li = customer()
    row = declared(ai_li)

    secrets.destroy(ai_li.id, at=AT)

    standing = queries.standing(ai_li.id)
    assert (standing.name, standing.number) == ("", "")
    assert NUMBER.encode() not in b"".join(bytes(v) for v in (row.name, row.number, row.shown))


def test_a_proven_contact_is_a_level_that_is_said_once():
    ai_li = customer()

    for _ in range(2):
        contact = Contact(email="ai.li@example.com")
        commands.update_contact(person_id=ai_li.id, contact=contact, proved=True, by=ai_li, at=AT)

    assert queries.level(ai_li.id) == "contact"
    assert [event.kind for event in said(ai_li)] == ["identity.contact_proven"]


def test_an_account_of_the_platform_is_vouched_for_by_it():
    contact = Contact(phone="13900007777", account="U1")
    person = commands.register_person(contact=contact, at=AT)

    assert queries.levels([person, 1]) == {person: "contact", 1: "none"}


def test_an_erased_person_has_no_level():
    ai_li = customer()
    Person.objects.filter(id=ai_li.id).update(erased_at=AT, identity_level="contact")

    assert queries.level(ai_li.id) == "none"
    with pytest.raises(NotFound):
        declared(ai_li)


def test_the_door_of_one_customer_sees_no_declaration_of_another():
    ai_li, ding = customer(), customer("13900005555")
    declared(ai_li)

    for person, many in ((ding, 0), (ai_li, 1)):
        with connection.cursor() as cursor:  # the wall of the database, as the door puts it up
            cursor.execute("SELECT set_config('bihuan.person', %s, true)", [str(person.id)])
        assert IdentityCheck.objects.count() == many
