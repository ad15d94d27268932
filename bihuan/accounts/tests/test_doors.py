"""Over HTTP: signing in and out, the guest's one case, and whom the middleware lets act."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import AsyncClient, Client

from bihuan.accounts import commands
from bihuan.accounts.commands import Contact
from bihuan.accounts.models import Person
from bihuan.accounts.tests import wiring
from bihuan.core import ids
from bihuan.core.actors import SYSTEM
from bihuan.store import secrets

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
PHONE = "13912342718"
NUMBER = ids.case_number(AT.date(), 12)
GOOD = "bamboo-harbour-72"


@pytest.fixture(autouse=True)
def _connected(settings, tmp_path):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path
    settings.ROOT_URLCONF = "bihuan.accounts.tests.urls"
    settings.BIHUAN_WIRING = "bihuan.accounts.tests.wiring"
    wiring.SENT.clear()
    wiring.CASES.clear()


@pytest.fixture
def ali(db) -> int:
    return commands.register_person(contact=Contact(name="王爱丽", phone=PHONE), at=AT)


def signed_in(contact: str = PHONE) -> Client:
    client = Client()
    client.post("/signin/", {"contact": contact})
    client.post("/signin/", {"contact": contact, "code": wiring.SENT[-1][2]})
    return client


_OWN = re.compile(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "[A-Za-z0-9]{64}"|data-now="[^"]*"')


def plain(page: HttpResponse, *given: str) -> str:
    """The page without what was given, the moment and the token against forgery."""
    body = _OWN.sub("", page.content.decode())
    for words in given:
        body = body.replace(words, "")
    return body


def test_a_code_that_was_sent_signs_in_and_names_the_person_to_the_database(ali):
    client = signed_in()

    told = client.get("/who/").json()

    assert told == {"id": ali, "roles": ["customer"], "case": 0, "named": str(ali)}
    assert Client().get("/who/").json() == {"id": None, "roles": [], "case": 0, "named": ""}


def test_the_session_holds_ids_and_no_contact(ali):
    client = signed_in()

    assert dict(client.session) == {"person_id": ali, "guest_case": 0}


def test_known_and_unknown_contacts_get_the_same_page(ali):
    known = Client().post("/signin/", {"contact": PHONE})
    unknown = Client().post("/signin/", {"contact": "13912349918"})

    assert known.status_code == unknown.status_code == 200
    assert plain(known, PHONE, "139****2718") == plain(unknown, "13912349918", "139****9918")
    assert [person for person, _, _ in wiring.SENT] == [ali, 0]


def test_the_first_code_registers_whoever_asked(db):
    told = signed_in("neu@example.com").get("/who/").json()

    assert told["id"] == Person.objects.get().id


def test_signing_in_changes_the_session_key_and_signing_out_ends_it(ali):
    client = Client()
    client.get("/signin/")
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    client.cookies["bihuan"] = before = session.session_key

    client.post("/signin/", {"contact": PHONE})
    client.post("/signin/", {"contact": PHONE, "code": wiring.SENT[-1][2]})

    assert client.session.session_key != before
    assert "planted" not in client.session
    client.post("/signout/")
    assert client.get("/who/").json()["id"] is None
    assert client.get("/signout/").status_code == 405


def test_a_wrong_code_keeps_the_contact_and_says_what_to_do(ali):
    client = Client()
    client.post("/signin/", {"contact": PHONE})
    wrong = f"{(int(wiring.SENT[-1][2]) + 1) % 10**6:06d}"

    page = client.post("/signin/", {"contact": PHONE, "code": wrong})

    assert page.status_code == 422
    body = page.content.decode()
    assert "<title>错误：" in body
    assert "验证码不对或已过期" in body
    assert f'name="contact" value="{PHONE}"' in body
    assert client.get("/who/").json()["id"] is None


def test_a_second_request_within_the_minute_says_how_long_to_wait(ali):
    client = Client()
    client.post("/signin/", {"contact": PHONE})

    page = client.post("/signin/", {"contact": PHONE})

    assert page.status_code == 429
    assert "秒后可以重新获取" in page.content.decode()
    assert len(wiring.SENT) == 1


@pytest.mark.parametrize("contact", ["", "x" * 300, "王\x00", "<script>alert(1)</script>"])
def test_what_is_no_contact_is_answered_at_the_field(db, contact):
    page = Client().post("/signin/", {"contact": contact})

    assert page.status_code == 422
    assert 'href="#id_contact"' in page.content.decode()
    assert "<script>alert" not in page.content.decode()
    assert not wiring.SENT


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/orders/pick/", "/orders/pick/"),
        ("https://evil.example/", "/complaints/"),
        ("//evil.example", "/complaints/"),
        ("javascript:alert(1)", "/complaints/"),
        ("", "/complaints/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(ali, wanted, place):
    client = Client()
    client.post("/signin/", {"contact": PHONE, "next": wanted})
    done = client.post("/signin/", {"contact": PHONE, "code": wiring.SENT[-1][2], "next": wanted})

    assert (done.status_code, done["Location"]) == (302, place)


def test_a_guest_is_let_in_to_one_case(ali):
    wiring.CASES[NUMBER] = (ali, 4711)
    client = Client()

    client.post("/signin/case/", {"number": NUMBER})
    done = client.post("/signin/case/", {"number": NUMBER, "code": wiring.SENT[-1][2]})

    assert [(ali, PHONE, wiring.SENT[-1][2])] == wiring.SENT
    assert done["Location"] == f"/complaints/{NUMBER}/"
    assert client.get("/who/").json()["case"] == 4711


def test_an_unknown_case_gets_the_same_answer_and_sends_nothing(ali):
    other = ids.case_number(AT.date(), 13)
    wiring.CASES[NUMBER] = (ali, 4711)

    known = Client().post("/signin/case/", {"number": NUMBER})
    unknown = Client().post("/signin/case/", {"number": other})

    assert known.status_code == unknown.status_code == 200
    assert plain(known, NUMBER) == plain(unknown, other)
    assert len(wiring.SENT) == 1


def test_a_case_whose_contact_cannot_be_reached_gets_that_answer_too(db):
    person = commands.register_person(contact=Contact(phone="13900000000"), at=AT)
    other = ids.case_number(AT.date(), 13)
    wiring.CASES[NUMBER] = (person, 4711)

    known = Client().post("/signin/case/", {"number": NUMBER})
    unknown = Client().post("/signin/case/", {"number": other})

    assert known.status_code == unknown.status_code == 200
    assert plain(known, NUMBER) == plain(unknown, other)


def test_whoever_cannot_be_sent_a_code_is_told_so_on_the_page(db):
    page = Client().post("/signin/", {"contact": "13900000000"})

    assert page.status_code == 422
    assert "<title>错误：" in page.content.decode()


def test_a_mistyped_case_number_is_answered_at_the_field(db):
    page = Client().post("/signin/case/", {"number": "TS1234"})

    assert page.status_code == 422
    assert "TS 开头" in page.content.decode()


def test_an_erased_person_is_signed_out(ali):
    client = signed_in()
    secrets.destroy(ali, at=AT)
    Person.objects.filter(id=ali).update(erased_at=AT)

    assert client.get("/who/").json()["id"] is None
    assert "person_id" not in client.session


def test_a_new_colleague_starts_by_the_link_and_is_staff_from_then_on(db):
    staff = commands.create_staff(name="波波", roles=["agent"], username="bobo", by=SYSTEM, at=AT)
    link = f"/staff/start/{commands.start_link(staff=staff, at=datetime.now(UTC))}/"
    client = Client()

    assert "波波" in client.get(link).content.decode()
    assert client.post(link, {"password": GOOD, "again": "other"}).status_code == 200
    assert client.get("/who/").json()["id"] is None
    done = client.post(link, {"password": GOOD, "again": GOOD})

    assert done["Location"] == "/desk/inbox/"
    assert client.get("/who/").json() == {
        "id": staff.id, "roles": ["agent"], "case": 0, "named": ""
    }  # fmt: skip
    assert Client().get(link).status_code == 404


def test_staff_sign_in_with_their_password_and_nobody_signs_up(db):
    staff = commands.create_staff(name="波波", roles=["agent"], username="bobo", by=SYSTEM, at=AT)
    token = commands.start_link(staff=staff, at=AT)
    commands.set_first_password(token=token, password=GOOD, at=AT)
    client = Client()

    assert client.post("/staff/login/", {"login": "bobo", "password": "no"}).status_code == 200
    assert client.get("/who/").json()["id"] is None
    assert client.post("/staff/login/", {"login": "bobo", "password": GOOD}).status_code == 302
    assert client.get("/who/").json()["id"] == staff.id
    for shut in ("signup/", "email/", "password/reset/", "password/reset/key/1-2/"):
        assert Client().get(f"/staff/{shut}").status_code == 404


def test_a_program_acts_by_its_token_and_no_further(db):
    staff = commands.create_staff(name="波波", roles=["agent"], username="bobo", by=SYSTEM, at=AT)
    made = commands.create_token(name="feed", staff_id=staff.id, scopes=["read"], by=SYSTEM, at=AT)

    def ask(method: str, bearer: str) -> int:
        headers = {"Authorization": bearer}
        return Client().generic(method, "/api/v1/who/", headers=headers).status_code

    assert ask("GET", f"Bearer {made.bearer}") == 200
    assert ask("POST", f"Bearer {made.bearer}") == 403
    for wrong in (f"Bearer {made.bearer}x", "Bearer ", "Basic Ym9ibzp4", made.bearer):
        assert ask("GET", wrong) == 401
    elsewhere = Client().get("/who/", headers={"Authorization": f"Bearer {made.bearer}"})
    assert elsewhere.json()["id"] is None


def test_headers_that_claim_a_name_are_nothing(ali):
    forged = {"X-Remote-User": "bobo", "X-Person-Id": str(ali), "Forwarded": "for=1.2.3.4"}

    assert Client().get("/who/", headers=forged).json()["id"] is None


def test_a_refusal_leaves_the_customers_request_answered(ali):
    client = signed_in()

    assert client.get("/fails/").status_code == 409
    assert client.get("/who/").json()["id"] == ali


def test_under_asgi_the_same_person_stands_at_synchronous_and_asynchronous_doors(
    fresh_db, in_a_loop
):
    ali = commands.register_person(contact=Contact(phone=PHONE), at=AT)
    cookie = signed_in().cookies["bihuan"].value

    async def ask() -> list[object]:
        client = AsyncClient()
        client.cookies["bihuan"] = cookie
        answers = [await client.get(place) for place in ("/who/", "/who-async/")]
        return [answer.json() for answer in answers]

    first, second = in_a_loop(ask())

    assert (first["id"], first["named"], second["id"]) == (ali, str(ali), ali)
