"""N35: what knocks at /api/v1/wechat is believed only when WeChat signed it, now, as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import House
from bihuan.notify.tests.weixin import APP_ID
from bihuan.wechat.rules import envelope
from bihuan.wechat.tests import chat
from bihuan.wechat.tests.chat import AES_KEY, TOKEN, URL, posted, xml

HELLO = "我要投诉：收到的破壁机底座开裂"


def message() -> bytes:
    return xml("text", timezone.now(), Content=HELLO)


def test_6_08_weixin_asks_whether_we_are_we(home: House):
    stamp = str(int(timezone.now().timestamp()))
    asked = {"timestamp": stamp, "nonce": "n", "echostr": "5927782489442352469"}
    good = asked | {"signature": envelope.signature(TOKEN, stamp, "n")}

    answer = Client().get(URL, good)

    assert (answer.status_code, answer.content) == (200, b"5927782489442352469")
    assert answer["Content-Type"].startswith("text/plain")
    for bad in (asked, good | {"nonce": "m"}, good | {"timestamp": str(int(stamp) - 1)}):
        assert Client().get(URL, bad).status_code == 401


def test_6_08_a_signed_message_is_answered_with_the_number_of_its_case(home: House):
    answer = posted(message(), timezone.now())

    found = envelope.fields(answer.content)
    assert Case.objects.get().number in found["Content"]
    assert found["FromUserName"] == chat.ACCOUNT
    quiet = posted(xml("text", timezone.now(), Content="订单是上周下的"), timezone.now())
    assert (quiet.status_code, quiet.content) == (200, b"success")


@pytest.mark.parametrize(
    "changes",
    [{"signature": ""}, {"signature": "0" * 40}, {"timestamp": "1"}],
)
def test_n35_what_is_not_signed_is_refused_and_nothing_is_kept(
    home: House, changes: dict[str, str]
):
    answer = posted(message(), timezone.now(), **changes)

    assert (answer.status_code, answer.json()["code"]) == (401, "unsigned")
    assert not Case.objects.exists()


@pytest.mark.parametrize("apart", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_n35_older_or_newer_than_five_minutes_is_refused(home: House, apart: timedelta):
    assert posted(message(), timezone.now() + apart).status_code == 401


def test_n35_a_signature_that_came_is_good_for_its_own_words_alone(home: House):
    raw, now = message(), timezone.now()
    stamp = str(int(now.timestamp()))
    first = posted(raw, now, nonce="n", stamp=stamp)
    again = posted(raw, now, nonce="n", stamp=stamp)
    altered = posted(message(), now, nonce="n", stamp=stamp)

    assert [first.status_code, again.status_code, altered.status_code] == [200, 200, 401]
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "raw", [b"", b"<xml/>", b"<!DOCTYPE x><xml><MsgType>text</MsgType></xml>", b"x" * 70_000]
)
def test_what_cannot_be_read_is_refused_by_name(home: House, raw: bytes):
    answer = posted(raw, timezone.now())

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_without_an_account_there_is_no_such_door(db: None):
    assert Client().get(URL).status_code == 404
    assert posted(message(), timezone.now()).status_code == 404


@pytest.fixture
def secure(home: House, settings: Any) -> None:
    """In secure mode (安全模式) everything is encrypted, both ways."""
    settings.WECHAT = chat.account(aes_key=AES_KEY)


def sealed(raw: bytes, key: bytes = AES_KEY, app_id: str = APP_ID) -> tuple[str, dict[str, str]]:
    encrypted = envelope.sealed(key, raw, app_id, b"0123456789abcdef")
    stamp = str(int(timezone.now().timestamp()))
    signed = envelope.signature(TOKEN, stamp, "n", encrypted)
    return encrypted, {"stamp": stamp, "nonce": "n", "msg_signature": signed}


def in_xml(encrypted: str) -> bytes:
    return f"<xml><ToUserName>g</ToUserName><Encrypt>{encrypted}</Encrypt></xml>".encode()


def test_6_08_in_secure_mode_message_and_answer_are_encrypted(secure: None):
    encrypted, asked = sealed(message())
    answer = posted(in_xml(encrypted), timezone.now(), encrypt_type="aes", **asked)

    found = envelope.fields(answer.content)
    assert HELLO not in answer.content.decode()
    assert envelope.is_signed(
        found["MsgSignature"], TOKEN, found["TimeStamp"], found["Nonce"], found["Encrypt"]
    )
    opened = envelope.fields(envelope.opened(AES_KEY, found["Encrypt"], APP_ID))
    assert Case.objects.get().number in opened["Content"]


def test_n35_in_secure_mode_plain_words_and_what_was_altered_or_for_another_are_refused(
    secure: None,
):
    now = timezone.now()
    assert posted(message(), now).status_code == 401

    encrypted, asked = sealed(message())
    other, _ = sealed(message())
    assert posted(in_xml(other), now, **asked).status_code == 401
    strange, theirs = sealed(message(), app_id="wx0000000000000000")
    assert posted(in_xml(strange), now, **theirs).status_code == 422

    assert not Case.objects.exists()
    assert posted(in_xml(encrypted), now, **asked).status_code == 200
