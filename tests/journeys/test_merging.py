"""Two cases made one, one made two, and a merge undone: nothing said or owed is lost (E.02)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from bihuan.cases.models import Case, Entry
from bihuan.complaints.models import SubTask
from bihuan.core.clocks import SHANGHAI
from tests.journeys.walk import DAY, HOUR, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


def dues(walk: Walk, case: Case) -> list[tuple[str, datetime]]:
    rows = walk.api.get(f"/cases/{case.number}").json()["clocks"]
    return sorted(
        (c["milestone"], datetime.fromisoformat(c["due_at"]))
        for c in rows
        if c["state"] == "running"
    )


def test_e_02_2_2_3_the_later_of_two_alike_is_merged_from_either_and_undone_with_its_dues(
    walk: Walk,
):
    bo_bo, chen = walk.home.bo_bo, walk.home.chen
    first = walk.called()
    walk.at += HOUR
    second = walk.called()
    owed = dues(walk, second)
    for case, words in ((first, "把这件并入本件"), (second, "把本件并入这件")):
        shown = walk.client(bo_bo).get(case.desk_url).content.decode()
        assert f'action="{second.desk_url}do/merge/"' in shown
        assert words in shown
    lost = walk.do(bo_bo, first, "merge", into=second.number)
    assert lost.status_code == 422
    assert "那件收到得更晚" in plain(lost)

    walk.did(bo_bo, second, "merge", into=first.number)
    walk.at += HOUR
    walk.did(chen, second, "unmerge", reason="不是同一台机器")

    assert second.state == "filed"
    assert dues(walk, second) == owed


def test_e_02_2_2_3_what_is_split_off_owes_from_when_the_person_said_it(walk: Walk):
    case = walk.called()
    owed = dues(walk, case)
    walk.at += HOUR
    walk.asked(case, "message", text="还有，另一个包裹送错了地址。")
    said = Entry.objects.get(case_id=case.id, voice="user", kind="message")
    walk.at += HOUR

    walk.did(
        walk.home.bo_bo, case, "split", entry_id=said.id, text="另一个包裹送错了地址。",
        reason="两件事",
    )  # fmt: skip

    other = Case.objects.exclude(id=case.id).get()
    assert other.received_at == said.at
    assert dues(walk, case) == owed
    assert ("case.first_response", said.at + DAY) in dues(walk, other)
    assert other.number in walk.see(walk.home.bo_bo, case.desk_url)


def test_e_02_2_4_1_a_merged_case_leads_its_person_to_the_one_that_goes_on(walk: Walk):
    first = walk.called()
    walk.at += HOUR
    second = walk.called()
    walk.did(walk.home.bo_bo, second, "merge", into=first.number)

    page = walk.client(walk.home.ai_li).get(second.url).content.decode()

    assert f'href="{first.url}"' in page
    assert f"看合并后的个案 {first.number}" in page
    guest = Client()
    session = guest.session
    session["person_id"], session["guest_case"] = walk.home.ai_li.id, second.id
    session.save()
    page = guest.get(second.url).content.decode()
    assert f'href="/signin/?next={first.url}"' in page
    assert "需要先用手机号或邮箱登录" in page
    assert guest.get(first.url).status_code == 404


def test_e_02_2_2_3_the_log_of_the_case_that_took_another_in_says_no_move_it_did_not_make(
    walk: Walk,
):
    bo_bo, chen = walk.home.bo_bo, walk.home.chen
    first = walk.called()
    walk.at += HOUR
    second = walk.called()
    lawyer = walk.home.other_agent
    walk.did(chen, first, "assign", owner_id=str(lawyer.id), reason="请法务看")
    walk.did(bo_bo, second, "merge", into=first.number)
    walk.did(chen, second, "unmerge", reason="不是同一台机器")

    log = walk.see(chen, f"{first.desk_url}?tab=log")

    assert log.count("法务何 （理由见时间线）") == 1
    assert ("已并案" in log, "已撤销并案" in log) == (True, True)


def test_e_02_2_2_3_what_a_colleague_wrote_stays_when_the_case_was_merged_meanwhile(walk: Walk):
    bo_bo, lawyer = walk.home.bo_bo, walk.home.other_agent
    first = walk.called()
    walk.at += HOUR
    second = walk.called()
    ask = {"what": "核对商家退货条款", "department": "legal", "owner_id": "",
           "due_at": (walk.at + HOUR).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")}  # fmt: skip
    assert walk.send(bo_bo, f"{second.desk_url}tasks/new/", ask).status_code == 302
    share = SubTask.objects.get(case_id=second.id)
    shown = walk.see(bo_bo, f"{second.desk_url}decide/")
    assert "还不能作出处理，要等：协办部门完成子任务" in shown.replace(" ", "")
    walk.did(bo_bo, second, "merge", into=first.number)

    answer = walk.send(
        lawyer, f"/desk/tasks/{share.id}/finish/", {"result": "条款无效，理由如下。"}
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "条款无效，理由如下。" in page
    assert "这件案件已并案，子任务现在不能处理。" in plain(answer)
    assert "没有成功，原因如下" in page


def test_e_02_2_2_3_a_merge_of_two_different_orders_says_so_at_once(walk: Walk):
    first, other = walk.called(), walk.called()
    walk.at += HOUR
    second, third = walk.called(), walk.called()
    Case.objects.filter(id__in=[first.id, third.id]).update(order_id=17)
    Case.objects.filter(id__in=[other.id, second.id]).update(order_id=18)
    bo_bo = walk.client(walk.home.bo_bo)

    walk.did(walk.home.bo_bo, second, "merge", into=first.number)
    assert "两件的订单或商家不同" in plain(bo_bo.get(second.desk_url))

    walk.did(walk.home.bo_bo, third, "merge", into=first.number)
    assert "两件的订单或商家不同" not in plain(bo_bo.get(third.desk_url))
