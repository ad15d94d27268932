"""The API of CONTRACT over HTTP: file, read, step, refuse (E.08)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.cases.models import Case
from bihuan.cases.tests.people import TEXT
from bihuan.core.actors import SYSTEM
from bihuan.events.models import Event
from tests.journeys.program import BODY

pytestmark = pytest.mark.django_db


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

    assert (again.status_code, again.content) == (first.status_code, first.content)
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


def test_a_clock_is_running_met_late_or_void_by_the_facts_and_a_soft_one_never_late(api):
    received = (timezone.now() - timedelta(hours=60)).isoformat()
    number = api.file(received_at=received)
    api.post(f"/cases/{number}/answer", {"text": "抱歉晚了，正在核实。"})
    api.post(f"/cases/{number}/set_tier", {"tier": 3, "reason": "影响扩大"})
    api.post(f"/cases/{number}/set_tier", {"tier": 1, "reason": "已恢复"})

    clocks = api.get(f"/cases/{number}/clocks").json()

    found = {(c["milestone"], c["hard"]): (c["state"], bool(c["done_at"])) for c in clocks}
    assert found["case.first_response", True] == ("late", True)
    assert found["complaint.accepted", True] == ("late", False)
    assert found["case.initial_solution_sent", True] == ("late", False)
    assert found["incident.repaired", True] == ("void", False)
    assert found["case.handling_done", False] == ("running", False)
    assert found["case.handling_done", True] == ("running", False)


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
    api.post(f"/cases/{number}/accept", {"text": "受理，先联系商家。"})

    answer = api.post(f"/cases/{number}/answer", {"text": "您好", "expected_version": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert (answer.json()["version"], answer.json()["state"]) == (2, "accepted")


def test_missing_and_unknown_fields_of_a_step_are_named_all_at_once(api):
    number = api.file()

    answer = api.post(f"/cases/{number}/decide", {})
    wrong = api.post(f"/cases/{number}/repair", {"restored_at": "heute", "due_at": "x"})

    assert answer.status_code == 404
    assert wrong.status_code == 422
    assert wrong.json()["codes"] == {
        "failed": "missing", "restored_at": "not_a_moment", "due_at": "unknown_field",
    }  # fmt: skip


def test_an_impossible_step_is_told_before_its_missing_fields(api):
    number = api.file()

    answer = api.post(f"/cases/{number}/notify", {})

    assert (answer.status_code, answer.json()["clause"]) == (409, "1.4")
    assert {"accept", "answer", "find"} <= {*answer.json()["possible"]}


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
