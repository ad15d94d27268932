"""Whatever is sent to the API gets a clear answer at its field, and nothing is lost or kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bihuan.cases.models import Case, Entry
from bihuan.events.models import Event
from tests.journeys.program import BODY, Api, refused

pytestmark = pytest.mark.django_db

DEEP = "[" * 100_000 + "]" * 100_000
NESTED = '{"a":' * 200 + "1" + "}" * 200
BOTTOMLESS = '{"a":' * 19_000 + "1" + "}" * 19_000  # deeper than anybody reads


def with_(**changes: object) -> str:
    return json.dumps(BODY | changes)


BODIES = [
    # what is sent                                              the field     why
    (b"", "body", "not_json"),
    (b"{", "body", "not_json"),
    (b"null", "body", "not_an_object"),
    (b"[]", "body", "not_an_object"),
    (b"3", "body", "not_an_object"),
    (b'"text"', "body", "not_an_object"),
    (DEEP.encode()[:190_000], "body", "not_an_object"),
    (b'{"contact": ' + DEEP.encode()[:150_000], "contact", "not_an_object"),
    (NESTED.encode(), "a", "unknown_field"),
    (BOTTOMLESS.encode(), "a", "unknown_field"),
    (b" " * 200_001, "body", "too_long"),
    (with_(text="长" * 70_000).encode(), "body", "too_long"),
    (json.dumps(BODY, ensure_ascii=False).encode("gbk"), "body", "not_json"),
    (json.dumps(BODY, ensure_ascii=False).encode("utf-16"), "body", "not_json"),
    (json.dumps(BODY).encode("utf-32-be"), "body", "not_json"),
    (b"\xff\xfe\x00", "body", "not_json"),
    (with_().encode() + b"x", "body", "not_json"),
    (with_(text="@").replace("@", r"\ud800").encode(), "body", "not_json"),
    (with_(text="@").replace("@", r"\u0000").encode(), "text", "control_characters"),
    (with_(text="a\x1b[31mb").encode(), "text", "control_characters"),
    (with_(text="\u202egnp.exe").encode(), "text", "control_characters"),
    (with_(text="").encode(), "text", "missing"),
    (with_(text=" \n\t ").encode(), "text", "missing"),
    (with_(text="坏" * 20_001).encode(), "text", "too_long"),
    (with_(text=3).encode(), "text", "not_text"),
    (with_(text=None).encode(), "text", "not_text"),
    (with_(text=["坏了"]).encode(), "text", "not_text"),
    (with_(subject="题" * 121).encode(), "subject", "too_long"),
    (with_(subject="两\n行").encode(), "subject", "one_line"),
    (with_(kind="riot").encode(), "kind", "not_known"),
    (with_(kind="").encode(), "kind", "missing"),
    (with_(kind=1).encode(), "kind", "not_text"),
    (with_(channel="pigeon").encode(), "channel", "not_known"),
    (with_(channel="online_chat").encode(), "channel", "not_known"),
    (with_(category="weather").encode(), "category", "not_known"),
    (with_(external_id="x" * 191).encode(), "external_id", "too_long"),
    (with_(order_no="7" * 61).encode(), "order_no", "too_long"),
    (with_(order_no={"n": 7}).encode(), "order_no", "not_text"),
    (with_(merchant="没有这家店").encode(), "merchant", "not_known"),
    (with_(merchant=2**70).encode(), "merchant", "not_known"),
    (with_(merchant=-1).encode(), "merchant", "not_known"),
    (with_(merchant=[]).encode(), "merchant", "not_valid"),
    (with_(contact="爱丽").encode(), "contact", "not_an_object"),
    (with_(contact={"phone": 13900002718}).encode(), "contact.phone", "not_text"),
    (with_(contact={"fax": "1"}).encode(), "contact.fax", "unknown_field"),
    (with_(contact={"phone": "12"}).encode(), "phone", "not_a_phone"),
    (with_(contact={"email": "nobody"}).encode(), "email", "not_an_email"),
    (with_(contact={"name": "名" * 200}).encode(), "name", "too_long"),
    (with_(received_at="gestern").encode(), "received_at", "not_a_moment"),
    (with_(received_at=5).encode(), "received_at", "not_valid"),
    (with_(received_at="2026-02-13T16:00:00").encode(), "received_at", "no_time_zone"),
    (with_(received_at="2199-01-01T00:00:00Z").encode(), "received_at", "in_the_future"),
    (with_(received_at="0001-01-01T00:00:00+14:00").encode(), "received_at", "not_a_moment"),
    (with_(received_at="9999-12-31T23:59:59-12:00").encode(), "received_at", "not_a_moment"),
    (with_(received_at="2024-12-31T23:59:59+08:00").encode(), "received_at",
     "before_the_first_policy"),
    (with_(due_at="2030-01-01").encode(), "due_at", "unknown_field"),
    (with_(__proto__={"owner": 1}).encode(), "__proto__", "unknown_field"),
    (with_(**{"长" * 500: 1}).encode(), "长" * 60, "unknown_field"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field", "code"), BODIES)
def test_a_body_that_cannot_be_taken_is_refused_at_its_field_and_nothing_is_kept(
    api: Api, body: bytes, field: str, code: str
):
    events = Event.objects.count()

    problem = refused(api.post("/cases", body), field)

    assert problem["codes"] == {field: code}
    assert not Case.objects.exists()
    assert Event.objects.count() == events


def test_all_wrong_fields_are_named_at_once(api: Api):
    answer = api.post(
        "/cases", BODY | {"kind": "riot", "channel": "", "text": "\x00", "subject": "两\n行"}
    )

    refused(answer, "kind", "channel", "text", "subject")


@pytest.mark.parametrize("key", ["k" * 201, "k\x01k", "钥" * 100])
def test_a_key_that_cannot_be_kept_is_refused(api: Api, key: str):
    answer = api.post("/cases", BODY, **{"Idempotency-Key": key})

    if answer.status_code != 201:
        refused(answer, "idempotency_key")
    assert Case.objects.count() == (1 if key[0] == "钥" else 0)


def test_more_than_the_house_reads_is_turned_away(api: Api):
    answer = api.post("/cases", b'{"text": "' + b"x" * 3_000_000 + b'"}')

    refused(answer, status=400)


@pytest.mark.parametrize(
    "text",
    [
        "😡" * 10_000,
        "👩‍👩‍👧‍👦" * 500,
        "𠮷野家的𪚥",
        "مرحبا",
        "a\u0301" * 100,
        "{{7*7}}{% x %}${1}",
        "'; DROP--",
    ],
)
def test_words_of_any_script_are_kept_as_they_were_said(api: Api, text: str):
    number = api.file(text=text, subject="")

    assert Entry.objects.get(case_id=Case.objects.get(number=number).id).text == text
    assert api.get(f"/cases/{number}").status_code == 200


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = (
    plain | st.lists(plain, max_size=2) | st.dictionaries(st.text(max_size=5), plain, max_size=2)
)
FIELDS = ["kind", "channel", "text", "subject", "order_no", "merchant", "category", "external_id",
          "received_at", "contact"]  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, anything)))
@example({"external_id": "\x1b"})  # once named a key that nobody had given
def test_nothing_that_json_can_say_is_an_error_of_ours(api: Api, changes: dict[str, Any]):
    with transaction.atomic():
        answer = api.post("/cases", json.dumps(BODY | changes))
        transaction.set_rollback(True)

    assert answer.status_code in {201, 422}
    named = {field.partition(".")[0] for field in answer.json().get("fields", {})}
    assert named <= {*FIELDS, "body"}
