"""A declaration is checked by a second person who may, has looked, and says by what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bihuan.accounts import commands, queries
from bihuan.accounts.identity import IdentityCheck
from bihuan.accounts.models import Reveal
from bihuan.accounts.tests.declarations import (
    AT,
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
from bihuan.core.actors import Role
from bihuan.core.refusals import (
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    NotPossible,
    NotReady,
    OwnIdentity,
)
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def handbook() -> None:
    in_force()


def test_verified_keeps_no_number_and_says_by_what_and_until_when():
    ai_li, gu_ning = customer(), colleague()

    row = verified(declared(ai_li), gu_ning)

    row.refresh_from_db()
    assert queries.level(ai_li.id) == "verified"
    assert row.number is None
    assert (row.way, row.decided_by) == ("papers", gu_ning.id)
    assert str(row.valid_until) == "2029-02-12"
    assert queries.standing(ai_li.id).name == "王**"
    assert said(ai_li)[-1].data == {
        "person": ai_li.id, "check": row.id, "level": "verified", "way": "papers",
        "valid_until": "2029-02-12",
    }  # fmt: skip


def test_who_has_not_looked_verifies_nothing():
    row, gu_ning = declared(customer()), colleague()

    with pytest.raises(NotReady) as refused:
        commands.verify_identity(id=row.id, way="papers", by=gu_ning, at=AT)

    assert refused.value.facts["missing"] == ["identity_seen"]


def test_a_look_at_an_earlier_declaration_does_not_count_for_a_later_one():
    ai_li, gu_ning = customer(), colleague()
    commands.open_identity(id=declared(ai_li).id, reason="核对证件照片", by=gu_ning, at=AT)
    commands.withdraw_identity(person_id=ai_li.id, by=ai_li, at=AT)
    later = declared(ai_li, AT + HOUR, number=OTHER)

    with pytest.raises(NotReady):
        commands.verify_identity(id=later.id, way="papers", by=gu_ning, at=AT + HOUR)


def test_a_look_in_clear_takes_a_reason_and_is_kept():
    ai_li, gu_ning = customer(), colleague()
    row = declared(ai_li)

    with pytest.raises(Invalid):
        commands.open_identity(id=row.id, reason="看", by=gu_ning, at=AT)
    assert not Reveal.objects.exists()
    found = commands.open_identity(id=row.id, reason="核对证件照片", by=gu_ning, at=AT)

    assert found == ("王爱丽", NUMBER)
    assert Reveal.objects.filter(staff_id=gu_ning.id, field="identity").count() == 1
    assert Event.objects.filter(kind="person.revealed", stream=ai_li.id).exists()


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.LEGAL])
def test_others_of_the_staff_see_no_declaration_and_decide_none(role: Role):
    row, other = declared(customer()), colleague(role, "波波")
    who = {"by": other, "at": AT}
    acts: list[Callable[[], object]] = [
        lambda: queries.identities_waiting(other),
        lambda: queries.identity_check(row.id, other),
        lambda: commands.open_identity(id=row.id, reason="核对证件照片", **who),
        lambda: commands.verify_identity(id=row.id, way="papers", **who),
        lambda: commands.refuse_identity(id=row.id, reason="mismatch", **who),
    ]

    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    assert queries.identities_owed(other, 9) == 0


def test_nobody_checks_their_own():
    row = declared(customer(email="Gu.Ning@example.com"))
    gu_ning = colleague(email="gu.ning@example.com")
    who = {"by": gu_ning, "at": AT}

    for act in (
        lambda: commands.open_identity(id=row.id, reason="核对证件照片", **who),
        lambda: commands.verify_identity(id=row.id, way="papers", **who),
        lambda: commands.refuse_identity(id=row.id, reason="mismatch", **who),
    ):
        with pytest.raises(OwnIdentity):
            act()


def test_refused_says_why_and_keeps_nothing():
    ai_li, gu_ning = customer(), colleague()
    row = declared(ai_li)

    commands.refuse_identity(id=row.id, reason="mismatch", by=gu_ning, at=AT)

    row.refresh_from_db()
    assert (row.name, row.number, row.shown, row.number_index) == (None, None, None, None)
    assert queries.standing(ai_li.id).reason == "mismatch"
    assert queries.level(ai_li.id) == "contact"
    with pytest.raises(NotPossible):
        commands.verify_identity(id=row.id, way="papers", by=gu_ning, at=AT)
    with pytest.raises(NotFound):
        commands.open_identity(id=row.id, reason="核对证件照片", by=gu_ning, at=AT)


@pytest.mark.parametrize(
    ("command", "field"),
    [(commands.verify_identity, "way"), (commands.refuse_identity, "reason")],
)
def test_a_decision_without_its_ground_is_refused(command: Callable[..., object], field: str):
    row, gu_ning = declared(customer()), colleague()

    for given in ("", "because"):
        with pytest.raises(Invalid) as refused:
            command(id=row.id, **{field: given}, by=gu_ning, at=AT)
        assert field in refused.value.fields


def test_the_same_document_is_verified_for_one_person_at_a_time():
    ai_li, ding, gu_ning = customer(), customer("13900005555"), colleague()
    verified(declared(ai_li), gu_ning)
    second = declared(ding)

    assert queries.identity_check(second.id, gu_ning).doubles == 1
    with pytest.raises(Conflict):
        verified(second, gu_ning)
    commands.withdraw_identity(person_id=ai_li.id, by=ai_li, at=AT + HOUR)

    verified(second, gu_ning, AT + 2 * HOUR)
    assert queries.level(ding.id) == "verified"


def test_the_database_holds_the_same_rule():
    ai_li, ding, gu_ning = customer(), customer("13900005555"), colleague()
    first = verified(declared(ai_li), gu_ning)
    second = declared(ding)

    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityCheck.objects.filter(id=second.id).update(
            state="verified", number=None, decided_at=AT, decided_by=gu_ning.id, way="papers",
            valid_until=AT.date(), number_index=first.number_index,
        )  # fmt: skip


def test_the_list_is_masked_oldest_first_and_costs_no_query_more_for_more_rows(
    django_assert_max_num_queries: Any,
):
    gu_ning = colleague()
    numbers = ["H10000000", "H10000001", "H10000002", "H10000003"]
    for n, number in enumerate(numbers):
        declared(customer(f"1390000{n:04}"), AT + n * HOUR, document="permit", number=number)

    with django_assert_max_num_queries(4):
        rows = queries.identities_waiting(gu_ning)

    assert [row.number for row in rows] == [f"H*******{n}" for n in range(4)]
    assert {row.name for row in rows} == {"王**"}
    assert queries.identities_owed(gu_ning, 3) == 3
