"""Who acts, on whose side, and in which voice."""

from __future__ import annotations

import pytest

from bihuan.core.actors import STAFF, SYSTEM, Actor, Role


def somebody(*roles: Role) -> Actor:
    return Actor(7, frozenset(roles))


@pytest.mark.parametrize("role", [*sorted(STAFF), Role.ADMINISTRATOR])
def test_whoever_works_for_the_house_is_staff_and_speaks_as_an_agent(role):
    assert somebody(role).is_staff
    assert somebody(role).voice == "agent"


@pytest.mark.parametrize(
    ("role", "voice"),
    [
        (Role.CUSTOMER, "user"),
        (Role.MERCHANT, "merchant"),
        (Role.SYSTEM, "system"),
        (Role.MEDIATOR, "user"),
        (Role.ASSESSOR, "user"),
        (Role.COMMITTEE, "user"),
    ],
)
def test_nobody_else_is_staff(role, voice):
    assert not somebody(role).is_staff
    assert somebody(role).voice == voice


def test_the_house_itself_is_nobody_and_is_never_taken_for_staff():
    assert SYSTEM.id == 0
    assert SYSTEM.voice == "system"
    assert not SYSTEM.is_staff


def test_an_agent_who_also_sells_speaks_as_the_house():
    assert somebody(Role.MERCHANT, Role.AGENT).voice == "agent"


def test_an_actor_cannot_be_given_another_role_afterwards():
    with pytest.raises(AttributeError):
        somebody(Role.CUSTOMER).roles = STAFF  # type: ignore[misc]
