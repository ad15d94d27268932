"""What people of these tests do at the desk: take a step by its form, fill the decision in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.test import Client

from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.desk import decide

LATER = "2026-03-20"


def do(client: Client, case: Case, action: str, **fields: Any) -> Any:
    case.refresh_from_db()
    given = {"expected_version": case.version} | fields
    return client.post(f"{case.desk_url}do/{action}/", given)


def took(client: Client, case: Case, action: str, **fields: Any) -> Case:
    response = do(client, case, action, **fields)
    assert response.status_code == 302, (action, response.status_code)
    assert response["Location"] == case.desk_url
    case.refresh_from_db()
    return case


def whole_form(case: Case, by: Actor) -> dict[str, Any]:
    """Every field of the decision form, filled in."""
    words: Mapping[str, dict[str, str]] = {
        "accept": {"text": "已受理，正在核对。"},
        "answer": {"text": "我们已看到您的问题。"},
        "confirm_problem": {"problem": "底座开裂。"},
        "review": {"reason": "材料齐全", "investigation": "on"},
        "propose": {"solution": "拟全额退款。"},
        "find": {"finding": "照片与描述一致。", "department": "customer_service"},
        "tell": {"text": "初步结果：支持退款。"},
        "resolve": {"outcome": "supported", "reason": "商品有质量问题。", "basis": "2.3.2"},
        "notify": {
            "progress": "核对了订单和照片。",
            "result": "全额退款 329.00 元。",
            "follow_ups-what-1": "回访确认退款到账",
            "follow_ups-owner_id-1": str(by.id),
            "follow_ups-due_on-1": LATER,
        },
    }
    return {
        f"{step}-{name}": value
        for step in decide.steps(case)
        for name, value in words[step].items()
    } | {"expected_version": case.version}
