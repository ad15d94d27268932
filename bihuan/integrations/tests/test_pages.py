"""Webhooks at the desk: plain forms, a secret shown once, a log with a button for each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.actors import Actor
from bihuan.integrations import commands, queries
from bihuan.integrations.models import Delivery, Endpoint
from bihuan.integrations.tests.steps import (
    HOST,
    URL,
    Open,
    administrator,
    happens,
    hook,
    state,
    sweep,
)
from tests.house.addresses import at_desk, customer

HERE = "/desk/webhooks/"
GIVEN = {"name": "订单系统", "url": URL, "kinds": ["case.filed", "case.closed"]}
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")


@pytest.fixture
def keeper(house: House) -> Actor:
    return administrator()


@pytest.fixture
def desk(keeper: Actor) -> Client:
    return at_desk(keeper)


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


def test_a_webhook_is_made_by_a_plain_form_and_its_secret_is_shown_once(
    desk: Client, receiver: Open
):
    receiver(HOST)
    assert "还没有事件推送" in text(desk.get(HERE))

    answer = desk.post(f"{HERE}new/", GIVEN)
    row = Endpoint.objects.get()
    first, again = desk.get(answer["Location"]), desk.get(answer["Location"])

    assert (answer.status_code, answer["Location"]) == (302, f"{HERE}{row.id}/")
    assert SECRET.findall(text(first))[0] == queries.secret(row)
    assert "no-store" in first["Cache-Control"]
    assert not SECRET.search(text(again))
    assert HOST in text(desk.get(HERE))
    assert row.kinds == GIVEN["kinds"]


def test_a_secret_is_in_no_session(desk: Client, receiver: Open):
    receiver(HOST)

    desk.post(f"{HERE}new/", GIVEN)

    kept = str(dict(desk.session.items())) + str(desk.cookies)
    assert queries.secret(Endpoint.objects.get())[6:] not in kept


def test_what_cannot_be_taken_comes_back_with_what_was_written_and_why(
    desk: Client, receiver: Open
):
    receiver(HOST)

    page = text(desk.post(f"{HERE}new/", GIVEN | {"url": "https://10.0.0.1/a"}), 422)
    empty = text(desk.post(f"{HERE}new/", {}), 422)

    assert "这个地址在内部网络里" in page
    assert 'value="https://10.0.0.1/a"' in page
    assert "<title>错误：" in page
    assert "请至少勾选一种事件" in empty
    assert not Endpoint.objects.exists()


def test_it_is_changed_switched_off_and_on_again_and_given_another_secret(
    desk: Client, receiver: Open, keeper: Actor
):
    receiver(HOST)
    made = hook(keeper)
    place = f"{HERE}{made.endpoint.id}/"

    desk.post(f"{place}edit/", GIVEN | {"name": "仓库系统", "kinds": ["*"]})
    off = text(desk.post(f"{place}switch/", {"to": "off"}, follow=True))
    again = text(desk.post(f"{place}switch/", {"to": "off"}, follow=True))
    on = text(desk.post(f"{place}switch/", {"to": "on"}, follow=True))
    turned = text(desk.post(f"{place}rotate/", follow=True))

    assert (state(made).name, state(made).kinds) == ("仓库系统", ["*"])
    assert "已停用" in off
    assert "推送已停用，请先开启。" in again
    assert "推送中" in on
    assert SECRET.findall(turned)[0] not in ("", made.secret)
    assert "前仍一起签名" in turned
    assert "更换密钥" not in turned.partition("<main")[2]


def test_the_log_shows_each_try_and_sends_once_more_what_is_asked_for(
    house: House, desk: Client, receiver: Open, keeper: Actor
):
    orders, made = receiver(HOST), hook(keeper)
    place = f"{HERE}{made.endpoint.id}/"
    case = people.file(house)
    happens()
    orders.mood = 500
    sweep()
    row = Delivery.objects.get()

    shown = text(desk.get(place))
    desk.post(f"{place}deliveries/{row.id}/replay/")
    row.refresh_from_db()

    assert "对方出错（5xx）" in shown
    assert "等待重试" in shown
    assert "最近失败" in shown
    assert f"/desk/cases/{case.number}/" in shown
    assert (row.state, row.tries) == ("queued", 0)


def test_all_that_failed_is_sent_again_and_a_test_is_queued(
    house: House, desk: Client, receiver: Open, keeper: Actor
):
    receiver(HOST)
    made = hook(keeper)
    place = f"{HERE}{made.endpoint.id}/"
    for n in range(2):
        people.file(house, external_id=f"{n}")
    happens()
    Delivery.objects.update(state="failed", next_try_at=None)

    page = text(desk.get(place))
    sent = text(desk.post(f"{place}replay/", follow=True))
    nothing = text(desk.post(f"{place}replay/", follow=True))
    tested = text(desk.post(f"{place}test/", follow=True))

    assert "重发全部未送达" in page
    assert "2 条已重新排队" in sent
    assert "没有可以重发的" in nothing
    assert "测试推送" in tested
    assert set(Delivery.objects.values_list("state", flat=True)) == {"queued"}


def test_it_is_deleted_only_after_it_was_asked_once_more(
    house: House, desk: Client, receiver: Open, keeper: Actor
):
    receiver(HOST)
    made = hook(keeper)
    people.file(house)
    happens()
    place = f"{HERE}{made.endpoint.id}/delete/"

    asked = text(desk.get(place))
    assert Endpoint.objects.exists()
    gone = text(desk.post(place, follow=True))

    assert "不能恢复" in asked
    assert "还没有事件推送" in gone
    assert not Delivery.objects.exists()


def test_an_endpoint_whose_owner_left_says_so(desk: Client, receiver: Open, house: House):
    from django.contrib.auth import get_user_model

    receiver(HOST)
    hook(administrator("周工"))
    get_user_model().objects.filter(username="周工").update(is_active=False)

    assert "负责人不再是管理员，已暂停" in text(desk.get(HERE))


def test_only_administrators_find_the_page(house: House, desk: Client, receiver: Open):
    receiver(HOST)
    made = hook(administrator("周工"))
    places = [HERE, f"{HERE}new/", f"{HERE}{made.endpoint.id}/", f"{HERE}{made.endpoint.id}/edit/"]
    posts = [f"{HERE}{made.endpoint.id}/{act}/" for act in ("switch", "rotate", "test", "delete")]

    for who in (house.bo_bo, house.chen):
        client = at_desk(who)
        assert [client.get(place).status_code for place in places] == [403] * 4
        assert [client.post(place).status_code for place in posts] == [403] * 4
        assert HERE not in text(client.get("/desk/more/"))
    guest = customer(house.ai_li)
    assert [guest.get(place).status_code for place in places] == [404] * 4
    assert HERE in text(desk.get("/desk/more/"))
    assert state(made).active


def test_twice_the_deliveries_cost_no_query_more(
    house: House, desk: Client, receiver: Open, keeper: Actor
):
    receiver(HOST)
    place = f"{HERE}{hook(keeper).endpoint.id}/"

    def cost(more: int) -> int:
        for _ in range(more):
            people.file(house, external_id=f"{Delivery.objects.count()}")
            happens()
        desk.get(place)
        with CaptureQueriesContext(connection) as asked:
            assert f'id="delivery-{Delivery.objects.order_by("-id")[0].id}"' in text(
                desk.get(place)
            )
        return len(asked)

    assert cost(3) == cost(3)


def test_markup_in_a_name_stays_text(desk: Client, receiver: Open, keeper: Actor):
    receiver(HOST)
    made = commands.add(
        name="<img src=x onerror=alert(1)>", url=URL, kinds=["*"], by=keeper, at=FRIDAY
    )

    page = text(desk.get(HERE)) + text(desk.get(f"{HERE}{made.endpoint.id}/"))

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


@pytest.mark.parametrize("place", ["", "new/", "{id}/", "{id}/edit/", "{id}/delete/"])
def test_a_page_in_english_has_no_chinese_of_its_own(
    house: House, desk: Client, receiver: Open, keeper: Actor, place: str
):
    from bihuan.desk.tests.test_english import own_words

    orders = receiver(HOST)
    made = commands.add(name="orders", url=URL, kinds=["*"], by=keeper, at=FRIDAY)
    orders.mood = 500
    people.file(house)
    happens()
    sweep()

    url = HERE + place.format(id=made.endpoint.id)
    page = text(desk.get(url, headers={"Accept-Language": "en"}))

    assert own_words(page.replace(keeper.name, "").replace("孙", "")) == []


def test_each_id_stands_once_and_every_button_is_in_a_form(
    house: House, desk: Client, receiver: Open, keeper: Actor
):
    receiver(HOST)
    made = hook(keeper)
    people.file(house)
    happens()

    for place in ("", "new/", f"{made.endpoint.id}/", f"{made.endpoint.id}/delete/"):
        page = text(desk.get(HERE + place))
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), place
        assert page.count("<h1") == 1
        assert "style=" not in page.partition("<main")[2]
