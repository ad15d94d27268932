"""E.13: a case closed to all but named people leaks through no door that there is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import Case, File
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.core.actors import SYSTEM
from bihuan.notify import queries as notices
from bihuan.notify.models import Message
from tests.house import addresses
from tests.journeys.program import Api

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
SECRET = "机密的破壁机"


@pytest.fixture
def house() -> House:
    return people.house()


@pytest.fixture
def closed(house: House) -> Case:
    """Of 波波, with a file, a note and notices to the staff; closed by 陈主管."""
    at = NOW - timedelta(hours=2)
    case = people.file(house, at, subject=SECRET, text=f"{SECRET}漏水，客服泄露了我的信息。")
    who: dict[str, Any] = {"number": case.number, "at": at}
    commands.assign(**who, owner_id=house.bo_bo.id, by=house.chen)
    commands.note(**who, text=f"@法务何 看看{SECRET}", by=house.bo_bo)
    paper = (BytesIO(b"%PDF-1.4\n%%EOF\n"), "a.pdf")
    commands.bring(**who, text="", uploads=[paper], by=house.bo_bo)
    for reader in (house.other_agent, house.chen):
        Message.objects.create(
            id=reader.id + 1, key=f"k{reader.id}", template="mentioned", channel="inbox",
            staff_id=reader.id, case_id=case.id, subject=f"提到您：{case.number}",
            body=SECRET, state="delivered", created_at=at,
        )  # fmt: skip
    commands.restrict(**who, reason="涉及客服同事本人", by=house.chen)
    case.refresh_from_db()
    return case


POSTER = "/contact/poster.pdf"  # a paper of no case, for whoever asks


def pages(client: Client, case: Case, patterns: Iterable[str] = ()) -> list[str]:
    """Every address of the house, or of these, that speaks of the case to this reader."""
    client.raise_request_exception = False
    token = File.objects.get(case_id=case.id).token
    lists = [
        f"/desk/inbox/?view=every&q={SECRET}", f"/desk/inbox/?q={case.number}",
        "/desk/inbox/?view=every", "/desk/inbox/?view=unassigned", f"/f/{token}",
        f"/api/v1/cases?q={SECRET}", "/desk/dashboard/?days=7", "/desk/notices/",
    ]  # fmt: skip
    known = [
        addresses.example(pattern, case.number) for pattern in patterns or addresses.patterns()
    ]
    found = []
    for address in [*lists, *known]:
        if "logout" in address or "/live/" in address or address == POSTER:
            continue
        answer = client.get(address, follow=False)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = body.decode(errors="replace") + answer.headers.get("Location", "")
        for asked in (case.number, SECRET):  # whoever asked by it is told it again
            text = text.replace(asked, "") if asked in address else text
        if SECRET in text or case.number in text or "%PDF" in text:
            found.append(address)
    return found


@pytest.mark.slow
def test_e_13_no_door_tells_a_colleague_or_another_supervisor_of_it(
    house: House, closed: Case
) -> None:
    keeper = people._staff("赵主管", next(iter(house.chen.roles)), "customer_service")
    callers = addresses.callers(house)

    assert pages(callers["colleague"], closed) == []
    assert pages(addresses.staff("赵主管"), closed) == []
    of_a_case = [p for p in addresses.patterns() if "number>" in p]
    assert len(pages(callers["agent"], closed, of_a_case)) > 10
    assert len(pages(callers["supervisor"], closed, of_a_case)) > 10
    assert keeper.id


def test_e_13_every_step_answers_as_if_the_case_were_not_there(house: House, closed: Case) -> None:
    stranger = addresses.staff("法务何")

    for path in ("do/note/", "here/", "access/", "macro/", "decide/", "do/tag/", "reveal/"):
        answer = stranger.post(f"{closed.desk_url}{path}", {"text": "看看"})
        assert answer.status_code == 404, path


def test_e_13_the_api_neither_lists_nor_reads_nor_changes_it(house: House, closed: Case) -> None:
    hers, his = Api(house, house.other_agent), Api(house, house.bo_bo)

    assert his.get(f"/cases/{closed.number}").status_code == 200
    assert hers.get(f"/cases/{closed.number}").status_code == 404
    assert closed.number not in hers.get("/cases").content.decode()
    step = hers.post(f"/cases/{closed.number}/actions/note", {"text": "看看"})
    assert step.status_code == 404


def test_e_13_what_was_told_before_is_read_by_those_alone_who_may_see_it(
    house: House, closed: Case
) -> None:
    def told(by: Any) -> tuple[int, int]:
        return len(notices.for_staff(by)), notices.unread(by)

    assert told(house.other_agent) == (0, 0)
    assert told(house.chen) == (1, 1)
    commands.add_reader(number=closed.number, staff_id=house.other_agent.id, by=house.chen, at=NOW)
    assert told(house.other_agent) == (1, 1)


def test_e_13_a_supervisor_closes_names_and_opens_it_at_the_desk(house: House) -> None:
    case = people.file(house, NOW - timedelta(hours=1))
    chen, he = addresses.staff("陈主管"), addresses.staff("法务何")
    place = f"{case.desk_url}access/"
    assert place in chen.get(case.desk_url).content.decode()
    assert place not in he.get(case.desk_url).content.decode()
    assert he.get(place).status_code == 403

    unexplained = chen.post(place, {"action": "restrict", "reason": ""})
    assert unexplained.status_code == 422
    assert "请填写这一项" in unexplained.content.decode()
    chen.post(place, {"action": "restrict", "reason": "涉及同事"})
    assert he.get(case.desk_url).status_code == 404
    chen.post(place, {"action": "add", "staff_id": house.other_agent.id})
    page = he.get(case.desk_url).content.decode()
    assert "只有这些人能看到" in page
    assert "陈主管" in page

    last = chen.post(place, {"action": "remove", "staff_id": house.chen.id})
    assert last.status_code == 422
    assert "至少要留一位" in last.content.decode()
    chen.post(place, {"action": "remove", "staff_id": house.other_agent.id})
    assert he.get(case.desk_url).status_code == 404
    chen.post(place, {"action": "unrestrict", "reason": "核查完毕"})
    assert he.get(case.desk_url).status_code == 200
    assert SYSTEM.is_staff is False
