"""What programs may rely on: the document is a snapshot, and the fast door does what it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.cases.tests.people import TEXT, House
from bihuan.core.actors import SYSTEM
from tests.house import snapshots

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
LEAST = {"kind": "complaint", "channel": "phone", "text": TEXT}
WHOLE = LEAST | {
    "subject": "底座开裂",
    "order_no": "",
    "contact": {"name": "爱丽", "phone": "13900002718", "email": "", "address": ""},
    "category": "service_quality",
    "external_id": "call-4711",
    "received_at": "2026-02-13T16:00:00+08:00",
}


@pytest.fixture
def program(house: House) -> Client:
    """波波's program, with a token that may read and write."""
    made = accounts.create_token(
        name="feed", staff_id=house.bo_bo.id, scopes=["read", "write"], by=SYSTEM, at=AT
    )
    return Client(headers={"Authorization": f"Bearer {made.bearer}"})


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    return found


def _post(program: Client, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return program.post("/api/v1/cases", body, content_type="application/json", headers=headers)


def _shape(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def test_the_document_is_the_committed_one(db: None, document: dict[str, Any]) -> None:
    found = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    assert found == snapshots.kept("openapi.json", found)


def test_every_reference_in_the_document_leads_somewhere(
    db: None, document: dict[str, Any]
) -> None:
    text = json.dumps(document)
    named = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}

    assert named <= document["components"]["schemas"].keys()
    assert "CaseIn" in named


def test_what_is_documented_as_required_is_enough(
    program: Client, document: dict[str, Any]
) -> None:
    assert set(_shape(document, "CaseIn")["required"]) == LEAST.keys()
    assert _post(program, LEAST).status_code == 201


@pytest.mark.parametrize("name", LEAST)
def test_and_nothing_of_it_can_be_left_out(program: Client, name: str) -> None:
    without = {key: value for key, value in LEAST.items() if key != name}

    refused = _post(program, without)

    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert list(refused.json()["fields"]) == [name]


def test_every_documented_field_is_taken_and_no_other(
    program: Client, document: dict[str, Any]
) -> None:
    fields = _shape(document, "CaseIn")
    assert WHOLE.keys() <= fields["properties"].keys()
    assert fields["additionalProperties"] is False

    assert _post(program, WHOLE).status_code == 201
    refused = _post(program, WHOLE | {"gravity": "high"})

    assert refused.status_code == 422
    assert list(refused.json()["fields"]) == ["gravity"]


@pytest.mark.parametrize("field", ["kind", "channel", "category"])
def test_every_documented_value_is_taken_and_no_other(
    program: Client, document: dict[str, Any], field: str
) -> None:
    values = _shape(document, "CaseIn")["properties"][field]["enum"]

    answers = {value: _post(program, LEAST | {field: value}) for value in values}
    refused = _post(program, LEAST | {field: "weather"})

    assert {value: a.status_code for value, a in answers.items()} == dict.fromkeys(values, 201)
    told = _shape(document, "CaseOut")["properties"][field]["enum"]
    assert {a.json()[field] for a in answers.values()} <= {*told}
    assert list(refused.json()["fields"]) == [field]


def test_the_answer_has_the_documented_shape_all_the_way_down(
    program: Client, document: dict[str, Any]
) -> None:
    answer = _post(program, WHOLE).json()

    assert answer.keys() == _shape(document, "CaseOut")["properties"].keys()
    clock = answer["clocks"][0]
    assert clock.keys() == _shape(document, "ClockOut")["properties"].keys()
    promise = clock["promises"][0]
    assert promise.keys() == _shape(document, "PromiseOut")["properties"].keys()


def test_the_fast_door_and_the_framework_give_the_same_case(program: Client) -> None:
    filed = _post(program, WHOLE).json()

    assert program.get(filed["links"]["self"]).json() == filed


def test_the_same_key_gives_the_same_answer_and_another_body_is_a_conflict(
    program: Client,
) -> None:
    first, again = _post(program, WHOLE, key="k-1"), _post(program, WHOLE, key="k-1")
    other = _post(program, WHOLE | {"subject": "漏水"}, key="k-1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.content == again.content


def test_a_refusal_is_a_problem_document_of_the_documented_shape(
    program: Client, document: dict[str, Any]
) -> None:
    problem = program.get("/api/v1/cases/TS20260213000000X").json()

    assert set(_shape(document, "Problem")["required"]) <= problem.keys()


def test_a_stranger_is_told_to_bring_a_token(db: None) -> None:
    refused = _post(Client(), LEAST)

    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == "Bearer"
