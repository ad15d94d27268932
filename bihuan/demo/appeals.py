"""Some people of the demo do not accept their results: appeals at every stage (3.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts import queries as people
from bihuan.appeals import commands, queries
from bihuan.cases import queries as cases
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.demo.cast import Cast
from bihuan.events import relay

APPEALS = (
    ("facts", "处理人没有看我上传的开箱视频，商品在签收时就已经损坏。", "重新核对视频，全额退款"),
    ("unfair", "商品价格三百多元，只补偿二十元优惠券，与损失相差太大。", "按商品价款退款"),
    ("evidence", "我找到了与商家的聊天记录，商家当时承认发错了型号。", "免费换货"),
    ("rule", "商品没有定制，不属于不支持七天无理由退货的范围。", "支持退货退款"),
    ("broken", "答应三天内退款，已经一周，钱还没有到账。", "尽快退款并说明原因"),
)
ASKED = "聊天记录里的对方账号是店铺客服吗？请提供完整截图。"
DECISION = {
    "facts": "开箱视频显示签收当日商品已有损坏，原处理时没有核对该视频。",
    "reasons": "损坏在交付前形成，应由商家承担责任，原处理认定事实不清。",
    "basis": "《消费者权益保护法》第二十四条；手册 2.2.3",
    "next": "由另一位处理人在三个工作日内联系用户，办理退款。",
}


def appeal_some(cast: Cast, at: datetime) -> None:
    """Five appeals: one waits, one is under review, one was asked, two are decided."""
    told = cases.visible(SYSTEM).filter(state__in=["notified", "closed"], kind="complaint")
    newest = told.order_by("-received_at", "subject")[:200]
    rows = [case for case in newest if case.told_at][: 3 * len(APPEALS) : 3]
    for n, (case, given) in enumerate(zip(rows, APPEALS, strict=False)):
        _appeal(case, given, n, at)


def _appeal(case: Any, given: tuple[str, str, str], n: int, at: datetime) -> None:
    ground, text, wish = given
    person = Actor(case.person_id, frozenset({Role.CUSTOMER}))
    row, _ = commands.file_appeal(
        number=case.number, ground=ground, text=text, wish=wish, by=person, at=at
    )
    relay.drain(at)
    row = queries.get(row.number, SYSTEM)
    reviewer = people.staff(row.reviewer_id)
    if reviewer is None or n == 0:
        return
    by = reviewer.actor
    with transaction.atomic():
        commands.accept_appeal(
            appeal=row.number, text="我将核对您提交的全部材料，并听取原处理方的说明。", by=by,
            at=at,
        )  # fmt: skip
        if n == 2:
            commands.ask_appellant(appeal=row.number, text=ASKED, by=by, at=at)
        if n > 2:
            outcome = "upheld" if n == 3 else "dismissed"
            commands.decide_appeal(
                appeal=row.number, outcome=outcome, facts=DECISION["facts"],
                reasons=DECISION["reasons"], basis=DECISION["basis"], next=DECISION["next"],
                by=by, at=at,
            )  # fmt: skip
    relay.drain(at)
