"""2.15 (2.4.1): text messages by the supplier's own protocol, signed, and never sent twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost
from bihuan.notify.providers.sms import Sms, sign
from bihuan.notify.tests import gateway as gateways
from bihuan.notify.tests.gateway import KEY_ID, SECRET, Gateway

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
NOTE = Outgoing(
    to="13812340001",
    subject="已受理：TS2026021300000018",
    body="http://mall.example/s/Zm9yLW9uZS1jYXNlLW9ubHk/",
    key="1.1:accepted:p7:sms",
    code="Zm9yLW9uZS1jYXNlLW9ubHk",
)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with gateways.running() as server:
        yield server


def plug(gateway: Gateway, secret: str = SECRET, at: datetime = AT) -> Sms:
    return Sms(
        key_id=KEY_ID, secret=secret, sign_name="优选商城", template="SMS_123456789", at=at,
        url=gateway.url, timeout=2,
    )  # fmt: skip


def test_the_signature_is_that_of_the_suppliers_own_example():
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"

    headers = sign(
        action="RunInstances", query=query, host="ecs.cn-shanghai.aliyuncs.com",
        key_id="YourAccessKeyId", secret="YourAccessKeySecret", version="2014-05-26",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )  # fmt: skip

    given = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    assert headers["Authorization"].endswith(f"Signature={given}")


def test_a_message_arrives_with_its_template_and_the_values_of_it(gateway: Gateway):
    receipt = plug(gateway).send(NOTE)

    assert receipt == "1^0"
    (taken,) = gateway.sent
    assert (taken["PhoneNumbers"], taken["SignName"]) == ("13812340001", "优选商城")
    assert taken["TemplateCode"] == "SMS_123456789"
    values = {"title": "已受理：TS2026021300000018", "code": "Zm9yLW9uZS1jYXNlLW9ubHk"}
    assert json.loads(taken["TemplateParam"]) == values


def test_a_wrong_secret_is_our_fault_and_the_message_waits(gateway: Gateway):
    with pytest.raises(NoAnswer, match="SignatureDoesNotMatch"):
        plug(gateway, secret="another").send(NOTE)

    assert gateway.sent == []


@pytest.mark.parametrize("given", ["+8613812340001", "8613812340001", " 13812340001 "])
def test_a_number_of_china_is_written_as_the_supplier_writes_it(gateway: Gateway, given: str):
    plug(gateway).send(replace(NOTE, to=given))

    assert gateway.sent[0]["PhoneNumbers"] == "13812340001"


@pytest.mark.parametrize(
    "given", ["", "138123", "13812340001x", "１３８１２３４０００１", "a@b.cn"]
)
def test_what_is_no_number_is_not_tried(gateway: Gateway, given: str):
    with pytest.raises(Undeliverable, match="not_a_number"):
        plug(gateway).send(replace(NOTE, to=given))

    assert gateway.asked == []


@pytest.mark.parametrize(
    ("code", "status", "fault"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", 200, Undeliverable),  # this number: in vain
        ("isv.SMS_CONTENT_ILLEGAL", 200, Undeliverable),
        ("isv.BUSINESS_LIMIT_CONTROL", 200, OSError),  # this number now: later, others go on
        ("isv.OUT_OF_SERVICE", 200, NoAnswer),  # us: the rest would fare no better
        ("isv.SMS_TEMPLATE_ILLEGAL", 200, NoAnswer),
        ("Throttling.User", 400, NoAnswer),
        ("something.NEW", 400, NoAnswer),
        ("ServiceUnavailable", 503, ReplyLost),  # it may have been taken
    ],
)
def test_a_refusal_is_about_the_message_or_about_us(
    gateway: Gateway, code: str, status: int, fault: type[Exception]
):
    gateway.says, gateway.status = code, status

    with pytest.raises(fault) as told:
        plug(gateway).send(NOTE)

    assert told.type is fault
    assert str(told.value).startswith(code)


def test_after_a_lost_reply_the_supplier_is_asked_and_nothing_is_sent_twice(gateway: Gateway):
    gateway.loses = 1
    with pytest.raises(ReplyLost):
        plug(gateway).send(NOTE)

    again = plug(gateway, at=AT + timedelta(seconds=30)).send(replace(NOTE, again=True))

    assert again == "known 20260213"
    assert len(gateway.sent) == 1


def test_a_reply_lost_before_midnight_is_found_the_next_day(gateway: Gateway):
    gateway.loses = 1
    late = datetime(2026, 2, 13, 15, 59, 50, tzinfo=UTC)
    with pytest.raises(ReplyLost):
        plug(gateway, at=late).send(NOTE)

    plug(gateway, at=late + timedelta(minutes=1)).send(replace(NOTE, again=True))

    assert len(gateway.sent) == 1


def test_what_the_carrier_could_not_deliver_or_another_message_does_not_count_as_sent(
    gateway: Gateway,
):
    plug(gateway).send(NOTE)
    gateway.sent[0]["SendStatus"] = "2"
    plug(gateway).send(replace(NOTE, key="another"))

    plug(gateway).send(replace(NOTE, again=True))

    assert len(gateway.sent) == 3


def test_nobody_listening_is_no_answer():
    with gateways.running() as gone:
        provider = plug(gone)
    with pytest.raises(NoAnswer):
        provider.send(NOTE)
