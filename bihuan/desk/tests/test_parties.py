"""Payment and logistics at the desk: steps ticked, others asked, the list, faults at fields."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.cases import commands as cases
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.complaints import commands, queries
from bihuan.complaints.models import Inquiry
from bihuan.desk.tests.conftest import NOW, RECENTLY, desk_of

pytestmark = pytest.mark.django_db
LIST = "/desk/worklists/"


@pytest.fixture
def case(house: House) -> Case:
    return people.file(
        house, RECENTLY, text="包裹显示签收但没收到。", issue="delivery_damage_or_loss"
    )


def words(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]  # a response of the client


def asked(**changes: str) -> dict[str, str]:
    return {
        "party": "courier:sf", "name": "", "manner": "complaint", "way": "phone",
        "what": "请查签收照片和派件员说明", "reference": "SF-778", "asked_at": "",
    } | changes  # fmt: skip


def sent(client: Client, case: Case, **changes: str) -> Inquiry:
    answer = client.post(f"{case.desk_url}inquiries/new/", asked(**changes))
    assert answer["Location"] == f"{case.desk_url}?tab=parties"
    return Inquiry.objects.latest("id")


def test_a_courier_is_asked_and_its_answer_is_on_the_case(bo_bo: Client, case: Case) -> None:
    form = words(bo_bo.get(f"{case.desk_url}inquiries/new/"))
    assert "平台自己的时限照走" in form
    assert form.index("顺丰速运") < form.index("支付宝")  # the trade of its group is in front

    row = sent(bo_bo, case)

    tab = words(bo_bo.get(f"{case.desk_url}?tab=parties"))
    for told in (
        "顺丰速运",
        "SF-778",
        "《快递暂行条例》第28条",
        "法律规定的期限",
        "不停止、不延长",
    ):
        assert told in tab
    url = f"/desk/inquiries/{row.id}/"
    empty = bo_bo.post(f"{url}answer/", {"answer": "", "reference": ""})
    assert empty.status_code == 422
    assert "请填写这一项" in words(empty)
    bo_bo.post(f"{url}answer/", {"answer": "误投隔壁，同意赔付。", "reference": ""})
    assert "误投隔壁" in words(bo_bo.get(f"{case.desk_url}?tab=parties"))
    assert "误投隔壁" in words(bo_bo.get(case.desk_url))
    assert bo_bo.post(f"{url}answer/", {"answer": "再来一次", "reference": ""}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"party": ""}, "请填写这一项"),
        ({"party": "courier:"}, "请填写这一项"),
        ({"party": "bank:x"}, "请从给出的选项中选择"),
        ({"party": "courier:alipay"}, "请从给出的选项中选择"),
        ({"what": ""}, "请填写这一项"),
        ({"way": "pigeon"}, "请从给出的选项中选择"),
        ({"asked_at": "yesterday"}, "请填写日期和时间"),
        ({"asked_at": "2026-03-12T10:00"}, "时间不能晚于现在"),
        ({"asked_at": "2026-03-01T10:00"}, "时间不能早于收到这件的时间"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_written_is_kept(
    bo_bo: Client, case: Case, changes: dict[str, str], said: str
) -> None:
    answer = bo_bo.post(f"{case.desk_url}inquiries/new/", asked(**changes))

    assert answer.status_code == 422
    assert said in words(answer)
    assert "SF-778" in words(answer)
    assert not Inquiry.objects.exists()


def test_steps_are_ticked_left_out_with_a_reason_and_named_when_deciding(
    bo_bo: Client, house: House, case: Case
) -> None:
    tab = words(bo_bo.get(f"{case.desk_url}?tab=parties"))
    assert tab.index("查物流轨迹") < tab.index("责任认定") < tab.index("赔付或补发")
    step = f"{case.desk_url}steps/"

    for _ in range(2):  # pressed twice
        done = bo_bo.post(f"{step}parcel_traced/", {"state": "done"})
        assert done["Location"] == f"{case.desk_url}?tab=parties"
    bare = bo_bo.post(f"{step}goods_made_good/", {"state": "skipped", "reason": ""})
    assert (bare.status_code, "请填写这一项" in words(bare)) == (422, True)
    bo_bo.post(f"{step}goods_made_good/", {"state": "skipped", "reason": "包裹已找到"})

    assert "理由：包裹已找到" in words(bo_bo.get(f"{case.desk_url}?tab=parties"))
    story = words(bo_bo.get(case.desk_url))
    assert "查物流轨迹" in story.partition("办理步骤已完成")[2][:200]
    assert "赔付或补发" in story.partition("办理步骤不适用")[2][:200]
    decide = words(bo_bo.get(f"{case.desk_url}decide/"))
    warning = decide.partition("必做的办理步骤还没有记录：")[2].partition("；")[0]
    assert warning == "责任认定、告知用户"
    bo_bo.post(f"{step}goods_made_good/", {"state": "open"})
    assert len(queries.steps_left(case, NOW)) == 3
    assert bo_bo.post(f"{step}no_such_step/", {"state": "done"}).status_code == 422


def test_of_another_department_nothing_can_be_marked_or_asked(house: House, case: Case) -> None:
    lawyer = desk_of(house.other_agent)

    assert "查物流轨迹" in words(lawyer.get(f"{case.desk_url}?tab=parties"))
    assert "记为不适用" not in words(lawyer.get(f"{case.desk_url}?tab=parties"))
    assert lawyer.get(f"{case.desk_url}inquiries/new/").status_code == 403
    assert lawyer.post(f"{case.desk_url}inquiries/new/", asked()).status_code == 403
    marked = lawyer.post(f"{case.desk_url}steps/parcel_traced/", {"state": "done"})
    assert marked.status_code == 403


def test_a_closed_case_asks_nobody(bo_bo: Client, house: House, case: Case) -> None:
    cases.withdraw(number=case.number, by=house.ai_li, at=NOW)

    assert bo_bo.post(f"{case.desk_url}inquiries/new/", asked()).status_code == 409


def test_62_the_worklist_shows_who_was_asked_under_which_number_and_what_is_left(
    bo_bo: Client, house: House, case: Case
) -> None:
    sent(bo_bo, case)
    people.file(house, RECENTLY, text="支付扣了两次钱。", issue="payment_error")

    logistics = words(bo_bo.get(f"{LIST}?group=logistics"))
    payment = words(bo_bo.get(f"{LIST}?group=payment"))

    for told in (case.number, "顺丰速运", "SF-778", "查物流轨迹、责任认定"):
        assert told in logistics
    assert case.number not in payment
    assert "未查询" in payment
    assert "/desk/worklists/" in words(bo_bo.get("/desk/more/"))
    wrong = bo_bo.get(f"{LIST}?group=weather&cursor=x")
    assert wrong.status_code == 422
    assert "请从给出的选项中选择" in words(wrong)


def test_the_worklist_and_the_tab_ask_as_often_for_many_as_for_one(
    bo_bo: Client, house: House, case: Case
) -> None:
    sent(bo_bo, case)
    bo_bo.get(f"{LIST}?group=logistics")

    def looked(url: str) -> int:
        with CaptureQueriesContext(connection) as asked_for:
            assert bo_bo.get(url).status_code == 200
        return len(asked_for)

    few = looked(f"{LIST}?group=logistics")
    for n in range(3):
        other = people.file(house, RECENTLY, text=f"还没收到货{n}", issue="delivery_delay")
        sent(bo_bo, other)
    one = looked(f"{case.desk_url}?tab=parties")
    for n in range(3):
        sent(bo_bo, case, what=f"再问一次{n}")

    assert looked(f"{LIST}?group=logistics") == few
    assert looked(f"{case.desk_url}?tab=parties") == one


def test_a_quality_problem_has_no_steps_but_others_can_be_asked(
    bo_bo: Client, house: House
) -> None:
    other = people.file(house, RECENTLY, issue="product_quality")

    tab = words(bo_bo.get(f"{other.desk_url}?tab=parties"))

    assert "办理步骤" not in tab
    assert "还没有向支付机构或快递企业查询" in tab


def test_the_law_is_beside_the_handbook_on_the_tab_of_clocks(
    bo_bo: Client, house: House, case: Case
) -> None:
    assert "法律规定的期限" not in words(bo_bo.get(f"{case.desk_url}?tab=clocks"))
    commands.ask(
        number=case.number, kind="courier", party="sf", manner="complaint", way="web",
        what="丢件投诉", by=house.bo_bo, at=NOW,
    )  # fmt: skip

    assert "应于 3月18日 24:00 前" in words(bo_bo.get(f"{case.desk_url}?tab=clocks"))
