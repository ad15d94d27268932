"""Who gets what at every address: a table that is committed, so that a new hole is seen."""

from __future__ import annotations

import pytest
from django.test import Client

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from tests.house import addresses, snapshots


@pytest.fixture
def doors(house: House) -> tuple[str, dict[str, Client]]:
    """爱丽's case, and everybody who could knock."""
    return people.file(house).number, addresses.callers(house)


def _told(client: Client, address: str) -> int:
    client.raise_request_exception = False
    return client.get(address).status_code


def test_every_address_answers_each_role_as_the_committed_table_says(
    doors: tuple[str, dict[str, Client]],
) -> None:
    number, callers = doors
    lines = [f"{'GET':52} {' '.join(f'{name:>13}' for name in callers)}"]

    for pattern in addresses.patterns():
        address = addresses.example(pattern, number)
        told = [_told(client, address) for client in callers.values()]
        lines.append(f"{pattern:52} {' '.join(f'{status:>13}' for status in told)}")

    found = "\n".join(lines) + "\n"
    assert " 500" not in found
    assert found == snapshots.kept("url_matrix.txt", found)


def test_the_desk_is_shut_to_customers_and_to_nobody_in_particular(
    doors: tuple[str, dict[str, Client]],
) -> None:
    number, callers = doors
    desk = [p for p in addresses.patterns() if p.startswith(("/desk/", "/api/v1/cases"))]
    outside = ("nobody", "customer", "stranger")

    let_in = [
        (name, pattern)
        for name in outside
        for pattern in desk
        if _told(callers[name], addresses.example(pattern, number)) < 300
    ]

    lists_their_own = "/api/v1/cases"
    assert [pair for pair in let_in if pair[1].startswith("/desk/")] == []
    assert {pattern for name, pattern in let_in if name != "customer"} <= {lists_their_own}
    assert [pair for pair in let_in if pair[0] == "nobody"] == []


def test_another_persons_case_looks_like_one_that_is_not_there(
    doors: tuple[str, dict[str, Client]],
) -> None:
    number, callers = doors
    unknown = f"{number[:-1]}{'X' if number[-1] != 'X' else '0'}"
    about_a_case = [
        p for p in addresses.patterns() if "number>" in p and not p.startswith("/desk/")
    ]
    assert about_a_case

    differing = [
        pattern
        for pattern in about_a_case
        if _told(callers["stranger"], addresses.example(pattern, number))
        != _told(callers["stranger"], addresses.example(pattern, unknown))
    ]

    assert differing == []
