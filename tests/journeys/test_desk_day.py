"""An agent's day at the desk over HTTP: canned replies, a colleague on the same case, keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.cases.tests.stories import said
from tests.house.addresses import staff

pytestmark = pytest.mark.django_db
REPLY = {
    "name": "催办安抚", "shortcut": "cb", "composer": "answer", "tag": "催办",
    "priority": "urgent", "body": "案件 {{number}} 已优先处理，{{agent}}跟进。",
    "scope": "everybody",
}  # fmt: skip


@pytest.fixture
def house() -> House:
    return people.house()


@pytest.fixture
def case(house: House, settings: Any) -> Case:
    settings.UNDO_SECONDS = 0
    at = datetime.now(UTC) - timedelta(hours=1)
    filed = people.file(house, at)
    return commands.accept(number=filed.number, text="受理。", by=house.bo_bo, at=at)


def test_e_01_a_supervisor_s_reply_is_used_by_an_agent_with_what_it_does_besides(
    house: House, case: Case
) -> None:
    chen, bo_bo = staff("陈主管"), staff("波波")
    assert chen.post("/desk/macros/new/", REPLY).status_code == 302
    (row,) = queries.macros(house.bo_bo)

    filled = bo_bo.get(f"{case.desk_url}macros/{row.id}/").json()
    sent = {"text": filled["text"], "also": [one["value"] for one in filled["also"]]}
    assert bo_bo.post(f"{case.desk_url}do/answer/", sent).status_code == 302

    case.refresh_from_db()
    words = Entry.objects.filter(case_id=case.id, kind="answer").latest("id").text
    assert words == f"案件 {case.number} 已优先处理，波波跟进。"
    assert case.priority == "urgent"
    assert "#催办" in bo_bo.get(case.desk_url).content.decode()


def test_e_03_two_agents_on_one_case_see_each_other_and_lose_no_word(
    house: House, case: Case
) -> None:
    chen, bo_bo = staff("陈主管"), staff("波波")
    bo_bo.post(f"{case.desk_url}here/", {"writing": "1"})
    assert "波波</b> 正在回复" in chen.post(f"{case.desk_url}here/").content.decode()
    seen = {"expected_version": case.version}

    assert chen.post(f"{case.desk_url}do/note/", {"text": "先等等。", **seen}).status_code == 302
    late = bo_bo.post(f"{case.desk_url}do/note/", {"text": "我来联系。", **seen})

    page = late.content.decode()
    assert late.status_code == 409
    assert page.index("您书写期间的新内容") < page.index("先等等。", page.index("您书写期间"))
    assert "我来联系。</textarea>" in page
    case.refresh_from_db()
    again = {"text": "我来联系。", "expected_version": case.version}
    assert bo_bo.post(f"{case.desk_url}do/note/", again).status_code == 302
    assert len(said(case, "case.noted")) == 2


def test_e_04_the_help_sheet_is_on_every_page_and_a_key_is_changed_without_script(
    house: House, case: Case
) -> None:
    bo_bo = staff("波波")

    for place in ("/desk/inbox/", "/desk/dashboard/", case.desk_url):
        page = bo_bo.get(place).content.decode()
        assert 'id="keys"' in page
        assert "上报主管" in page
    assert bo_bo.post("/desk/keys/", {"on": "on", "key-t": "d"}).status_code == 302
    assert "&quot;t&quot;: &quot;d&quot;" in bo_bo.get("/desk/inbox/").content.decode()
