"""The API of CONTRACT over HTTP: file, list, step, refuse (E.08)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.accounts import commands as accounts
from bihuan.cases.models import Case
from bihuan.cases.tests.people import TEXT, House, house
from bihuan.core.actors import SYSTEM, Actor
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db

BODY = {
    "kind": "complaint",
    "channel": "app",
    "subject": "破壁机底座开裂",
    "text": TEXT,
    "contact": {"name": "爱丽", "phone": "13900002718", "user_id": "ai_li"},
    "category": "service_quality",
}


class Api:
    """A program that speaks with 波波's token."""

    def __init__(self, home: House, who: Actor) -> None:
        made = accounts.create_token(
            name="test", staff_id=who.id, by=who, at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        self.client = Client()
        self.home = home
        self.headers = {"Authorization": f"Bearer {made.bearer}"}

    def post(self, path: str, body: object, **headers: str):
        raw = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(
            f"/api/v1{path}", raw, content_type="application/json", headers=self.headers | headers
        )

    def get(self, path: str):
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def file(self, **changes: object) -> str:
        answer = self.post("/cases", BODY | changes)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["number"])


@pytest.fixture
def api() -> Api:
    home = house()
    return Api(home, home.bo_bo)


def test_e_08_filing_answers_with_number_clocks_and_links(api):
    answer = api.post("/cases", BODY)

    filed = answer.json()
    assert answer.status_code == 201
    assert (filed["state"], filed["category"], filed["severity"]) == (
        "filed",
        "service_quality",
        "general",
    )
    response = next(c for c in filed["clocks"] if c["milestone"] == "case.first_response")
    assert {p["promise"] for p in response["promises"]} >= {"C-1.4-1", "C-1.2-1"}
    assert all(p["clause"] and p["quote"] and p["force"] for p in response["promises"])
    assert (response["state"], response["status"]) == ("running", "final")
    received = datetime.fromisoformat(filed["received_at"])
    assert datetime.fromisoformat(response["due_at"]) == received + timedelta(hours=24)
    assert (
        api.get(filed["links"]["self"].removeprefix("/api/v1")).json()["number"] == filed["number"]
    )


def test_the_same_key_gives_the_same_answer_and_another_body_409(api):
    first = api.post("/cases", BODY, **{"Idempotency-Key": "k-1"})
    again = api.post("/cases", BODY, **{"Idempotency-Key": "k-1"})
    other = api.post("/cases", BODY | {"text": "另一件事情。"}, **{"Idempotency-Key": "k-1"})

    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b"\xff\xfe", "body"),
        (BODY | {"text": 3}, "text"),
        (BODY | {"text": ""}, "text"),
        (BODY | {"due_at": "2030-01-01"}, "due_at"),
        (BODY | {"kind": "riot"}, "kind"),
        (BODY | {"received_at": "2099-01-01T00:00:00+08:00"}, "received_at"),
        (BODY | {"received_at": "gestern"}, "received_at"),
        (BODY | {"contact": {"phone": "12"}}, "phone"),
        (BODY | {"merchant": "没有这家店"}, "merchant"),
    ],
)
def test_bad_bodies_are_problem_documents_that_name_the_field(api, body, field):
    answer = api.post("/cases", body)

    problem = answer.json()
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert field in problem["fields"]
    assert {"type", "title", "status", "detail", "code"} <= problem.keys()
    assert not Case.objects.exists()


def test_without_a_token_or_with_a_wrong_one_nothing_is_told(api):
    api.headers = {}
    assert api.post("/cases", BODY).status_code == 401
    api.headers = {"Authorization": "Bearer bh_wrong"}
    assert api.get("/cases").status_code == 401


def test_an_unknown_and_a_hidden_case_answer_the_same_404(api):
    number = api.file()
    Case.objects.update(restricted=True, owner_id=0)

    hidden, unknown = api.get(f"/cases/{number}"), api.get("/cases/TS2026010100000000")

    assert (hidden.status_code, hidden.content) == (404, unknown.content)


def test_every_step_is_a_post_with_its_fields(api):
    number = api.file()

    accepted = api.post(f"/cases/{number}/accept", {"text": "已受理"})
    answered = api.post(f"/cases/{number}/answer", {"text": "底座开裂属于质量问题，正在核实。"})

    assert accepted.json()["state"] == "accepted"
    met = {c["milestone"] for c in answered.json()["clocks"] if c["state"] == "met"}
    assert met == {"complaint.accepted", "case.first_response"}


def test_an_impossible_step_names_clause_and_possible_steps(api):
    number = api.file()

    answer = api.post(f"/cases/{number}/confirm", {})

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["clause"]) == (
        409,
        "not_possible",
        "2.4.3",
    )
    assert "accept" in problem["possible"]


def test_a_stale_version_is_409_with_the_newer_state(api):
    number = api.file()
    api.post(f"/cases/{number}/accept", {})

    answer = api.post(f"/cases/{number}/answer", {"text": "您好", "expected_version": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert (answer.json()["version"], answer.json()["state"]) == (2, "accepted")


def test_missing_fields_of_a_step_are_named(api):
    number = api.file()

    answer = api.post(f"/cases/{number}/resolve", {"outcome": "maybe", "due_at": "x"})

    assert answer.status_code == 422
    assert answer.json()["fields"].keys() == {"outcome", "reason", "due_at"}


def test_keyset_pages_show_every_case_once_in_the_order_of_the_inbox(api):
    numbers = [api.file(text=f"第{n}件：{TEXT}") for n in range(7)]
    Case.objects.filter(number=numbers[3]).update(next_due_at=None, next_milestone="")
    Case.objects.filter(number=numbers[5]).update(rank=0)

    seen, cursor = [], ""
    for _ in range(9):
        page = api.get(f"/cases?limit=2&cursor={cursor}").json()
        seen += [case["number"] for case in page["cases"]]
        cursor = page["next"]
        if not cursor:
            break

    assert (seen[0], seen[-1]) == (numbers[5], numbers[3])
    assert sorted(seen) == sorted(numbers)


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMiwzXQ", "WyJhIiwiYiIsImMiXQ", "%00", "九"])
def test_a_cursor_that_does_not_read_back_is_422_and_no_error(api, cursor):
    answer = api.get(f"/cases?cursor={cursor}")

    assert (answer.status_code, answer.json()["fields"]) == (
        422,
        {"cursor": answer.json()["fields"]["cursor"]},
    )


def test_events_are_the_sealed_log_and_entries_hide_personal_numbers(api):
    number = api.file(text=f"{TEXT}电话 13912345678。")

    events = api.get(f"/cases/{number}/events").json()
    entries = api.get(f"/cases/{number}/entries").json()

    assert [e["kind"] for e in events] == ["case.filed"]
    assert len(events[0]["hash"]) == 64
    assert "13912345678" not in json.dumps(entries, ensure_ascii=False)
    assert "139****5678" in entries[0]["text"]


def test_due_and_policy_need_no_token(api):
    client = Client()
    due = client.post(
        "/api/v1/due",
        json.dumps({"received": "2026-02-13T16:00:00+08:00", "kind": "complaint"}),
        content_type="application/json",
    ).json()
    policy = client.get("/api/v1/policy").json()

    assert len(due["clocks"]) == 16
    assert len(policy["promises"]) >= 28
    assert client.get("/api/v1/policy/clauses/2.3.1").json()["promises"]
    assert client.get("/api/v1/policy/clauses/99").status_code == 404


def test_no_request_writes_a_number_of_a_person_into_the_log(api):
    api.file()

    text = json.dumps([e.data for e in Event.objects.all()], ensure_ascii=False)
    assert "13900002718" not in text
    assert "爱丽" not in text
    assert SYSTEM.id == 0
    assert timezone.is_aware(Event.objects.latest("at").at)
