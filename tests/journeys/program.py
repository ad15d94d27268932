"""A program that speaks to the API with somebody's token."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.cases.tests.people import TEXT, House
from bihuan.core.actors import Actor

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

    def __init__(
        self, home: House, who: Actor, scopes: tuple[str, ...] = ("read", "write")
    ) -> None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        made = accounts.create_token(name="test", staff_id=who.id, scopes=scopes, by=who, at=at)
        self.client = Client()
        self.home = home
        self.headers = {"Authorization": f"Bearer {made.bearer}"}

    def post(self, path: str, body: object, **headers: str) -> Any:
        raw = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(
            f"/api/v1{path}", raw, content_type="application/json", headers=self.headers | headers
        )

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def file(self, **changes: object) -> str:
        answer = self.post("/cases", BODY | changes)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["number"])


def refused(answer: Any, *fields: str, status: int = 422) -> dict[str, Any]:
    """A problem document that names these fields."""
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert {"type", "title", "status", "detail", "code"} <= problem.keys()
    assert problem["status"] == status
    assert {*problem.get("fields", {})} == {*fields}
    assert all(problem.get("fields", {}).values())
    return problem
