"""Staff are made by administrators, start with a link that is good once, and act by tokens."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate

from bihuan.accounts import commands, queries
from bihuan.accounts.models import Staff, Token
from bihuan.cli import user
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Conflict, Invalid, NotFound, NotPermitted
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
GOOD = "bamboo-harbour-72"


def bobo(**more: object) -> Staff:
    facts: dict[str, object] = {"name": "波波", "roles": ["agent"], "username": "bobo"}
    return commands.create_staff(**facts | more, by=SYSTEM, at=AT)


def test_a_new_colleague_acts_with_their_roles_and_department():
    department = queries.departments()[0].code

    made = bobo(roles=["agent", "specialist", "agent"], department=department)

    actor = queries.actor_for_user(made.user)
    assert actor == Actor(made.id, frozenset({Role.AGENT, Role.SPECIALIST}), department, "波波")
    assert [one.id for one in queries.staff_of(department)] == [made.id]
    event = Event.objects.get()
    assert (event.kind, event.stream) == ("staff.created", made.id)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"roles": ["boss"]}, "role"),
        ({"roles": []}, "role"),
        ({"roles": ["customer"]}, "role"),
        ({"department": "moon"}, "department"),
        ({"name": " "}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(more, field):
    with pytest.raises(Invalid) as refused:
        bobo(**more)

    assert list(refused.value.fields) == [field]
    assert not Staff.objects.exists()


def test_a_user_name_is_given_once():
    bobo()

    with pytest.raises(Conflict):
        bobo(name="波二")


def test_only_an_administrator_takes_people_in():
    agent = Actor(5, frozenset({Role.AGENT, Role.SUPERVISOR}))

    with pytest.raises(NotPermitted):
        commands.create_staff(name="丁", roles=["administrator"], by=agent, at=AT)


def test_who_has_left_is_nobody_at_once():
    made = bobo()
    token = commands.create_token(name="feed", staff_id=made.id, by=SYSTEM, at=AT)

    made.user.is_active = False
    made.user.save()

    assert queries.actor_for_user(made.user) is None
    assert queries.by_token(token.bearer, AT) is None
    assert made.id not in queries.active_staff()


def test_a_start_link_sets_one_password_and_is_spent():
    made = bobo()
    token = commands.start_link(staff=made, at=AT)

    commands.set_first_password(token=token, password=GOOD, at=AT)

    assert authenticate(username="bobo", password=GOOD) == made.user
    with pytest.raises(NotFound):
        commands.set_first_password(token=token, password="another-one-99", at=AT)


def test_a_start_link_ends_after_a_day_and_cannot_be_made_up():
    token = commands.start_link(staff=bobo(), at=AT)

    for given, at in [
        (token, AT + timedelta(hours=24)),
        (token[:-1] + ("A" if token[-1] != "A" else "B"), AT),
        (token.upper(), AT),
        ("", AT),
    ]:
        with pytest.raises(NotFound):
            queries.started_by(given, at)
    assert queries.started_by(token, AT + timedelta(hours=23))


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", ""])
def test_a_weak_password_is_refused_and_the_link_stays_good(password):
    token = commands.start_link(staff=bobo(), at=AT)

    with pytest.raises(Invalid):
        commands.set_first_password(token=token, password=password, at=AT)

    assert queries.started_by(token, AT)


def test_a_token_acts_as_its_owner_until_it_is_revoked():
    made = bobo()
    token = commands.create_token(name="feed", staff_id=made.id, by=SYSTEM, at=AT)
    assert queries.by_token(token.bearer, AT) == queries.actor_for_user(made.user)

    commands.revoke_token(token_id=token.token.id, by=SYSTEM, at=AT)

    assert queries.by_token(token.bearer, AT) is None
    kinds = list(
        Event.objects.filter(stream=made.id).order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == ["staff.created", "token.created", "token.revoked"]


def test_a_token_ends_in_its_time_even_while_it_is_remembered():
    made = bobo()
    token = commands.create_token(
        name="feed", staff_id=made.id, expires_at=AT + timedelta(hours=1), by=SYSTEM, at=AT
    )

    assert queries.by_token(token.bearer, AT)
    assert queries.by_token(token.bearer, AT + timedelta(hours=1)) is None


def test_of_a_token_only_its_hash_is_kept():
    token = commands.create_token(name="feed", staff_id=bobo().id, by=SYSTEM, at=AT)

    assert token.bearer not in str(Token.objects.values().get())
    assert token.bearer not in str(list(Event.objects.values()))
    assert token.bearer not in repr(token)
    for near in (token.bearer + " ", token.bearer.upper(), token.bearer[:-1], "bh_"):
        assert queries.by_token(near, AT) is None


def test_nobody_makes_or_revokes_a_token_for_another():
    made = bobo()
    token = commands.create_token(name="feed", staff_id=made.id, by=SYSTEM, at=AT)
    other = Actor(made.id + 1, frozenset({Role.SUPERVISOR}))

    with pytest.raises(NotFound):
        commands.create_token(name="x", staff_id=made.id, by=other, at=AT)
    with pytest.raises(NotFound):
        commands.revoke_token(token_id=token.token.id, by=other, at=AT)


def test_the_command_line_prints_a_link_that_works(capsys):
    given = ["create", "陈主管", "--role", "supervisor", "--username", "chen", "--json"]

    code = user.run(given)

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["username"] == "chen"
    token = told["link"].rstrip("/").rsplit("/", 1)[-1]
    assert queries.started_by(token, datetime.now(UTC)).name == "陈主管"


def test_who_forgot_the_password_gets_a_link_and_keeps_the_old_one_until_another_is_set():
    made = bobo()
    first = commands.start_link(staff=made, at=AT)
    made = commands.set_first_password(token=first, password=GOOD, at=AT)

    link = commands.give_link(staff=made, by=SYSTEM, at=AT)
    meanwhile = authenticate(username="bobo", password=GOOD)
    commands.set_first_password(token=link, password="lantern-orchid-58", at=AT)

    assert meanwhile == authenticate(username="bobo", password="lantern-orchid-58") == made.user
    assert authenticate(username="bobo", password=GOOD) is None
    with pytest.raises(NotFound):
        commands.set_first_password(token=link, password=GOOD, at=AT)


def test_a_link_is_given_by_an_administrator_to_who_is_still_here_and_the_log_says_so():
    made = bobo()
    supervisor = Actor(5, frozenset({Role.SUPERVISOR}))

    commands.give_link(staff=made, by=SYSTEM, at=AT)
    with pytest.raises(NotPermitted):
        commands.give_link(staff=made, by=supervisor, at=AT)
    made.user.is_active = False
    with pytest.raises(NotFound):
        commands.give_link(staff=made, by=SYSTEM, at=AT)

    said = Event.objects.filter(stream=made.id).order_by("seq")
    assert [(e.kind, e.data) for e in said][1:] == [("staff.link_given", {"staff": made.id})]


@pytest.mark.parametrize("name", ["bobo", "波波"])
def test_the_command_line_gives_a_new_link_by_either_name(name, capsys):
    bobo()

    code = user.run(["link", name, "--json"])

    told = json.loads(capsys.readouterr().out)
    assert (code, told["username"]) == (0, "bobo")
    token = told["link"].rstrip("/").rsplit("/", 1)[-1]
    assert queries.started_by(token, datetime.now(UTC)).name == "波波"


def test_the_command_line_gives_no_link_to_nobody_to_one_of_two_or_to_who_left(capsys):
    first, _ = bobo(username="bobo-1"), bobo(username="bobo-2")

    assert user.run(["link", "丁外人"]) == 1
    assert "nobody is called '丁外人'" in capsys.readouterr().err
    assert user.run(["link", "波波"]) == 1
    assert "bobo-1, bobo-2" in capsys.readouterr().err
    first.user.is_active = False
    first.user.save()
    assert user.run(["link", "bobo-1"]) == 1
    assert "has left" in capsys.readouterr().err
    assert not Event.objects.filter(kind="staff.link_given").exists()


def test_the_command_line_says_what_is_wrong(capsys):
    assert user.run(["create", "陈主管", "--role", "king"]) == 2
    assert "administrator" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        user.run(["create", "陈主管"])
    assert user.run(["create", "陈", "--role", "agent"]) == 0
    assert user.run(["create", "陈", "--role", "agent"]) == 1


def test_a_shop_is_found_by_name_or_id_and_nothing_else():
    shop = commands.create_merchant(name="悦居家电", by=SYSTEM, at=AT)

    assert queries.merchant_id("悦居家电") == queries.merchant_id(str(shop.id)) == shop.id
    assert queries.merchant_names([shop.id, 7]) == {shop.id: "悦居家电"}
    with pytest.raises(Invalid):
        queries.merchant_id("没有这家店")


def test_the_departments_are_the_handbooks_until_there_are_own_ones():
    listed = queries.departments()
    assert {one.code for one in listed} == {one.unit for one in listed}

    commands.create_department(
        code="cs_1", unit=listed[0].unit, name="客服一部", name_en="Care 1", by=SYSTEM, at=AT
    )

    assert [one.name for one in queries.departments()] == ["客服一部"]
