"""2.15 (2.4.1): what became of a text message is known: pushed by its supplier, or asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.accounts import commands as accounts
from bihuan.config.ways_out import Pushed
from bihuan.core import signed
from bihuan.core.actors import SYSTEM
from bihuan.core.ports import Arrival
from bihuan.events.models import Event
from bihuan.notify import commands, queries
from bihuan.notify.models import Message, Reports
from bihuan.notify.providers.sms import Sms
from bihuan.notify.tests import gateway as gateways
from bihuan.notify.tests import wiring
from bihuan.notify.tests.gateway import KEY_ID, SECRET, Gateway
from bihuan.notify.tests.people import AT, STREAM, People

REPORTS = "a-secret-end-of-an-address"
URL = f"/api/v1/messages/sms/{REPORTS}"
KEY = signed.key_of("whsec_" + "QmlodWFuLXRlbGVwaG9uZS1ldmVudHMtMDE=")


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """The supplier, as the switchboard of these tests knows it."""
    with gateways.running() as server:

        def sms(at: datetime) -> Sms:
            return Sms(
                key_id=KEY_ID, secret=SECRET, sign_name="优选商城", template="SMS_1", at=at,
                url=server.url, timeout=2,
            )  # fmt: skip

        monkeypatch.setattr(wiring, "NOTIFIERS", [*wiring.NOTIFIERS, ("sms", sms)])
        yield server


@pytest.fixture
def text(people: People, gateway: Gateway, settings: Any) -> Message:
    """A text message to 爱丽, which the supplier took."""
    settings.SMS = replace(settings.SMS, reports=REPORTS)
    accounts.update_contact(
        person_id=people.aili, contact=accounts.Contact(phone="13812340001"), by=SYSTEM, at=AT
    )
    commands.tell(
        "accepted", key="1.1:accepted:p", facts=wiring.CASES[STREAM].variables, at=AT,
        person_id=people.aili, case_id=STREAM, channels=("sms",),
    )  # fmt: skip
    commands.sweep("sms", lambda: AT)
    return state("sms")


def state(channel: str) -> Message:
    return Message.objects.get(channel=channel)


def report(gateway: Gateway, *, success: bool, code: str = "DELIVERED") -> dict[str, Any]:
    """As the supplier pushes it."""
    return {
        "phone_number": "13812340001", "send_time": "2026-02-13 16:00:00",
        "report_time": "2026-02-13 16:00:05", "success": success, "err_code": code,
        "err_msg": "用户接收成功", "sms_size": "1", "biz_id": "1^0",
        "out_id": gateway.sent[0]["OutId"],
    }  # fmt: skip


def push(body: Any, url: str = URL) -> Any:
    return Client().post(url, json.dumps(body), content_type="application/json")


def said(kind: str) -> int:
    return Event.objects.filter(stream=STREAM, kind=kind).count()


def test_2_15_a_report_says_that_it_arrived_once(text: Message, gateway: Gateway):
    assert text.state == "sent"

    answers = [push([report(gateway, success=True)]) for _ in range(2)]

    assert [one.json() for one in answers] == [{"code": 0, "msg": "OK"}] * 2
    assert state("sms").state == "delivered"
    assert said("message.confirmed") == 1


def test_2_15_what_the_carrier_could_not_deliver_goes_by_mail(text: Message, gateway: Gateway):
    push([report(gateway, success=False, code="MK:0012")])

    row = state("sms")
    assert (row.state, row.error) == ("dead", "MK:0012")
    assert state("email").state == "queued"
    assert said("message.failed") == 1
    push([report(gateway, success=True)])
    assert state("sms").state == "dead"


def test_2_15_reports_of_nobodys_messages_are_counted_and_the_others_count(
    text: Message, gateway: Gateway
):
    good = report(gateway, success=True)
    strange = [good | {"out_id": "67890"}, {"success": "yes"}, 7, good | {"out_id": None}]

    assert push([*strange, good]).status_code == 200

    row = Reports.objects.get()
    assert (row.channel, row.came, row.unknown) == ("sms", 3, 2)
    assert state("sms").state == "delivered"


def test_n35_another_address_does_not_exist_and_what_is_no_list_is_refused(
    text: Message, gateway: Gateway
):
    good = [report(gateway, success=True)]
    assert push(good, URL + "x").status_code == 404
    assert Client().get(URL).status_code == 405
    assert push({"not": "a list"}).status_code == 422
    assert state("sms").state == "sent"


def test_2_15_a_report_that_was_lost_is_asked_for_after_ten_minutes(
    text: Message, gateway: Gateway
):
    def trace(minutes: int) -> int:
        return commands.trace("sms", lambda: AT + timedelta(minutes=minutes))

    gateway.sent[0]["SendStatus"] = "1"
    assert trace(9) == 0
    assert trace(11) == 1
    assert state("sms").state == "sent"
    gateway.sent[0] |= {"SendStatus": "2"}
    assert trace(20) == 0

    assert trace(72) == 1

    assert state("sms").state == "dead"
    assert state("email").state == "queued"


def test_2_15_a_supplier_that_cannot_be_asked_is_asked_later(text: Message, gateway: Gateway):
    gateway.shutdown()
    gateway.server_close()

    commands.trace("sms", lambda: AT + timedelta(minutes=11))

    assert state("sms").state == "sent"


def test_2_15_a_report_settles_what_nobody_knew(text: Message, gateway: Gateway):
    Message.objects.filter(id=text.id).update(state="unknown", sent_at=None)

    push([report(gateway, success=True)])

    assert state("sms").state == "delivered"


@pytest.fixture
def pushed(people: People, settings: Any) -> str:
    """The token of a message that an app was handed."""
    settings.PUSH = Pushed("http://127.0.0.1/push", (KEY,))
    Message.objects.create(
        id=77, key="1.1:accepted:p:push", template="accepted", channel="push", state="sent",
        person_id=people.aili, case_id=STREAM, subject="s", created_at=AT, sent_at=AT,
    )  # fmt: skip
    return queries.reply_token(77)


def receipt(body: Any, key: bytes = KEY) -> Any:
    raw = json.dumps(body).encode()
    heads = signed.headers([key], "msg-1", timezone.now(), raw)
    return Client(headers=heads).post(
        "/api/v1/messages/receipts", raw, content_type="application/json"
    )


def test_6_08_a_signed_receipt_of_what_was_pushed_counts_and_no_other(pushed: str):
    told = {"id": pushed, "state": "delivered"}
    assert receipt(told, key=bytes(32)).status_code == 401
    assert receipt({"id": pushed, "state": "read"}).status_code == 422
    assert state("push").state == "sent"

    assert receipt([told, told | {"id": "unknown"}]).status_code == 204

    assert state("push").state == "delivered"
    assert Reports.objects.get().unknown == 1


def test_a_token_of_one_channel_says_nothing_of_another(pushed: str):
    told = [(pushed, Arrival(arrived=False))]
    commands.reported(channel="sms", told=told, by=SYSTEM, at=AT)

    assert state("push").state == "sent"
