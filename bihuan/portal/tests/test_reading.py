"""Pages as they are read: large letters, two languages, in order of time, nothing told twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.accounts import commands as accounts
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import file
from bihuan.core.actors import SYSTEM
from bihuan.events import log
from bihuan.orders import commands as orders
from bihuan.policy import loader
from bihuan.portal import story
from bihuan.portal.tests.doors import STORY, fill, sign_in, start, words
from bihuan.portal.tests.test_following import HOUR, filed


@pytest.fixture
def aili(house: Any, client: Client) -> Client:
    return sign_in(client, house.ai_li)


def english(client: Client, url: str) -> str:
    client.cookies["django_language"] = "en"
    return words(client.get(url))


def test_large_letters_are_chosen_without_an_account_and_kept(house, client):
    chosen = client.post("/text-size/", {"size": "large", "next": "/how/"})

    assert chosen["Location"] == "/how/"
    assert re.search(r'<html[^>]* class="large"', words(client.get("/")))
    client.post("/text-size/", {"size": "normal"})
    assert not re.search(r'<html[^>]* class="large"', words(client.get("/")))


@pytest.mark.parametrize("size", ["", "huge", "large'>", "\x00"])
def test_a_size_that_there_is_not_changes_nothing(house, client, size):
    answer = client.post("/text-size/", {"size": size, "next": "https://example.org/"})

    assert answer["Location"] == "/"
    assert "bihuan_text" not in answer.cookies


def test_what_is_due_first_stands_first_on_the_path(house):
    case = file(house, at=timezone.now())
    rows = queries.clocks(case)

    stops = story.path(case, rows, queries.handbook(case), 0, timezone.now())

    dues = [stop.datetime for stop in stops if stop.state != "done" and stop.datetime]
    assert len(dues) > 3
    assert dues == sorted(dues)
    assert [stop.state for stop in stops].count("now") == 1


def test_what_is_done_stands_before_what_is_not(house, aili):
    case = filed(house, ago=2 * HOUR)
    who: Any = {"number": case.number, "by": house.bo_bo, "at": timezone.now()}
    commands.take("answer", raw={"text": "是质量问题，下一步联系商家。"}, **who)
    commands.take("propose", raw={"solution": "先行退款，样品送检。"}, **who)
    case.refresh_from_db()

    stops = story.path(case, queries.clocks(case), queries.handbook(case), 0, timezone.now())

    states = [stop.state for stop in stops]
    assert states == sorted(states, key=("done", "now", "later").index)


def test_whoever_was_answered_sees_it_while_the_proposal_is_still_to_come(house):
    case = filed(house, ago=2 * HOUR)
    who: Any = {"number": case.number, "by": house.bo_bo, "at": timezone.now()}
    commands.take("answer", raw={"text": "照片已看到，正在核对出厂记录。"}, **who)
    case.refresh_from_db()

    stops = story.path(case, queries.clocks(case), queries.handbook(case), 0, timezone.now())

    states = {stop.title: stop.state for stop in stops}
    assert states["首次答复"] == "done"
    assert states["给出初步方案"] != "done"


def test_a_notice_that_arrived_five_times_is_one_line_of_the_record(house, aili):
    case = file(house, at=timezone.now())
    for _time in range(5):
        log.append(
            "message.delivered", stream=case.id, by=SYSTEM, at=timezone.now(), clause="2.4.1",
            number=case.number, message=1, template="answered", channel="inbox",
        )  # fmt: skip

    page = words(aili.get(f"{case.url}timeline/"))

    assert page.count("通知已送达") == 1
    assert "通知已送达（5 次）" in page


def test_the_promises_of_a_request_come_from_the_handbook_in_force(house, client):
    promises = {promise.id: promise for promise in loader.load_current().promises}
    hours = [promises[id].limit.amount for id in ("C-1.2-1", "C-1.2-2")]

    page = words(client.get("/services/new/"))

    assert f"我们会在 {hours[0]} 小时内答复，{hours[1]} 小时内处理完毕" in page


@pytest.mark.parametrize(
    ("kind", "step", "not_a_step"),
    [
        ("enquiry", "case.first_response", "complaint.accepted"),
        ("suggestion", "feedback.plan_set", "case.first_response"),
    ],
)
def test_other_requests_have_a_chart_of_their_own(house, client, kind, step, not_a_step):
    milestones = loader.load_current().milestones

    page = words(client.get(f"/how/?kind={kind}"))

    titles = re.findall(r"</span><div><b>([^<]+)</b>", page)
    assert milestones[step].zh in titles
    assert milestones[not_a_step].zh not in titles


def test_the_chart_names_the_department_of_each_category(house, client):
    book = loader.load_current()

    page = words(client.get("/how/"))

    for route in book.routes.values():
        assert book.categories[route.category].zh in page
        assert book.departments[route.department].zh in page


def test_the_handbook_is_listed_in_english_for_a_reader_of_english(house, client):
    page = english(client, "/policies/")

    assert "Chapter 2" in page
    assert loader.load_current().clauses["2.3.1"].title_en in page
    assert "第二章" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_limit_of_a_clause_says_for_which_severity_it_is_meant(house, client):
    page = words(client.get("/policies/2.3.1/"))

    assert re.search(r"<b>10 个工作日</b>.{0,80}特别重大", page, re.DOTALL)


def test_the_order_chosen_is_named_with_shop_and_day_at_the_next_steps(house, aili):
    shop = accounts.create_merchant(name="悦居家电旗舰店", by=SYSTEM, at=timezone.now())
    bought = orders.Bought(
        "88202611160009", "静音破壁机 L18", 32_900, timezone.now() - 240 * HOUR,
        merchant_id=shop.id, received_at=timezone.now() - 200 * HOUR, page="", terms="",
    )  # fmt: skip
    order = orders.copy_order(person_id=house.ai_li.id, bought=bought, by=SYSTEM, at=timezone.now())

    token = start(aili, order=str(order.id))
    details = words(aili.get(f"/complaints/new/details/?draft={token}"))
    remedy = words(aili.get(f"/complaints/new/remedy/?draft={token}"))

    assert re.search(r"<b>静音破壁机 L18</b><small>悦居家电旗舰店 · .+签收</small>", details)
    assert "这笔订单实付 329.00 元" in remedy


def test_a_subject_does_not_end_in_the_full_stop_of_the_story(house, client):
    token = fill(client)

    client.post(f"/complaints/new/check/?draft={token}", {"phone": "13911112222"})

    subject = Case.objects.get().subject
    assert subject.endswith(STORY[-6:-1]) or subject.endswith("…")
    assert not subject.endswith("。")
