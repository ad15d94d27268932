"""A program that manages webhooks with somebody's token."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import SYSTEM, Actor
from bihuan.integrations.tests.steps import URL

HOOKS = "/api/v1/webhooks"
ALL = ("read", "write", "webhooks")
GIVEN = {"name": "订单系统", "url": URL, "kinds": ["case.filed", "case.closed"]}


class Program:
    """Speaks with somebody's token."""

    def __init__(self, by: Actor, scopes: tuple[str, ...] = ALL) -> None:
        made = accounts.create_token(name="t", staff_id=by.id, scopes=scopes, by=SYSTEM, at=FRIDAY)
        self.client = Client(headers={"Authorization": f"Bearer {made.bearer}"})

    def __call__(self, method: str, path: str = "", body: object = None) -> Any:
        raw = "" if body is None else json.dumps(body)
        return self.client.generic(method, HOOKS + path, raw, content_type="application/json")
