"""Who is held to account, over the pages of the desk: explain, sign, object, decide, put right."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from bihuan.cases import commands as cases
from bihuan.cases.tests.people import FRIDAY, House, house
from bihuan.complaints.models import Accountability, Rectification
from bihuan.complaints.tests.people import HOUR, SAID, breached, staff
from bihuan.core.actors import Actor, Role
from tests.house.addresses import staff as desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def judge(home: House) -> Actor:
    return staff("合规周", Role.COMPLIANCE, "compliance")


def told(client: Client, address: str, data: dict[str, Any] | None = None) -> str:
    """The page behind a form that was taken, or the page itself."""
    answer: Any = client.post(address, data) if data is not None else client.get(address)
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
    assert answer.status_code == 200, answer.content.decode()[:500]
    return str(answer.content.decode())


def test_2_13_2_3_3_a_breach_says_who_held_the_case_how_late_and_why(home: House):
    case, row = breached(home, hours=30)
    cases.assign(
        number=case.number, owner_id=home.chen.id, reason="改派", by=home.chen,
        at=FRIDAY + 31 * HOUR,
    )  # fmt: skip
    cases.answer(number=case.number, text="已联系商家。", by=home.chen, at=FRIDAY + 34 * HOUR)
    page = f"/desk/accountability/{row.id}/"

    seen = told(desk("波波"), page, SAID)

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", seen))
    assert "波波 · 客服部 1天7时 (1860) 91% 420" in text
    assert "陈主管 · 客服部 3时00分 (180) 9% 180" in text
    assert "合计 2040 分钟 100% 600" in text
    assert "10时00分 · 已定" in text
    assert "说明人 波波" in text
    assert Accountability.objects.get(id=row.id).cause_code == "handover"


def test_2_13_2_3_3_an_objection_goes_to_somebody_without_a_part_in_it(home: House, judge: Actor):
    _, row = breached(home)
    bo_bo, chen, zhou = desk("波波"), desk("陈主管"), desk("合规周")
    page = f"/desk/accountability/{row.id}/"
    told(bo_bo, page, SAID)
    told(chen, f"{page}sign/", {})

    bad = bo_bo.post(f"{page}appeal/", {"grounds": "短"})
    assert bad.status_code == 422
    assert "至少 5 个字" in bad.content.decode()
    assert "申诉中" in told(bo_bo, f"{page}appeal/", {"grounds": "当时案件不在我手上。"})

    decision = {"outcome": "changed", "reason": "日志显示已移交。", "staff_id": home.other_agent.id}
    assert chen.post(f"{page}decide/", decision).status_code == 403
    assert "签字的人不能裁决" in told(chen, f"{page}decide/")
    empty = zhou.post(f"{page}decide/", {"outcome": "changed", "reason": "日志显示已移交。"})
    assert empty.status_code == 422
    seen = told(zhou, f"{page}decide/", decision)

    assert "变更责任人" in seen
    assert "法务何" in seen
    assert "裁决人没有签字、没有填写说明" in seen
    assert "保存原因和措施" in told(desk("法务何"), page)


def test_2_13_2_3_3_a_record_that_was_wrong_is_cancelled_and_stays(home: House, judge: Actor):
    _, row = breached(home)
    page = f"/desk/accountability/{row.id}/"
    told(desk("波波"), page, SAID)
    told(desk("陈主管"), f"{page}sign/", {})
    told(desk("波波"), f"{page}appeal/", {"grounds": "系统故障，全组都无法登录。"})

    told(desk("合规周"), f"{page}decide/", {"outcome": "upheld", "reason": "核实为系统故障。"})

    assert "撤销" in told(desk("波波"), page)
    assert str(row.id) in told(desk("陈主管"), "/desk/accountability/?state=cancelled")


def test_2_13_2_3_3_what_is_put_right_is_set_shown_and_verified(home: House):
    _, row = breached(home)
    bo_bo, chen = desk("波波"), desk("陈主管")
    asked = {"what": "交接单增加到期时间一栏", "owner_id": home.bo_bo.id, "due_on": "2100-01-04"}

    wrong = chen.post(f"/desk/accountability/{row.id}/measures/new/", asked | {"due_on": "x"})
    assert wrong.status_code == 422
    told(chen, f"/desk/accountability/{row.id}/measures/new/", asked)
    made = Rectification.objects.get()
    page = f"/desk/accountability/measures/{made.id}/"

    assert "报告完成" in told(bo_bo, "/desk/accountability/measures/")
    assert "待核验" in told(bo_bo, page, {"evidence": "交接单已改版并培训。"})
    assert bo_bo.post(f"{page}verify/").status_code == 403
    assert "已退回" in told(chen, f"{page}return/", {"reason": "没有附上新表"})
    told(bo_bo, page, {"evidence": "交接单已改版，新表见共享目录。"})
    assert "已核验" in told(chen, f"{page}verify/", {})
    assert "交接单增加" in told(chen, "/desk/accountability/measures/?view=verified")
    assert bo_bo.get("/desk/accountability/measures/999/").status_code == 404


def test_4_1_the_list_behind_a_figure_says_how_many_it_shows(home: House):
    _, row = breached(home)
    clause = row.clauses.split()[0]

    behind = told(desk("陈主管"), f"/desk/accountability/?clause={clause}")
    none = told(desk("陈主管"), "/desk/accountability/?clause=9.9")
    everything = told(desk("陈主管"), "/desk/accountability/")

    assert "<title>问责与整改 (1)" in behind
    assert "<title>问责与整改 (0)" in none
    assert "件待处理" not in behind + none
    assert "件待处理" in everything
