"""Whatever is typed or sent at the desk is answered at its field, and nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import House, file
from bihuan.desk.tests.acts import LATER, do, whole_form
from bihuan.desk.tests.conftest import NOW, RECENTLY
from bihuan.portal.tests.doors import sign_in

LONG = "字" * 20_001
REFUSED = [
    ("answer", {"text": ""}, "请填写这一项"),
    ("answer", {"text": "  \n "}, "请填写这一项"),
    ("answer", {"text": LONG}, "最多 20000 个字，现在有 20001 个字"),
    ("answer", {"text": "看不见\x00的字"}, "含有无法显示的字符"),
    ("answer", {"text": "反\u202e写"}, "含有无法显示的字符"),
    ("note", {"text": LONG}, "最多 20000 个字"),
    ("review", {"reason": "一行\n两行"}, "请写在一行内"),
    ("review", {"reason": "好", "lead_id": "999"}, "请从给出的选项中选择"),
    ("plan", {"owner_id": "999", "due_on": LATER, "text": "改进"}, "请从给出的选项中选择"),
    ("plan", {"owner_id": "", "due_on": "morgen", "text": "改进"}, "请填写日期"),
    ("set_tier", {"tier": "9", "reason": "试"}, "请从给出的选项中选择"),
    ("set_priority", {"priority": "", "reason": "试"}, "请填写这一项"),
    ("set_severity", {"severity": "deadly", "reason": "试"}, "请从给出的选项中选择"),
    ("classify", {"issue": "bad_mood", "reason": "试"}, "请从给出的选项中选择"),
    ("assign", {"owner_id": "999"}, "请从给出的选项中选择"),
    ("assign", {}, "请选择处理人或部门之一"),
    ("find", {"finding": "属实", "department": "moon"}, "请从给出的选项中选择"),
    ("repair", {"failed": "支付", "restored_at": "2026-03-12T09:00"}, "时间不能晚于现在"),
    ("repair", {"failed": "支付", "restored_at": "soon"}, "请填写日期和时间"),
    ("merge", {"into": "TS0000000000000000"}, "没有找到这个编号的案件"),
]


@pytest.mark.parametrize(("action", "fields", "why"), REFUSED)
def test_a_step_with_a_fault_is_refused_at_its_field_and_changes_nothing(
    house: House, bo_bo: Client, action: str, fields: dict[str, str], why: str
):
    case = file(house, RECENTLY)

    response = do(bo_bo, case, action, **fields)

    assert response.status_code == 422
    assert why in response.content.decode()
    case.refresh_from_db()
    assert case.version == 1


def test_what_was_written_is_still_there_after_a_refusal(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    for action, field in (("answer", "text"), ("propose", "solution"), ("merge", "into")):
        page = do(bo_bo, case, action, **{field: "别丢掉\x07我"}).content.decode()
        assert "别丢掉" in page, action


def test_ten_thousand_emoji_are_words_like_others(house: House, bo_bo: Client):
    case = file(house, RECENTLY)

    response = do(bo_bo, case, "answer", text="😡" * 10_000)

    assert response.status_code == 302
    assert Entry.objects.get(case_id=case.id, kind="answer").text == "😡" * 10_000


def test_a_case_is_merged_neither_into_itself_nor_into_one_that_has_ended(
    house: House, bo_bo: Client
):
    case, ended = file(house, RECENTLY), file(house, RECENTLY)
    commands.withdraw(number=ended.number, by=house.ai_li, at=RECENTLY)

    itself = do(bo_bo, case, "merge", into=case.number)
    over = do(bo_bo, case, "merge", into=ended.number)

    assert (itself.status_code, over.status_code) == (422, 422)
    assert "不能并入自己" in itself.content.decode()
    assert "该案件已办结，不能并入" in over.content.decode()
    case.refresh_from_db()
    assert case.state == "filed"


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("accept", {"text": "再受理一次"}),
        ("resolve", {"outcome": "supported", "reason": "属实", "basis": "2.3.2"}),
        ("notify", {"progress": "核对", "result": "退款"}),
        ("unmerge", {"reason": "不是一件事"}),
        ("reopen", {"text": "再来"}),
    ],
)
def test_a_step_that_is_not_possible_now_says_so_and_keeps_the_case(
    house: House, chen: Client, action: str, fields: dict[str, str]
):
    case = file(house, RECENTLY)
    commands.accept(number=case.number, text="已受理", by=house.chen, at=RECENTLY)
    plans: dict[str, Any] = {}
    if action == "notify":
        plans = {"follow_ups-what-1": "回访", "follow_ups-due_on-1": LATER}
        plans["follow_ups-owner_id-1"] = str(house.bo_bo.id)

    response = do(chen, case, action, **fields, **plans)

    page = response.content.decode()
    assert response.status_code == 409
    assert "现在不能进行这一步" in page or "作出处理前还要完成" in page
    case.refresh_from_db()
    assert (case.state, case.version) == ("accepted", 2)


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"follow_ups-due_on-1": "2026-03-10"}, "follow_ups-due_on-1", "日期不能早于今天"),
        ({"follow_ups-owner_id-1": "999"}, "follow_ups-owner_id-1", "请从给出的选项中选择"),
        ({"follow_ups-what-1": "字" * 301}, "follow_ups-what-1", "内容太长"),
        ({"follow_ups-due_on-2": LATER}, "follow_ups-what-2 follow_ups-owner_id-2", "请填写这一项"),
        (
            {"follow_ups-what-3": "回访", "follow_ups-due_on-3": "2026-03-01"},
            "follow_ups-owner_id-3",
            "请填写这一项",
        ),
        ({"progress": ""}, "progress", "请填写这一项"),
    ],
)
def test_a_fault_of_the_decision_stands_at_its_own_row_and_field(
    house: House, bo_bo: Client, changes: dict[str, str], field: str, why: str
):
    case = file(house, RECENTLY)
    given = {f"notify-{name}": value for name, value in changes.items()}

    response = bo_bo.post(f"{case.desk_url}decide/", whole_form(case, house.bo_bo) | given)

    page = response.content.decode()
    assert response.status_code == 422
    assert re.findall(r'<a href="#id_notify-([^"]+)">[^<]*' + why, page) == field.split()
    case.refresh_from_db()
    assert case.state == "filed"


def test_a_measure_that_is_past_is_named_among_several(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    second = {"what": "复查页面", "owner_id": str(house.bo_bo.id), "due_on": "2026-03-01"}
    rows = {f"notify-follow_ups-{key}-2": value for key, value in second.items()}

    response = bo_bo.post(f"{case.desk_url}decide/", whole_form(case, house.bo_bo) | rows)

    assert re.findall(r'<a href="#id_notify-([^"]+)">', response.content.decode()) == [
        "follow_ups-due_on-2"
    ]


def test_a_version_that_is_no_number_is_refused(house: House, bo_bo: Client):
    case = file(house, RECENTLY)

    form = whole_form(case, house.bo_bo) | {"expected_version": "many"}

    assert bo_bo.post(f"{case.desk_url}decide/", form).status_code == 422


def test_doors_that_act_do_not_exist_for_customers_and_strangers(house: House):
    case = file(house, NOW - timedelta(hours=1))
    doors = [
        *(f"{case.desk_url}do/{action}/" for action in ("answer", "assign", "merge", "note")),
        f"{case.desk_url}decide/", f"{case.desk_url}reveal/", f"{case.desk_url}measures/1/done/",
        "/desk/cases/new/", "/desk/held/1/undo/", "/desk/held/1/drop/",
    ]  # fmt: skip
    own, stranger = sign_in(Client(), house.ai_li), sign_in(Client(), house.ding)

    answers = {url: (own.post(url).status_code, stranger.post(url).status_code) for url in doors}

    assert answers == dict.fromkeys(doors, (404, 404))
    assert Client().post(doors[0])["Location"].startswith("/staff/login/")
    assert Case.objects.get().version == 1


def test_a_form_without_its_token_from_another_site_is_refused(house: House):
    from bihuan.accounts.models import Staff

    case = file(house, RECENTLY)
    client = Client(enforce_csrf_checks=True)
    client.force_login(Staff.objects.get(id=house.bo_bo.id).user)

    response = client.post(f"{case.desk_url}do/note/", {"text": "骗来的"})

    assert response.status_code == 403
    assert not Entry.objects.filter(case_id=case.id, kind="note").exists()
