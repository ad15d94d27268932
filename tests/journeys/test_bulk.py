"""E.06 over HTTP: cases chosen, one step for all, taken back, what failed, given back (2.2.2)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import BulkRun, Case
from bihuan.cases.tests.people import House, file, house
from bihuan.events.models import Event
from tests.house.addresses import at_desk as desk

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def home(settings: Any) -> House:
    settings.UNDO_SECONDS = 8
    return house()


def cases(home: House, many: int = 3) -> list[Case]:
    return [file(home, NOW - HOUR + timedelta(seconds=n), order_no="") for n in range(many)]


def words(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def boxes(page: str) -> list[str]:
    """What the boxes of the list would send."""
    return re.findall(r'name="chosen" value="([^"]+)" form="bulk"', page)


def once(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def order(client: Client, action: str, fields: dict[str, Any], **which: Any) -> str:
    """By the bar and its form, as without script; where it leads."""
    given = {"action": action, "list": "view=all"} | which
    asked = words(client.get("/desk/bulk/", given))
    answer = client.post("/desk/bulk/", given | {"once": once(asked)} | fields)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return str(answer["Location"])


def carried_out() -> BulkRun:
    tasks.carry_out(timezone.now() + timedelta(seconds=9))
    return BulkRun.objects.latest("ordered_at")


def test_e_06_cases_chosen_in_the_list_are_reassigned_and_say_so_on_every_page(home: House):
    some, client = cases(home), desk(home.chen)
    picked = boxes(words(client.get("/desk/inbox/?view=all")))[:2]

    place = order(client, "assign", {"owner_id": home.other_agent.id}, chosen=picked)

    waiting = words(client.get(place))
    run = carried_out()
    after = words(client.get("/desk/dashboard/"))
    moved = Case.objects.filter(owner_id=home.other_agent.id)
    assert place == "/desk/inbox/?view=all"
    assert "批量：转派 2 件，即将执行" in waiting
    assert f'action="/desk/bulk/{run.id}/undo/"' in waiting
    assert {f"{case.number}:1" for case in moved} == set(picked)
    assert len(some) == 3
    assert "批量：转派，2 件已完成" in after


def test_e_06_taken_back_within_its_seconds_nothing_is_changed(home: House):
    some, client = cases(home), desk(home.chen)
    order(client, "assign", {"owner_id": home.other_agent.id}, all="1", expected_total="3")
    run = BulkRun.objects.get()

    back = client.post(
        f"/desk/bulk/{run.id}/undo/",
        follow=True,
        HTTP_REFERER="http://testserver/desk/inbox/?view=all",
    )
    carried_out()

    assert "已撤销，3 件都没有改动" in words(back)
    assert {case.version for case in Case.objects.all()} == {1}
    assert len(some) == 3
    again = client.post(f"/desk/bulk/{run.id}/undo/", follow=True)
    assert "不能撤销" in words(again)


def test_e_06_all_of_a_view_are_taken_by_its_filter_and_not_those_outside(home: House):
    some, client = cases(home, 4), desk(home.chen)
    Case.objects.filter(id__in=[c.id for c in some[:2]]).update(severity="major")
    which = {"all": "1", "list": "view=all&severity=major", "expected_total": "2"}

    order(client, "set_priority", {"priority": "urgent", "reason": "批次问题"}, **which)
    carried_out()

    urgent = Case.objects.filter(priority="urgent").values_list("id", flat=True)
    assert set(urgent) == {case.id for case in some[:2]}


def test_e_06_a_view_that_holds_others_by_now_is_asked_about_again(home: House):
    client = desk(home.chen)
    cases(home, 2)
    given = {"action": "note", "list": "view=all", "all": "1", "expected_total": "2"}
    asked = words(client.get("/desk/bulk/", given))
    cases(home, 1)

    answer = client.post("/desk/bulk/", given | {"once": once(asked), "text": "同一批次"})

    assert "这个视图里现在有 3 件" in words(answer, 409)
    assert "同一批次</textarea>" in answer.content.decode()
    assert not BulkRun.objects.exists()


def test_e_06_what_failed_is_listed_case_by_case_with_its_reason(home: House):
    some, client = cases(home), desk(home.bo_bo)
    picked = [f"{case.number}:{case.version}" for case in some]
    order(client, "answer", {"text": "系统故障已恢复，请您再试。"}, chosen=picked)
    commands.withdraw(number=some[0].number, by=home.ai_li, at=NOW)
    commands.note(number=some[1].number, text="先到一步", by=home.chen, at=NOW)
    Case.objects.filter(id=some[2].id).update(department="legal", owner_id=0)

    run = carried_out()

    page = words(client.get(f"/desk/bulk/{run.id}/"))
    for case in some:
        assert f'href="/desk/cases/{case.number}/">{case.number}<' in page
    assert page.count("内容已有更新") == 2
    assert "您不能进行这一步" in page
    assert "3 件未办理" in page
    assert "再办一次" in page
    assert desk(home.other_agent).get(f"/desk/bulk/{run.id}/").status_code == 404
    assert "系统故障已恢复" not in words(desk(home.chen).get(f"/desk/bulk/{run.id}/"))


def test_e_06_given_back_each_case_has_its_former_owner_by_an_event_of_its_own(home: House):
    some, client = cases(home), desk(home.chen)
    before = {case.id: case.owner_id for case in some}
    picked = [f"{case.number}:{case.version}" for case in some]
    order(client, "assign", {"owner_id": home.other_agent.id}, chosen=picked)
    run = carried_out()
    asked = words(client.get(f"/desk/bulk/{run.id}/"))

    back = client.post(f"/desk/bulk/{run.id}/back/")
    tasks.carry_out(timezone.now())

    assert "撤销这次批量" in asked
    assert "3 件已完成" in words(client.get(back["Location"]))
    assert dict(Case.objects.values_list("id", "owner_id")) == before
    kinds = Event.objects.filter(stream=some[0].id).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["case.filed", "case.assigned", "case.assigned"]
    assert "这次批量已撤销" in words(client.get(f"/desk/bulk/{run.id}/"))


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("assign", {}, "请选择处理人或部门之一"),
        ("assign", {"owner_id": "99"}, "请从给出的选项中选择"),
        ("set_priority", {"priority": "urgent"}, "请填写这一项"),
        ("answer", {"text": ""}, "请填写这一项"),
        ("merge", {"into": "TS000"}, "没有找到这个编号的案件"),
    ],
)
def test_e_06_bad_input_is_answered_beside_its_field(
    home: House, action: str, fields: dict[str, str], said: str
):
    [case], client = cases(home, 1), desk(home.bo_bo)

    answer = client.post("/desk/bulk/", {"action": action, "chosen": f"{case.number}:1"} | fields)

    assert said in words(answer, 422)
    assert f'value="{case.number}:1"' in answer.content.decode()
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"action": "decline"}, 404),
        ({"action": "answer", "chosen": "nonsense"}, 422),
        ({"action": "answer", "chosen": "TS:x"}, 422),
        ({"action": "answer", "all": "1", "list": "view=nowhere"}, 422),
        ({"action": "answer", "all": "1", "list": "x" * 1001}, 422),
    ],
)
def test_e_06_what_no_form_sends_is_refused(home: House, given: dict[str, str], status: int):
    client = desk(home.bo_bo)

    assert client.get("/desk/bulk/", given).status_code == status
    assert client.post("/desk/bulk/", given).status_code == status


def test_e_06_a_step_is_asked_for_in_the_sheet_and_followed_to_its_end(home: House):
    some, client = cases(home, 1), desk(home.chen)
    given = {"action": "assign", "chosen": f"{some[0].number}:1", "list": "view=all"}

    sheet = words(client.get("/desk/bulk/", given, HTTP_HX_REQUEST="true"))
    order(client, "assign", {"department": commands.OWN}, chosen=given["chosen"])
    run = BulkRun.objects.get()
    toast = words(client.get(f"/desk/bulk/{run.id}/?part=toast"))
    carried_out()
    ended = words(client.get(f"/desk/bulk/{run.id}/?part=toast"))

    assert "<html" not in sheet
    assert 'id="sheet-title"' in sheet
    assert "hx-trigger" in toast
    assert "hx-trigger" not in ended
    assert "批量：转派" in words(client.get("/desk/bulk/runs/"))
    assert django_settings.UNDO_SECONDS == 8


def test_e_06_a_fault_stands_in_the_sheet_over_the_list(home: House):
    [case], client = cases(home, 1), desk(home.bo_bo)
    given = {"action": "note", "chosen": f"{case.number}:1", "list": "view=all", "once": "a b"}

    bad = client.post("/desk/bulk/", given | {"text": ""}, HTTP_HX_REQUEST="true")
    good = client.post("/desk/bulk/", given | {"text": "同一批次"}, HTTP_HX_REQUEST="true")

    page = words(bad, 422)
    assert "<html" not in page
    assert "请填写这一项" in page
    assert 'id="sheet-title"' in page
    assert good["HX-Redirect"] == "/desk/inbox/?view=all"
    assert BulkRun.objects.count() == 1


def test_e_06_tags_are_put_on_and_taken_off_many_cases(home: House):
    some, client = cases(home, 2), desk(home.bo_bo)
    commands.tag(number=some[0].number, add="旧批次", by=home.bo_bo, at=NOW)
    picked = [f"{case.number}:0" for case in some]
    bad = client.post("/desk/bulk/", {"action": "tag", "chosen": picked, "add": " "})
    assert "请填写这一项" in words(bad, 422)

    order(client, "tag", {"add": "底座批次", "remove": "旧批次"}, chosen=picked)
    run = carried_out()

    names = {
        id: [tag.name for tag in tags] for id, tags in queries.tags(c.id for c in some).items()
    }
    assert names == {case.id: ["底座批次"] for case in some}
    assert "2 件已完成" in words(client.get(f"/desk/bulk/{run.id}/"))
