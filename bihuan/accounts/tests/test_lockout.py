"""A stranger who knows somebody's phone neither ends their code nor spends it."""

from __future__ import annotations

import pytest
from django.test import Client

from bihuan.accounts import commands
from bihuan.accounts.commands import Contact
from bihuan.accounts.tests import test_codes, test_doors, wiring
from bihuan.accounts.tests.test_codes import AT, wrong
from bihuan.accounts.tests.test_doors import NUMBER, PHONE
from bihuan.core.refusals import Invalid, TooMany

connected, ali = test_doors._connected, test_doors.ali
MINUTE = test_codes.timedelta(minutes=1)


def issue(asker: str, minutes: int = 0) -> str:
    at = AT + minutes * MINUTE
    return commands.issue_code(purpose="signin", contact=PHONE, asker=asker, at=at).code


def use(code: str, asker: str, minutes: int = 0) -> None:
    at = AT + minutes * MINUTE
    commands.use_code(purpose="signin", contact=PHONE, code=code, asker=asker, at=at)


def miss(code: str, asker: str, times: int = 5, minutes: int = 0) -> None:
    for _try in range(times):
        with pytest.raises(Invalid):
            use(wrong(code), asker, minutes)


@pytest.mark.parametrize(
    ("door", "asked", "known_as"),
    [
        ("/signin/", {"contact": PHONE}, "person"),
        ("/signin/case/", {"number": NUMBER}, "guest"),
    ],
)
def test_wrong_tries_from_another_browser_leave_the_code_good(ali, door, asked, known_as):
    wiring.CASES[NUMBER] = (ali, 77)
    owner, stranger = Client(), Client()
    owner.post(door, asked)
    code = wiring.SENT[-1][2]

    for _try in range(6):
        stranger.post(door, asked | {"code": wrong(code)})
    owner.post(door, asked | {"code": code})

    who = owner.get("/who/").json()
    assert (who["id"], who["case"]) == (ali, 77 if known_as == "guest" else 0)


@pytest.mark.django_db
def test_a_code_asked_for_by_a_stranger_does_not_end_ones_own():
    own = issue("owner")
    issue("stranger", minutes=1)

    use(own, "owner", minutes=2)


@pytest.mark.django_db
def test_ones_own_code_is_good_while_strangers_use_up_the_allowance():
    own = issue("owner")
    for minute in range(1, 5):
        issue(f"stranger {minute}", minutes=minute)
    with pytest.raises(TooMany):
        issue("owner", minutes=6)

    use(own, "owner", minutes=6)


@pytest.mark.django_db
def test_the_last_code_a_stranger_asked_for_signs_in_whoever_received_it():
    code = issue("stranger")
    miss(code, "stranger")

    use(code, "owner")


@pytest.mark.django_db
def test_strangers_together_have_five_tries_at_a_code():
    code = issue("owner")
    for stranger in range(5):
        miss(code, f"stranger {stranger}", times=1)

    with pytest.raises(Invalid) as refused:
        use(code, "another stranger")
    assert refused.value.fields == {"code": "code_spent"}


@pytest.mark.django_db
def test_whoever_is_in_leaves_no_other_code_behind():
    own = issue("owner")
    other = issue("stranger", minutes=1)
    use(own, "owner", minutes=2)

    with pytest.raises(Invalid):
        use(other, "stranger", minutes=3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "refused"),
    [("2001:db8::{:x}", True), ("2001:db8:0:{:x}::1", False), ("::ffff:10.0.0.{}", False)],
)
def test_one_home_is_one_asker_however_many_addresses_it_has(address, refused):
    for n in range(60):
        Client(REMOTE_ADDR=address.format(n)).post("/signin/", {"contact": f"139123{n:05d}"})

    last = Client(REMOTE_ADDR=address.format(99)).post("/signin/", {"contact": PHONE})

    assert (last.status_code == 429) is refused


def test_a_guests_code_goes_where_a_provider_takes_it(db):
    contact = Contact(phone="13900000000", email="guest@example.com")
    person = commands.register_person(contact=contact, at=AT)
    wiring.CASES[NUMBER] = (person, 77)
    client = Client()

    client.post("/signin/case/", {"number": NUMBER})
    assert [sent[1] for sent in wiring.SENT] == ["guest@example.com"]
    client.post("/signin/case/", {"number": NUMBER, "code": wiring.SENT[-1][2]})

    assert client.get("/who/").json()["case"] == 77
