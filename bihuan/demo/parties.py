"""Payment institutions and couriers are asked on the open cases of the demo's last days (6.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.complaints import commands, queries
from bihuan.core.actors import Actor
from bihuan.demo.cast import Cast
from bihuan.events import relay

CASES = 9  # of each group
ASKED = {
    "payment": (
        ("alipay", "query", "用户称同一订单扣款两次，请核对交易流水和退款状态。", "ZF"),
        ("wechat_pay", "query", "订单显示未支付而用户已扣款，请查这笔交易的最终状态。", "WX"),
        ("unionpay", "complaint", "退款已超过承诺的到账时间，请查清原因并尽快入账。", "UP"),
    ),
    "logistics": (
        ("sf", "complaint", "用户反映包裹没有按时送到，请查明去向、原因和责任。", "SF"),
        ("zto", "query", "运单多日没有新轨迹，请告知包裹现在何处、何时派送。", "ZT"),
        ("jd", "complaint", "用户对派送不满意，请查明经过、认定责任并说明处理办法。", "JD"),
    ),
}
ANSWERS = {
    "payment": "流水核对无误，多扣的一笔已于当日原路退回，一至三个工作日到账。",
    "logistics": "包裹滞留转运中心，今日已发出，预计两日内送达；因延误退还运费。",
}


def ask_around(cast: Cast, at: datetime) -> None:
    """Two of three cases ask somebody; one of these has its answer, and its steps go on."""
    chief = cast.by_login["yanming"]
    with transaction.atomic():
        for group in queries.TRADES:
            page = queries.worklist(chief, at, group=group, limit=CASES)
            for n, line in enumerate(page.lines):
                if n % 3 < 2:
                    _ask(cast, line.case, group, n, at)
    relay.drain(at)


def _ask(cast: Cast, case: Any, group: str, n: int, at: datetime) -> None:
    by: Actor = cast.staff.get(case.owner_id) or cast.supervisors(case.department)[0]
    party, manner, what, trade = ASKED[group][(n + n // 3) % 3]
    row = commands.ask(
        number=case.number, kind=queries.TRADES[group], party=party, manner=manner, way="web",
        what=what, reference=f"{trade}-{case.number[-6:]}", by=by, at=at,
        asked_at=max(case.received_at, at - timedelta(days=n + 1)),
    )  # fmt: skip
    first, second, *_rest = queries.handling(case, at)
    done = [first.step.id, second.step.id] if n % 3 == 0 else [first.step.id]
    for step in done:
        commands.mark_step(number=case.number, step=step, state="done", by=by, at=at)
    if n % 3 == 0:
        commands.answer_inquiry(id=row.id, answer=ANSWERS[group], by=by, at=at)
