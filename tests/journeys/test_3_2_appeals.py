"""3.2: from a result that is not accepted to a decision by somebody else, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bihuan.appeals.models import Appeal
from bihuan.appeals.tests.people import DECISION, GROUND, WHY
from bihuan.cases.tests.people import lawyer, supervisor
from bihuan.cases.tests.pictures import photo
from bihuan.core.actors import Actor
from bihuan.notify.models import Message
from tests.journeys.walk import DAY, HOUR, plain

if TYPE_CHECKING:
    from bihuan.cases.models import Case
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


def told(walk: Walk) -> Case:
    """爱丽's complaint with a result that was told."""
    from bihuan.cases.tests.people import file
    from bihuan.cases.tests.stories import notified, resolved

    case = file(walk.home, walk.at)
    resolved(walk.home, case)
    notified(walk.home, case)
    walk.until(walk.at + 4 * HOUR)
    case.refresh_from_db()
    return case


def appealed(walk: Walk, case: Case) -> Appeal:
    given = {"ground": GROUND, "text": WHY, "wish": "全额退款"}
    ai_li = walk.client(walk.home.ai_li)
    sent = ai_li.post(f"{case.url}appeal/", given | {"files": photo()})
    assert sent.status_code == 302, plain(sent)
    walk.until(walk.at + HOUR)
    row = Appeal.objects.get(case_id=case.id)
    assert sent["Location"] == f"{case.url}appeals/{row.number}/"
    return row


@pytest.mark.usefixtures("letters_home")
def test_3_01_3_2_an_appeal_is_lodged_reviewed_by_another_and_upheld(walk: Walk):
    he, case = lawyer("法务何清"), told(walk)
    ai_li = walk.client(walk.home.ai_li)
    assert f"{case.url}appeal/" in ai_li.get(case.url).content.decode()

    row = appealed(walk, case)

    page = plain(ai_li.get(f"{case.url}appeals/{row.number}/"))
    assert "等复核人 法务何清 受理" in page
    assert "不在经办过这件的任何部门" in page
    assert "您的申诉正在办理" in plain(ai_li.get(case.url))
    desk = walk.client(he)
    assert row.number in desk.get("/desk/appeals/?show=mine").content.decode()
    here = f"/desk/appeals/{row.number}/"
    assert "所在部门经办过" in plain(desk.get(here))
    assert desk.post(f"{here}accept/", {"text": "我将核对您的视频。"}).status_code == 302
    lost = desk.post(
        f"{here}decide/", {"outcome": "upheld", "facts": "开箱视频显示签收时已有裂纹。"}
    )
    assert lost.status_code == 422
    assert "开箱视频显示签收时已有裂纹。" in lost.content.decode()
    assert desk.post(f"{here}decide/", {"outcome": "upheld", **DECISION}).status_code == 302
    walk.until(walk.at + HOUR)

    case.refresh_from_db()
    assert (case.state, case.round) == ("accepted", 2)
    assert DECISION["reasons"] in plain(ai_li.get(f"{case.url}appeals/{row.number}/"))
    told_of = set(
        Message.objects.filter(person_id=case.person_id).values_list("template", flat=True)
    )
    assert {"appeal_filed", "appeal_accepted", "appeal_decided", "overturned"} <= told_of


def test_3_02_the_page_refuses_who_touched_the_case_and_keeps_what_they_wrote(walk: Walk):
    he, case = lawyer("法务何清"), told(walk)
    row = appealed(walk, case)
    desk = walk.client(he)
    here = f"/desk/appeals/{row.number}/"
    desk.post(f"{here}accept/", {"text": "我将核对您的视频。"})
    walk.did(he, case, "note", text="顺手在案件上写了一条备注")

    no = desk.post(f"{here}decide/", {"outcome": "dismissed", **DECISION})

    assert no.status_code == 403
    assert "经办过这件案件" in plain(no)
    assert DECISION["reasons"] in no.content.decode()
    row.refresh_from_db()
    assert row.state == "in_review"


def test_3_04_an_overdue_appeal_tells_its_person_what_they_can_do(walk: Walk):
    lawyer("法务何清")
    case = told(walk)
    row = appealed(walk, case)

    walk.until(walk.at + 4 * DAY)

    ai_li = walk.client(walk.home.ai_li)
    page = plain(ai_li.get(f"{case.url}appeals/{row.number}/"))
    assert "这件申诉已超过时限" in page
    assert "走平台以外的途径" in page
    late = Message.objects.filter(person_id=case.person_id, template="appeal_late")
    assert late.exists()


def test_3_2_bad_input_and_a_second_appeal_are_answered_where_they_happened(walk: Walk):
    supervisor("钟总", "management")
    case = told(walk)
    ai_li = walk.client(walk.home.ai_li)

    bad = ai_li.post(f"{case.url}appeal/", {"text": "不服"})
    assert bad.status_code == 422
    assert "请选择一个最接近的理由" in plain(bad)
    assert "不服" in bad.content.decode()
    row = appealed(walk, case)

    again = ai_li.get(f"{case.url}appeal/")
    assert again["Location"].endswith(f"/appeals/{row.number}/")
    here = f"{case.url}appeals/{row.number}/"
    empty = ai_li.post(here, {"act": "add", "text": ""})
    assert empty.status_code == 422
    assert ai_li.post(here, {"act": "object", "reason": "与商家相熟"}).status_code == 302
    assert ai_li.post(here, {"act": "object", "reason": "再换一位"}).status_code == 409
    assert ai_li.post(here, {"act": "withdraw"}).status_code == 302
    stranger = walk.client(Actor(walk.home.ding.id, walk.home.ding.roles))
    assert stranger.get(here).status_code == 404
