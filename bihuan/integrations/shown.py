"""What the pages of this room show: states and answers in words, times, links to cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as later

from bihuan.accounts import queries as accounts
from bihuan.cases import queries as cases
from bihuan.integrations import queries, rules
from bihuan.integrations.forms import kind_words
from bihuan.integrations.models import Delivery, Endpoint
from bihuan.web.door import Who
from bihuan.web.words import moment_words

#: How a try went.
ANSWERS = {
    "2xx": later("已收下（2xx）"),
    "3xx": later("要求转到别处（3xx）"),
    "4xx": later("对方拒绝（4xx）"),
    "5xx": later("对方出错（5xx）"),
    "no_such_host": later("找不到主机"),
    "private_address": later("地址在内部网络里，没有发送"),
    "unfit": later("网址不能使用，没有发送"),
    "no_answer": later("连接不上"),
    "bad_certificate": later("证书无效，没有发送"),
    "garbled": later("答复无法识别"),
    "lost": later("没有等到答复"),
    "fault": later("本系统出错"),
}
DELIVERIES = {
    "queued": ("info", "clock", later("等待发送")),
    "retried": ("warn", "rotate-cw", later("等待重试")),
    "delivered": ("ok", "circle-check", later("已送达")),
    "failed": ("bad", "circle-x", later("未送达")),
    "withheld": ("", "lock", later("案件限制查看，不推送")),
}
ENDPOINTS = {
    "on": ("ok", "circle-check", later("推送中")),
    "failing": ("warn", "triangle-alert", later("最近失败")),
    "left": ("bad", "user-x", later("负责人不再是管理员，已暂停")),
    "off_by_hand": ("", "circle-stop", later("已停用")),
    "off_gone": ("bad", "circle-stop", later("对方不再接收，已自动停用")),
    "off_failing": ("bad", "circle-stop", later("连续五天失败，已自动停用")),
}


def endpoints(rows: Sequence[Endpoint], at: datetime) -> list[dict[str, Any]]:
    """Each with its host, its owner's name and how it stands."""
    names = accounts.staff_names(row.owner_id for row in rows)
    keepers = set(queries.owners())
    return [
        {
            "row": row,
            "host": queries.host(row),
            "owner": names.get(row.owner_id, ""),
            "state": _pill(ENDPOINTS, _standing(row, keepers)),
            "every": rules.EVERY in row.kinds,
            "kinds": [{"id": kind, "label": kind_words(kind)} for kind in row.kinds],
            "made": moment_words(row.created_at, at),
            "both_sign": moment_words(row.old_until, at)
            if row.old_until and at < row.old_until
            else "",
        }
        for row in rows
    ]


def endpoint(row: Endpoint, at: datetime) -> dict[str, Any]:
    """As `endpoints`, for one."""
    return endpoints([row], at)[0]


def deliveries(rows: Sequence[Delivery], who: Who) -> list[dict[str, Any]]:
    """Each with its case where this reader may look at it, and every try."""
    at = who["at"]
    links = cases.links({row.case_id for row in rows if row.case_id}, who["by"])
    return [
        {
            "row": row,
            "kind": kind_words(row.kind),
            "link": links.get(row.case_id, ""),
            "state": _pill(DELIVERIES, _state(row)),
            "again": row.state != "queued" or row.tries > 0,
            "when": moment_words(row.created_at, at),
            "next": moment_words(row.next_try_at, at) if row.next_try_at and row.tries else "",
            "tries": [_try(one, at) for one in row.answers],
        }
        for row in rows
    ]


def _state(row: Delivery) -> str:
    return "retried" if row.state == "queued" and row.tries else row.state


def _try(one: dict[str, str], at: datetime) -> dict[str, Any]:
    when = moment_words(datetime.fromisoformat(one["at"]), at)
    return {"when": when, "said": ANSWERS[one["answer"]]}


def _standing(row: Endpoint, keepers: set[int]) -> str:
    if not row.active:
        return f"off_{row.off_reason}"
    if row.owner_id not in keepers:
        return "left"
    return "failing" if row.failing_since else "on"


def _pill(of: dict[str, tuple[str, str, Any]], state: str) -> dict[str, Any]:
    tone, icon, label = of[state]
    return {"tone": tone, "icon": icon, "label": label}
