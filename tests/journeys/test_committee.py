"""1.1 over HTTP: four functions sit, meet, decide by clause and publish; the public reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.cases.tests import people
from bihuan.cases.tests.people import LONG_AGO, House
from bihuan.core.actors import SYSTEM
from tests.house.addresses import staff as desk
from tests.journeys.moments import Moments

pytestmark = pytest.mark.django_db
DESK = "/desk/committee/"
MEMBERS = {"operations": "侯杰", "law": "何清", "technology": "潘屹", "service": "陈主管"}
TEXT = "客服部每个工作日抽查十件首次答复，不合格的当日补充答复。"
CALLED = datetime(2026, 3, 9, 2, tzinfo=UTC)
BEGUN = datetime(2026, 3, 11, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def hours(settings: Any) -> None:  # the fixture, for this test alone
    settings.MIDDLEWARE = ["tests.journeys.moments.told_when", *settings.MIDDLEWARE]
    Moments.at = CALLED


@pytest.fixture
def home(db: None) -> House:
    made = people.house()
    roles = {"侯杰": "specialist", "何清": "legal", "潘屹": "specialist", "钟岳": "committee"}
    for name, role in roles.items():
        accounts.create_staff(name=name, username=name, roles=[role], by=SYSTEM, at=LONG_AGO)
    return made


def page(answer: Any) -> str:
    return str(answer.content.decode())


def value_of(client: Client, address: str, words: str, tag: str = "<option") -> str:
    """The value of what reads like this, as somebody would pick it on that page."""
    for choice in page(client.get(address)).split(tag)[1:]:
        if words in choice.partition("</label>" if tag == "<input" else "</option>")[0]:
            return choice.partition('value="')[2].partition('"')[0]
    raise AssertionError(f"{words} is not to be chosen at {address}")


def seats(client: Client) -> None:
    for function, name in MEMBERS.items():
        person = value_of(client, f"{DESK}seats/new/", name)
        given = {"function": function, "staff_id": person, "from_on": "2026-03-01"}
        assert client.post(f"{DESK}seats/new/", given).status_code == 302


def called(client: Client, moment: str) -> str:
    given = {"starts_at": moment, "place": "三号会议室"}
    return str(client.post(f"{DESK}meetings/new/", given)["Location"])


def on_the_agenda(client: Client, meeting: str, title: str) -> str:
    """Where this item is put to the vote."""
    person = value_of(client, f"{meeting}items/", "陈主管")
    given = {"title": title, "clause": "1.4", "put_by": person}
    assert client.post(f"{meeting}items/", given | {"clause": "9.9"}).status_code == 422
    assert client.post(f"{meeting}items/", given).status_code == 302
    return f"{meeting}items/"


def attended(client: Client, meeting: str, names: list[str]) -> list[str]:
    form = f"{meeting}attendance/"
    there = [value_of(client, form, name, "<input") for name in names]
    assert client.post(form, {"present": there}).status_code == 302
    return there


def vote_at(client: Client, meeting: str) -> str:
    return page(client.get(meeting)).partition(f'href="{DESK}items/')[2].partition('"')[0]


def test_1_10_the_committee_has_seats_an_agenda_and_decisions_bound_to_clauses(home: House):
    secretary = desk("钟岳")
    assert "运营、法律、技术、客服还没有委员" in page(secretary.get(DESK))
    seats(secretary)
    assert "四个职能齐备" in page(secretary.get(DESK))
    meeting = called(secretary, "2026-03-11T09:30")
    on_the_agenda(secretary, meeting, "首次答复质量抽查")
    minutes = {"minutes": "四位委员讨论并表决了一项议题。"}
    assert "会议还没有开始" in page(secretary.post(f"{meeting}close/", minutes))

    Moments.at = BEGUN
    two = attended(secretary, meeting, ["侯杰", "何清"])
    vote = f"{DESK}items/{vote_at(secretary, meeting)}"
    given = {"text": TEXT, "clauses": "1.4、2.3.2"}
    few = secretary.post(vote, given | {f"vote_{seat}": "for" for seat in two})
    assert few.status_code == 422
    assert "至少要有 3 个才能作出决议" in page(few)
    four = attended(secretary, meeting, [*MEMBERS.values()])
    ballots = {f"vote_{seat}": "for" for seat in four}
    assert "手册里没有这一条" in page(
        secretary.post(vote, given | ballots | {"clauses": "1.4、9.9"})
    )
    follows = {"owner_id": value_of(secretary, vote, "波波"), "due_on": "2026-03-20"}
    assert secretary.post(vote, given | ballots | follows).status_code == 302
    assert secretary.post(f"{meeting}close/", minutes).status_code == 302
    assert "会议已结束，材料不能再改" in page(secretary.post(vote, given | ballots))
    return_to_the_public(secretary)


def return_to_the_public(secretary: Client) -> None:
    """Published, late, and done: each is to be seen by everybody, without a name."""
    listed = page(secretary.get(DESK))
    decision = DESK + "decisions/" + listed.partition(f"{DESK}decisions/")[2].partition('"')[0]
    public = Client()
    assert TEXT not in page(public.get("/committee/"))
    assert desk("陈主管").post(f"{decision}publish/").status_code == 403

    secretary.post(f"{decision}publish/")

    shown = page(public.get("/committee/"))
    assert TEXT in shown
    assert 'href="/policies/2.3.2/"' in shown
    assert "赞成 4，反对 0，弃权 0" in shown
    assert "待落实" in shown
    assert "波波" not in shown
    Moments.at = BEGUN + timedelta(days=30)
    assert "落实逾期" in page(public.get("/committee/"))
    assert desk("波波").post(f"{decision}finish/").status_code == 302
    assert "落实逾期" not in page(public.get("/committee/"))
