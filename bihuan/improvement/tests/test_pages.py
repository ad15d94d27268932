"""The pages of the committee and of feedback, by each role, with what is wrong beside its field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.cases.tests import people
from bihuan.core.actors import Actor
from bihuan.improvement import commands
from bihuan.improvement.models import Decision, FeedbackTriage, Meeting, Seat
from bihuan.improvement.tests import table
from bihuan.improvement.tests.table import MINUTES, NOW, TEXT, Committee

pytestmark = pytest.mark.django_db
DESK = "/desk/committee/"


@pytest.fixture(autouse=True)
def at_ten(settings: Any, tmp_path: Any) -> None:
    """Every request comes in at NOW."""
    settings.STATIC_ROOT = tmp_path
    settings.MIDDLEWARE = ["bihuan.improvement.tests.test_pages.at_now", *settings.MIDDLEWARE]


def at_now(get_response: Any) -> Any:
    def asked(request: Any) -> Any:
        request._at = NOW
        return get_response(request)

    return asked


@pytest.fixture
def four() -> Committee:
    return table.committee()


def browser(actor: Actor) -> Client:
    from bihuan.accounts.models import Staff

    client = Client()
    client.force_login(Staff.objects.get(id=actor.id).user)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_an_incomplete_committee_names_what_is_missing():
    three = table.committee(("operations", "law", "technology"))

    page = text(browser(three.secretary).get(DESK))

    assert "客服还没有委员" in page
    assert "召集会议" in page


def test_who_reads_sees_no_button_and_who_does_not_read_sees_published_decisions_only(
    four: Committee,
):
    one = table.meeting(four)
    made = table.decide(four, table.item(four, one))
    table.close(four, one)

    chen, bo_bo = browser(four.house.chen), browser(four.house.bo_bo)

    assert made.number in text(chen.get(DESK))
    assert "召集会议" not in text(chen.get(DESK))
    assert chen.get(f"{DESK}meetings/new/").status_code == 403
    assert made.number not in text(bo_bo.get(DESK))
    assert bo_bo.get(f"{DESK}meetings/{one.id}/").status_code == 404
    assert Client().get(DESK).status_code == 302


def test_who_belongs_to_the_committee_alone_comes_to_its_page_and_sees_no_inbox(four: Committee):
    from django.contrib.auth.models import User

    user = User.objects.get(username="钟岳")
    user.set_password("denu-xztr-pnbj-51")
    user.save()
    client = Client()

    into = client.post("/staff/login/", {"login": "钟岳", "password": "denu-xztr-pnbj-51"})

    assert into["Location"] == DESK
    page = text(client.get(DESK))
    assert 'href="/desk/committee/" aria-current="page"' in page
    assert 'href="/desk/inbox/"' not in page.partition("<main")[0]


def test_a_seat_is_given_and_a_fault_stands_at_its_field(four: Committee):
    client = browser(four.secretary)
    given = {"function": "law", "staff_id": str(four.members[0].id), "from_on": "2026-03-11"}

    bad = client.post(f"{DESK}seats/new/", given)
    assert bad.status_code == 422
    assert "这位同事在这段时间里已有席位" in text(bad)
    odd = client.post(f"{DESK}seats/new/", given | {"from_on": "0001-01-01"})
    assert "请填写日期" in text(odd)

    given["staff_id"] = str(four.house.chen.id)
    assert client.post(f"{DESK}seats/new/", given).status_code == 302
    assert Seat.objects.filter(staff_id=four.house.chen.id).exists()


def test_a_seat_is_ended(four: Committee):
    client, seat = browser(four.secretary), four.seats[1]

    page = client.post(f"{DESK}seats/{seat.id}/end/", {"until_on": "2026-03-01"})
    assert "日期不能早于今天" in text(page)
    assert client.post(f"{DESK}seats/{seat.id}/end/", {"until_on": "2026-03-31"}).status_code == 302
    assert f"{Seat.objects.get(id=seat.id).until_on}" == "2026-03-31"
    assert client.get(f"{DESK}seats/7/end/").status_code == 404


def test_a_whole_meeting_goes_by_plain_forms(four: Committee):
    client = browser(four.secretary)
    called = client.post(
        f"{DESK}meetings/new/", {"starts_at": "2026-03-11T10:00", "place": "三号会议室"}
    )
    one = Meeting.objects.get()
    assert called["Location"] == f"{DESK}meetings/{one.id}/"
    here = called["Location"]
    put = {"title": "首次答复的抽查", "clause": "1.4", "put_by": str(four.members[0].id)}
    assert client.post(f"{here}items/", put | {"numbers": "TS9"}).status_code == 422
    assert client.post(f"{here}items/", put).status_code == 302
    item = one_item(one)
    decide = f"{DESK}items/{item}/"
    assert "请先签到" in text(client.get(decide))
    seats = [str(seat.id) for seat in four.seats]
    assert client.post(f"{here}close/", {"minutes": MINUTES}).status_code == 422
    client.post(f"{here}attendance/", {"present": seats})
    votes = {f"vote_{seat}": "for" for seat in seats}
    bad = client.post(decide, votes | {"text": TEXT, "clauses": "1.4、9.9"})
    assert bad.status_code == 422
    assert "手册里没有这一条" in text(bad)
    assert TEXT in text(bad)

    client.post(decide, votes | {"text": TEXT, "clauses": "1.4、2.3.3"})
    client.post(f"{here}close/", {"minutes": MINUTES})

    made = Decision.objects.get()
    assert (made.adopted, made.clauses) == (True, ["1.4", "2.3.3"])
    page = text(client.get(here))
    assert MINUTES in page
    assert "列入议程" not in page
    assert text(client.get(f"{DESK}decisions/{made.id}/")).count("赞成</dd>") == 4
    late = client.post(decide, votes | {"text": TEXT, "clauses": "1.4"})
    assert "会议已结束，材料不能再改" in text(late)


def one_item(one: Meeting) -> int:
    from bihuan.improvement.models import Item

    return Item.objects.get(meeting_id=one.id).id


def test_without_quorum_the_page_says_how_many_are_missing(four: Committee):
    one = table.meeting(four, present=2)
    item = table.item(four, one)
    votes = {f"vote_{seat.id}": "for" for seat in four.seats[:2]}

    client = browser(four.secretary)
    page = client.post(f"{DESK}items/{item.id}/", votes | {"text": TEXT, "clauses": "1.4"})

    assert page.status_code == 422
    assert "可以表决的席位只有 2 个，至少要有 3 个" in text(page)
    assert not Decision.objects.exists()


def test_a_member_is_recused_by_a_form(four: Committee):
    item = table.item(four, table.meeting(four))
    client = browser(four.secretary)

    given = {"seat_id": str(four.seats[0].id), "reason": "本人是当事商家亲属"}
    assert client.post(f"{DESK}items/{item.id}/recuse/", given).status_code == 302

    page = text(client.get(f"{DESK}items/{item.id}/"))
    assert f"vote_{four.seats[0].id}" not in page
    assert "本人是当事商家亲属" in page


def test_a_published_decision_is_read_by_everybody_without_names(four: Committee):
    one, owner = table.meeting(four), four.house.bo_bo
    later = NOW.date() + timedelta(days=30)
    made = table.decide(four, table.item(four, one), owner_id=owner.id, due_on=later)
    table.close(four, one)
    assert TEXT not in text(Client().get("/committee/"))
    client, here = browser(four.secretary), f"{DESK}decisions/{made.id}/"

    assert "决议已公开" in text(client.post(f"{here}publish/", follow=True))
    assert "已经公开" in text(client.post(f"{here}publish/", follow=True))

    page = text(Client().get("/committee/"))
    assert TEXT in page
    assert "/policies/2.3.3/" in page
    assert "赞成 4，反对 0，弃权 0" in page
    assert "4月10日" in page
    assert owner.name not in page
    assert "决议已落实" not in page
    assert browser(owner).post(f"{here}finish/").status_code == 302
    assert "已落实" in text(Client().get("/committee/"))
    assert Client().post("/committee/").status_code == 405


def test_a_page_of_decisions_leads_to_the_next(four: Committee):
    one = table.meeting(four)
    for n in range(21):
        table.decide(four, table.item(four, one, title=f"议题{n}"))

    page = text(browser(four.secretary).get(DESK))

    after = page.partition('href="?show=&amp;cursor=')[2].partition('"')[0]
    assert "2026-001" not in page
    assert "2026-001" in text(browser(four.secretary).get(f"{DESK}?cursor={after}"))
    assert Client().get("/committee/?cursor=x").status_code == 422


def test_feedback_is_judged_planned_and_answered_by_plain_forms(four: Committee):
    house, client = four.house, browser(four.house.bo_bo)
    case = people.file(house, at=NOW, kind="suggestion", text="希望订单页能按店铺筛选。")
    here = f"/desk/feedback/{case.number}/"
    assert "待分级" in text(client.get("/desk/feedback/"))
    assert "案件的严重程度：一般" in text(client.get(here))

    bad = client.post(here, {"severity": "9", "reach": "1", "haste": "1"})
    assert bad.status_code == 422
    unsaid = {"severity": "1", "reach": "1", "haste": "1", "level": "urgent"}
    assert "请填写这一项" in text(client.post(here, unsaid))
    client.post(here, {"severity": "2", "reach": "3", "haste": "2"})
    assert "严重 2 × 范围 3 × 紧急 2 = 12" in text(client.get("/desk/feedback/?show=urgent"))

    plan = {"owner_id": str(house.bo_bo.id), "due_on": "2026-03-01", "text": "排入三月的版本。"}
    assert "日期不能早于今天" in text(client.post(f"{here}plan/", plan))
    assert client.post(f"{here}plan/", plan | {"due_on": "2026-03-31"}).status_code == 302
    page = text(client.get("/desk/feedback/"))
    assert "3月31日" in page
    assert "已答复" in page
    assert FeedbackTriage.objects.get().level == "urgent"


def test_a_complaint_is_taken_in_by_its_number(four: Committee):
    case, client = people.file(four.house), browser(four.house.bo_bo)

    found = client.get("/desk/feedback/", {"number": case.number.lower()})
    assert found["Location"] == f"/desk/feedback/{case.number}/"
    missing = client.get("/desk/feedback/", {"number": "TS1"})
    assert missing.status_code == 422
    assert "没有找到这个编号" in text(missing)
    assert client.get("/desk/feedback/TS1/").status_code == 404


def test_feedback_is_not_for_customers_nor_for_those_who_may_not_see_the_case(four: Committee):
    case = people.file(four.house, kind="praise", text="客服很耐心，谢谢。")

    for client in (browser(four.secretary), Client()):
        for place in ("/desk/feedback/", f"/desk/feedback/{case.number}/"):
            assert client.get(place).status_code in (302, 404)


def test_the_pages_speak_english(four: Committee):
    one = table.meeting(four)
    made = table.decide(four, table.item(four, one))
    table.close(four, one)
    commands.publish(id=made.id, by=four.secretary, at=NOW)
    client = browser(four.secretary)
    words = {
        DESK: "All four functions filled",
        f"{DESK}meetings/{one.id}/": "Item 1: ",
        f"{DESK}decisions/{made.id}/": "4 for, 0 against, 0 abstained",
        "/committee/": "User Service Committee",
        "/pledge/": "What we promise",
        "/how/": "You submit it",
    }

    for place, said in words.items():
        assert said in text(client.get(place, headers={"accept-language": "en"})), place
