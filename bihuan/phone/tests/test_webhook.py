"""POST /api/v1/calls/events: signed, of now, once, small, and every fault at its field (N35)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from bihuan.cases.tests import people
from bihuan.core import signed
from bihuan.core.clocks import SHANGHAI
from bihuan.phone.models import Call, Receipt
from bihuan.phone.tests.exchange import AI_LI, HOTLINE, KEY, SECRET, URL, posted

pytestmark = pytest.mark.django_db
OTHER = signed.key_of("whsec_" + "ZWluIGFuZGVyZXIgU2NobHVlc3NlbCAwMQ==")


@pytest.fixture(autouse=True)
def telephone(db: None, settings: LazySettings) -> None:
    people.house()
    origins = ("https://pbx.example.com",)
    settings.PHONE = replace(settings.PHONE, keys=(KEY,), recordings=origins)


def body(**changes: Any) -> dict[str, Any]:
    now = timezone.now().astimezone(SHANGHAI)
    told = {"event": "started", "call": "a1", "at": now.isoformat(), "from": AI_LI, "to": HOTLINE}
    return told | changes


def test_n35_a_signed_event_is_taken():
    answer = posted(body(agent="1001", direction="in"), when=timezone.now())

    assert (answer.status_code, answer.content) == (204, b"")
    assert Call.objects.get().source == "webhook"


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-id": ""},
        {"webhook-id": "another"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1"},
    ],
)
def test_n35_bad_or_absent_headers_are_refused_and_nothing_is_kept(headers: dict[str, str]):
    answer = posted(body(), when=timezone.now(), **headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "unsigned")
    assert SECRET not in answer.content.decode()
    assert not Call.objects.exists()
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("apart", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_n35_older_or_newer_than_five_minutes_is_refused(apart: timedelta):
    assert posted(body(), when=timezone.now() + apart).status_code == 401


def test_n35_a_body_changed_by_one_byte_is_refused():
    raw = json.dumps(body()).encode()
    stamp = str(int(timezone.now().timestamp()))
    said = {
        "webhook-id": "m", "webhook-timestamp": stamp,
        "webhook-signature": signed.signature(KEY, "m", stamp, raw),
    }  # fmt: skip

    other = raw.replace(b'"a1"', b'"a2"')
    answers = [
        Client(headers=said).post(URL, one, content_type="application/json") for one in (other, raw)
    ]

    assert [answer.status_code for answer in answers] == [401, 204]


def test_n35_an_id_that_came_before_is_refused_and_a_failed_one_may_come_again():
    faulty = posted(body(direction="up"), when=timezone.now())
    first = posted(body(), when=timezone.now())
    replayed = posted(body(event="ended"), when=timezone.now())

    assert [faulty.status_code, first.status_code, replayed.status_code] == [422, 204, 409]
    assert Call.objects.get().ended_at is None


def test_n35_two_keys_hold_during_a_rotation_and_the_old_one_no_longer_after_it(
    settings: LazySettings,
):
    settings.PHONE = replace(settings.PHONE, keys=(OTHER, KEY))
    assert posted(body(), id="1", when=timezone.now()).status_code == 204
    assert posted(body(), id="2", when=timezone.now(), key=OTHER).status_code == 204
    settings.PHONE = replace(settings.PHONE, keys=(OTHER,))
    assert posted(body(), id="3", when=timezone.now()).status_code == 401


def test_without_a_secret_there_is_no_such_address(settings: LazySettings):
    settings.PHONE = replace(settings.PHONE, keys=())

    assert posted(body(), when=timezone.now()).status_code == 404


def test_larger_than_64_kib_is_refused_before_anything_is_read():
    answer = posted(b" " * 65_537, when=timezone.now())

    assert (answer.status_code, answer.json()["codes"]) == (422, {"body": "too_long"})
    assert posted(body() | {"reason": ""}, when=timezone.now()).status_code == 204


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"event": "exploded"}, "event"),
        ({"at": "2026-02-13T16:00:00"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"seconds": "9"}, "seconds"),
        ({"seconds": 86_401}, "seconds"),
        ({"call": ""}, "call"),
        ({"recording_url": "https://elsewhere.example/a.wav"}, "recording_url"),
        ({"recording_url": "http://169.254.169.254/latest"}, "recording_url"),
        ({"caller_name": "爱丽"}, "body"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes: dict[str, Any], field: str):
    answer = posted(body(**changes), when=timezone.now())

    assert answer.status_code == 422
    assert list(answer.json()["codes"]) == [field]
    assert not Call.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"{", b"[" * 9000, b'{"call": 1}'])
def test_no_bytes_are_an_error_of_ours(raw: bytes):
    assert posted(raw, when=timezone.now()).status_code == 422


def test_only_post_is_answered():
    answer = Client().get(URL)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
