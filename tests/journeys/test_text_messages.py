"""Told by text message: which case, a link that opens it alone, and what became of it (2.4.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.accounts import tasks as time_of_persons
from bihuan.accounts.models import CaseLink
from bihuan.cases.tests.people import FRIDAY
from bihuan.config.ways_out import TextMessages
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.desk.tests.acts import whole_form
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message
from bihuan.notify.tests import gateway as gateways
from tests.journeys.walk import DAY, HOUR, plain

if TYPE_CHECKING:
    from bihuan.notify.tests.gateway import Gateway
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db
WAYS = "怎样告知您进展和结果"


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """A supplier of text messages on this machine, named in the settings."""
    with gateways.running() as server:
        settings.SMS = TextMessages(
            key_id=gateways.KEY_ID, secret=gateways.SECRET, sign_name="优选商城",
            template="SMS_1", code_template="SMS_2", url=server.url,
        )  # fmt: skip
        yield server


def told(walk: Walk, gateway: Gateway) -> dict[str, str]:
    """What the last text message was filled with."""
    walk.until(walk.at)
    notices.send_sms(walk.at)
    values: dict[str, str] = json.loads(gateway.sent[-1]["TemplateParam"])
    return values


def test_2_15_2_4_1_who_chose_text_messages_is_told_which_case_and_nothing_of_it(
    walk: Walk, gateway: Gateway
):
    first = walk.called(name="李四", phone="13900004444")
    li_si = Actor(first.person_id, frozenset({Role.CUSTOMER}))
    assert "站内消息和短信" in walk.see(li_si, "/settings/")
    assert "站内消息和电子邮件" not in walk.see(li_si, "/settings/")
    walk.send(li_si, "/settings/", {"locale": "zh-hans", "tell_by": "sms"})
    case = walk.called(name="李四", phone="13900004444", text="羽绒服充绒量不足，要求退货。")

    values = told(walk, gateway)

    sent = gateway.sent[-1]
    assert (sent["PhoneNumbers"], sent["SignName"]) == ("13900004444", "优选商城")
    assert values == {"title": f"已登记：{case.number}", "code": values["code"]}
    assert len(values["code"]) == 22  # 128 bits
    row = Message.objects.get(case_id=case.id, channel="sms")
    assert (row.state, row.body, row.receipt) == ("sent", "", f"{len(gateway.sent)}^0")
    assert all(word not in json.dumps(sent, ensure_ascii=False) for word in ("李四", "羽绒服"))
    assert "短信" in walk.see(walk.home.bo_bo, case.desk_url)


def test_2_15_2_4_1_one_form_that_takes_every_step_sends_one_text_message_about_the_result(
    walk: Walk, gateway: Gateway
):
    case = walk.called(name="李四", phone="13900004444")
    told(walk, gateway)
    before = len(gateway.sent)
    chooses = walk.client(walk.home.bo_bo).get(f"{case.desk_url}decide/").content.decode()
    assert '<option value="sms">短信</option>' in chooses

    done = walk.send(walk.home.bo_bo, f"{case.desk_url}decide/", whole_form(case, walk.home.bo_bo))

    assert done.status_code == 302
    assert told(walk, gateway)["title"] == f"处理结果：{case.number}"
    assert len(gateway.sent) == before + 1
    in_app = Message.objects.filter(case_id=case.id, person_id=case.person_id, channel="inbox")
    assert in_app.count() >= 5  # what was sent by text is not all there is


def test_2_15_2_4_1_without_a_supplier_nobody_is_offered_text_messages_and_none_waits(walk: Walk):
    case = walk.called()

    walk.until(walk.at)

    assert "站内消息和短信" not in walk.see(walk.home.ai_li, "/settings/")
    asked = walk.client(walk.home.bo_bo).get(f"{case.desk_url}decide/").content.decode()
    assert 'value="sms"' not in asked
    refused = walk.send(walk.home.ai_li, "/settings/", {"locale": "zh-hans", "tell_by": "sms"})
    assert "请选择一种告知方式" in plain(refused, "main")
    assert {m.channel for m in Message.objects.filter(case_id=case.id)} <= {"inbox", "email"}


def test_2_15_2_4_1_a_dead_supplier_is_tried_again_and_what_failed_is_shown(
    walk: Walk, gateway: Gateway, settings: Any
):
    case = walk.called(name="李四", phone="13900004444")
    alive, settings.SMS = settings.SMS, replace(settings.SMS, url="http://127.0.0.1:1")
    walk.until(walk.at)
    row = Message.objects.get(case_id=case.id, channel="sms", template="registered")
    while row.next_try_at:
        notices.send_sms(row.next_try_at)
        row.refresh_from_db()
    walk.until(row.created_at + 2 * DAY)

    assert row.tries >= 10
    assert row.state == "dead"
    assert case.number in walk.see(walk.home.chen, "/desk/messages/")
    settings.SMS = alive
    assert walk.send(walk.home.chen, f"/desk/messages/{row.id}/resend/").status_code == 302
    notices.send_sms(walk.at)
    row.refresh_from_db()
    assert row.state == "sent"
    assert case.number not in plain(walk.client(walk.home.chen).get("/desk/messages/"), "main")


def test_2_15_2_4_1_a_lost_reply_is_asked_about_and_the_person_gets_one_message(
    walk: Walk, gateway: Gateway
):
    case = walk.called(name="李四", phone="13900004444")
    walk.until(walk.at)
    gateway.loses = 1
    notices.send_sms(walk.at)
    row = Message.objects.get(case_id=case.id, channel="sms", template="registered")
    assert (row.state, row.error) == ("queued", "reply_lost")

    assert row.next_try_at
    notices.send_sms(row.next_try_at)

    row.refresh_from_db()
    assert row.state == "sent"
    assert [one["OutId"] for one in gateway.sent] == [gateway.sent[0]["OutId"]]
    assert gateway.asked[:2] == ["SendSms", "QuerySendDetails"]


def test_2_15_3_3_the_link_opens_this_one_case_for_72_hours_once_a_person_presses(
    walk: Walk, gateway: Gateway
):
    other = walk.called(name="李四", phone="13900004444", text="另一件事，与这件无关。")
    case = walk.called(name="李四", phone="13900004444")
    place = f"/s/{told(walk, gateway)['code']}/"
    guest = Client()

    looked = guest.get(place)  # as programs do that look at links before people
    assert looked.status_code == 200
    assert case.number not in looked.content.decode()
    assert guest.get(case.url).status_code in (302, 401)
    assert guest.post(place).headers["Location"] == case.url
    assert case.number in plain(guest.get(case.url))
    assert guest.get(place).headers["Location"] == case.url  # again, from the same message
    assert guest.get(other.url).status_code == 404
    assert guest.get("/settings/").status_code in (302, 401)

    walk.at = FRIDAY + 72 * HOUR
    over = Client().get(place)
    assert over.status_code == 404
    assert "这个链接打不开了" in plain(over, "main")
    assert "/signin/case/" in over.content.decode()
    assert time_of_persons.forget_links(walk.at) >= 1
    assert not CaseLink.objects.exists()


def test_2_15_3_3_a_link_dies_with_the_number_it_was_sent_to(walk: Walk, gateway: Gateway):
    case = walk.called(name="李四", phone="13900004444")
    place = f"/s/{told(walk, gateway)['code']}/"

    accounts.update_contact(
        person_id=case.person_id, contact=accounts.Contact(phone="13900005555"), by=SYSTEM,
        at=walk.at,
    )  # fmt: skip

    for answer in (Client().get(place), Client().post(place), Client().get("/s/made-up/")):
        assert answer.status_code == 404
        assert "这个链接打不开了" in plain(answer, "main")


def test_2_15_3_3_a_link_of_no_case_or_of_one_that_is_not_theirs_lets_nobody_in(
    walk: Walk, gateway: Gateway
):
    hers = walk.called()
    person = walk.called(name="李四", phone="13900004444").person_id

    def place(case_id: int) -> str:
        token = accounts.lend(person_id=person, case_id=case_id, contact="13900004444", at=walk.at)
        return f"/s/{token}/"

    for ask in (Client().get, Client().post):
        answer = ask(place(0))
        assert answer.headers["Location"] == "/signin/?next=/notifications/"
        assert ask(place(hers.id)).status_code == 404
    guest = Client()
    guest.post(place(0))
    assert guest.get("/complaints/").status_code in (200, 302)
    assert "person_id" not in guest.session


def test_2_15_3_3_who_is_signed_in_goes_on_and_somebody_else_is_told_whose_place_is_taken(
    walk: Walk, gateway: Gateway
):
    case = walk.called(name="李四", phone="13900004444")
    place = f"/s/{told(walk, gateway)['code']}/"
    li_si = Actor(case.person_id, frozenset({Role.CUSTOMER}))

    assert walk.client(li_si).get(place).headers["Location"] == case.url
    aili = walk.client(walk.home.ai_li)
    assert "已登录另一个账户" in plain(aili.get(place), "main")
    assert aili.post(place).headers["Location"] == case.url
    assert case.number in plain(aili.get(case.url))
    assert aili.get("/settings/").status_code in (302, 401)  # a guest with one case now


def test_2_15_1_2_a_one_time_code_goes_to_the_phone_of_who_asks(
    walk: Walk, gateway: Gateway, settings: Any
):
    browser = Client()

    page = browser.post("/signin/", {"contact": "13900004444"})

    assert page.status_code == 200
    for _ in range(200):  # it is sent beside the page, which waits for no supplier
        if gateway.sent:
            break
        gateways.pause(timedelta(milliseconds=20))
    (sent,) = gateway.sent
    assert sent["TemplateCode"] == "SMS_2"
    code = json.loads(sent["TemplateParam"])["code"]
    assert re.fullmatch(r"\d{6}", code)
    done = browser.post("/signin/", {"contact": "13900004444", "code": code})
    assert done.status_code == 302
    settings.SMS = replace(settings.SMS, code_template="")
    refused = Client().post("/signin/", {"contact": "13900004445"})
    assert refused.status_code == 422
