"""2.20 over HTTP: many cases, one cause, one message, and each case closed on its own (2.2.3)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.accounts.commands import Contact
from bihuan.cases import commands, tasks
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, filing, house
from bihuan.cases.tests.stories import said
from bihuan.complaints.models import Incident, IncidentCase
from bihuan.core.actors import Actor
from bihuan.events.relay import drain
from tests.house.addresses import at_desk as desk

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = timedelta(hours=1)
FAULT = "付款后页面报错，扣款成功但是没有订单，请尽快退款。"


@pytest.fixture
def home(settings: Any) -> House:
    settings.UNDO_SECONDS = 8
    return house()


def customer(case: Case) -> Client:
    client = Client()
    session = client.session
    session["person_id"], session["guest_case"] = case.person_id, 0
    session.save()
    return client


def of_somebody(home: House, n: int, **changes: Any) -> Case:
    who = Contact(name=f"用户{n}", phone=f"1380000{n:04d}")
    asked = filing(**({"contact": who, "text": FAULT, "order_no": ""} | changes))
    return commands.file(filing=asked, by=home.bo_bo, at=NOW - HOUR + timedelta(seconds=n)).case


def words(response: Any, status: int = 200) -> str:
    text = str(response.content.decode())
    assert response.status_code == status, text[-2000:]
    return text


def once(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def typed(moment: Any) -> str:
    return f"{moment + 8 * HOUR:%Y-%m-%dT%H:%M}"


def facts(home: House, **changes: Any) -> dict[str, Any]:
    return {
        "title": "支付回调失败", "what": "扣款成功，没有订单。", "department": "customer_service",
        "lead_id": home.bo_bo.id, "started_at": typed(NOW - 2 * HOUR),
        "found_at": typed(NOW - HOUR), "cause": "",
    } | changes  # fmt: skip


def opened(client: Client, home: House, *some: Case) -> Incident:
    asked = {"number": [case.number for case in some]}
    page = words(client.get("/desk/incidents/new/", asked))
    answer = client.post("/desk/incidents/new/", facts(home) | asked | {"once": once(page)})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return Incident.objects.get()


def carried_out() -> None:
    at = timezone.now() + timedelta(seconds=9)
    tasks.carry_out(at)
    drain(at)


def test_2_20_2_2_3_many_cases_are_gathered_told_once_and_each_closed_on_its_own(
    home: House,
) -> None:
    client = desk(home.bo_bo)
    first, second, third = (of_somebody(home, n) for n in range(3))
    on_case = words(client.get(first.desk_url))
    row = opened(client, home, first)

    suggested = words(client.get(row.desk_url))
    client.post("/desk/incidents/gather/", {"incident": row.id, "chosen": [second.number]})
    tell = {"action": "answer", "text": "{{number}}：支付故障，正在修复。", "once": once(suggested)}
    held = words(client.post(f"{row.desk_url}tell/", tell, follow=True))
    carried_out()
    client.post("/desk/incidents/gather/", {"incident": row.id, "numbers": third.number})
    offered = words(client.get(row.desk_url))
    again = re.search(r'action="(/desk/incidents/messages/\d+/rest/)"', offered)
    assert again
    client.post(again[1])
    carried_out()
    commands.accept(number=first.number, text="已受理", by=home.bo_bo, at=timezone.now())
    page = words(client.get(row.desk_url))

    assert f"/desk/incidents/gather/?chosen={first.number}" in on_case
    assert f'value="{second.number}"' in suggested
    assert "内容相近" in suggested
    assert "批量：答复用户 2 件，即将执行" in held
    assert "发给还没有收到的 1 件" in offered
    assert "已发给 3 件" in page
    for case in (first, second, third):
        assert f"{case.number}：支付故障" in words(customer(case).get(case.url))
        assert len(said(case, "case.answered")) == 1
    states = Case.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["accepted", "filed", "filed"]
    assert "支付回调失败" in words(client.get(second.desk_url))


def test_2_20_pasted_numbers_are_each_answered(home: House) -> None:
    client = desk(home.bo_bo)
    there, new, gone, elsewhere = (of_somebody(home, n) for n in range(4))
    row = opened(client, home, there)
    commands.withdraw(number=gone.number, by=Actor(gone.person_id, home.ai_li.roles), at=NOW)
    other = Incident.objects.get()
    other.pk, other.number, other.mark = 7, "SJ7", "seven"
    other.save(force_insert=True)
    client.post("/desk/incidents/gather/", {"incident": 7, "numbers": elsewhere.number})
    pasted = f"{there.number}\n{new.number}，{gone.number} {elsewhere.number}\nTS123"

    answer = client.post("/desk/incidents/gather/", {"incident": row.id, "numbers": pasted})

    page = re.sub(r"</?span[^>]*>", "", words(answer))
    assert "已归入 1 件" in page
    assert f"已在这个事件里：{there.number}" in page
    assert f"已归入另一个事件，请先从那里移出：{elsewhere.number}" in page
    assert f"案件已结束，不能归入：{gone.number}" in page
    assert "没有找到：TS123" in page
    assert IncidentCase.objects.filter(incident_id=row.id).count() == 2


def test_2_20_the_choice_of_the_inbox_is_gathered_with_and_without_its_boxes(home: House) -> None:
    client = desk(home.bo_bo)
    one, two = of_somebody(home, 1), of_somebody(home, 2)
    opened(client, home)

    bar = words(client.get("/desk/inbox/?view=all"))
    boxed = words(client.get("/desk/incidents/gather/", {"chosen": f"{one.number}:1"}))
    whole = words(client.get("/desk/incidents/gather/", {"all": "1", "list": "view=all"}))

    assert 'formaction="/desk/incidents/gather/"' in bar
    assert one.number in boxed
    assert two.number not in boxed
    assert one.number in whole
    assert two.number in whole


def test_2_20_its_customers_are_told_what_is_known_until_it_is_over(home: House) -> None:
    client = desk(home.bo_bo)
    case, other = of_somebody(home, 1), of_somebody(home, 2)
    row = opened(client, home, case)
    client.post(f"{row.desk_url}note/", {"text": "部分支付没有生成订单，款项会原路退回。"})

    known = words(customer(case).get(case.url))
    mark = once(words(client.get(row.desk_url)))
    mend = {"ended_at": typed(timezone.now() - timedelta(minutes=1)), "failed": "证书过期"}
    client.post(f"{row.desk_url}mend/", mend | {"once": mark})
    mended = words(customer(case).get(case.url))
    row.refresh_from_db()
    client.post(f"{row.desk_url}close/", {"expected_version": row.version})

    assert "已知问题，我们正在处理" in known
    assert "款项会原路退回" in known
    assert "已知问题，已于" in mended
    assert "已知问题" not in words(customer(case).get(case.url))
    assert "已知问题" not in words(customer(other).get(other.url))
    assert Incident.objects.get().state == "closed"


def test_2_20_a_case_is_taken_out_for_a_reason_on_a_page_of_its_own(home: House) -> None:
    client = desk(home.bo_bo)
    case = of_somebody(home, 1)
    row = opened(client, home, case)
    place = f"{row.desk_url}remove/{case.number}/"

    words(client.get(place))
    faulty = words(client.post(place, {"reason": " "}), 422)
    done = words(client.post(place, {"reason": "与支付无关"}, follow=True))

    assert "请填写这一项" in faulty
    assert "与支付无关" in done
    assert IncidentCase.objects.get().removed_by == home.bo_bo.id


@pytest.mark.parametrize(
    ("action", "given", "answer"),
    [
        ("tell", {"action": "answer", "text": ""}, "请填写这一项"),
        ("tell", {"action": "answer", "text": "您好 {{nobody}}"}, "没有这样的变量：nobody"),
        ("mend", {"ended_at": "", "failed": "x"}, "请填写这一项"),
        ("mend", {"ended_at": "2199-01-01T00:00", "failed": "证书过期"}, "时间不能晚于现在"),
        ("note", {"text": "长" * 301}, "最多 300 个字"),
    ],
)
def test_2_20_bad_input_is_answered_beside_its_field_and_kept(
    home: House, action: str, given: dict[str, str], answer: str
) -> None:
    client = desk(home.bo_bo)
    row = opened(client, home, of_somebody(home, 1))

    page = words(client.post(f"{row.desk_url}{action}/", given), 422)

    assert answer in page
    assert given.get("text", given.get("failed", "")) in page
    assert 'aria-invalid="true"' in page


def test_2_20_what_no_form_sends_and_who_may_not(home: House) -> None:
    client, colleague = desk(home.bo_bo), desk(home.other_agent)
    case = of_somebody(home, 1)
    row = opened(client, home, case)

    assert client.post(f"{row.desk_url}nothing/").status_code == 404
    assert client.get(f"{row.desk_url}tell/").status_code == 405
    assert client.get("/desk/incidents/1/").status_code == 404
    assert client.get("/desk/incidents/").status_code == 200
    assert colleague.post(f"{row.desk_url}note/", {"text": "x"}).status_code == 403
    assert 'name="failed"' not in words(colleague.get(row.desk_url))
    assert customer(case).get(row.desk_url).status_code == 404
    assert (
        client.post("/desk/incidents/gather/", {"incident": "x", "numbers": "y"}).status_code == 422
    )
    assert client.post("/desk/incidents/gather/", {"incident": row.id}).status_code == 422


def test_2_20_a_form_that_is_older_than_the_incident_keeps_its_words_and_says_so(
    home: House,
) -> None:
    client = desk(home.bo_bo)
    row = opened(client, home)
    place = f"{row.desk_url}edit/"
    words(client.get(place))
    client.post(place, facts(home, cause="证书过期") | {"expected_version": 1})

    late = words(client.post(place, facts(home, cause="网关") | {"expected_version": 1}), 422)

    assert "其他人刚刚更新了这个事件" in late
    assert "网关" in late
    assert Incident.objects.get().cause == "证书过期"


def test_2_20_2_3_1_more_people_than_a_severity_names_suggest_what_a_second_person_approves(
    home: House,
) -> None:
    client = desk(home.bo_bo)
    some = [of_somebody(home, n) for n in range(11)]
    row = opened(client, home, *some)

    page = words(client.get(row.desk_url))
    asked = {"to": "major", "reason": "涉及 11 人", "once": once(page)}
    words(client.post(f"{row.desk_url}severity/", asked, follow=True))
    words(client.post(f"{row.desk_url}severity/", asked, follow=True))
    carried_out()
    after = words(client.get(row.desk_url))
    late = words(client.post(f"{row.desk_url}severity/", asked | {"once": "x"}, follow=True))
    commands.approve_severity(number=some[0].number, by=home.chen, at=timezone.now())

    assert "建议提级为“重大”" in page
    assert "已涉及 11 名用户，超过 10 人（2.3.1）" in page
    assert "建议提级" not in after
    assert "没有需要升级的案件" in late
    assert [len(said(case, "case.severity_proposed")) for case in some] == [1] * 11
    assert list(Case.objects.order_by("id").values_list("severity", flat=True)) == [
        "major", *["general"] * 10,
    ]  # fmt: skip
