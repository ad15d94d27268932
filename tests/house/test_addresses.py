"""Who gets what at every address: a table that is committed, so that a new hole is seen."""

from __future__ import annotations

import copy

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from tests.house import addresses, snapshots


@pytest.fixture
def doors(house: House) -> tuple[str, dict[str, Client]]:
    """爱丽's case, and everybody who could knock."""
    case, other = people.file(house), people.file(house)
    return case.number, addresses.callers(house, guest_of=other.id)


def _told(client: Client, address: str, method: str = "GET") -> str:
    """The status, or that the way leads to a sign-in; whatever it changed is undone."""
    client.raise_request_exception = False
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        answer = client.generic(method, address, "", "application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    client.cookies = cookies
    place = answer.headers.get("Location", "")
    to_sign_in = place.startswith(("/signin/", settings.LOGIN_URL)) and place != address
    return "signin" if to_sign_in and address != "/signin/" else str(answer.status_code)


@pytest.mark.slow
def test_every_address_answers_each_role_as_the_committed_table_says(
    doors: tuple[str, dict[str, Client]],
) -> None:
    number, callers = doors
    lines = [f"{'':57} {' '.join(f'{name:>13}' for name in callers)}"]

    for method in ("GET", "POST"):
        for pattern in addresses.patterns():
            address = addresses.example(pattern, number)
            told = [_told(client, address, method) for client in callers.values()]
            lines.append(f"{method:4} {pattern:52} {' '.join(f'{say:>13}' for say in told)}")

    found = "\n".join(line.rstrip() for line in lines) + "\n"
    assert " 500" not in found
    assert found == snapshots.kept("url_matrix.txt", found)


def test_the_desk_is_shut_to_customers_and_to_nobody_in_particular() -> None:
    """By the committed table, which the test above holds to what the doors answer."""
    head, *lines = (snapshots.FOLDER / "url_matrix.txt").read_text("utf-8").splitlines()
    rows = [line.split() for line in lines]
    let_in = {
        name: {pattern for method, pattern, *told in rows if method == "GET" and told[n] == "200"}
        for n, name in enumerate(head.split())
        if name in {"nobody", "guest", "customer", "stranger"}
    }
    desk = {p for p in addresses.patterns() if p.startswith(("/desk/", "/api/v1/cases"))}
    own_case = {p for p in desk if p.startswith("/api/v1/cases")}

    assert own_case < desk
    assert let_in["customer"] & desk <= own_case
    assert [let_in[name] & desk for name in ("guest", "stranger")] == [{"/api/v1/cases"}] * 2
    assert let_in["nobody"] & desk == set()


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
        (who, method, pattern)
        for who in ("nobody", "guest", "stranger")
        for method in ("GET", "POST")
        for pattern in about_a_case
        if _told(callers[who], addresses.example(pattern, number), method)
        != _told(callers[who], addresses.example(pattern, unknown), method)
    ]

    assert differing == []
