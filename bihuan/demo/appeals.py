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
    ("facts", "处理人没有核对我上传的照片和聊天记录，认定的经过与实际不符。", "重新核对材料"),
    ("unfair", "补偿与我的实际损失相差太大，也没有说明是怎么算的。", "按实际损失补偿"),
    ("evidence", "我找到了新的聊天记录，对方当时承认了问题。", "按新的证据重新处理"),
    ("rule", "引用的规则不适用于这一笔，下单时的页面上没有这样的限制。", "按下单时的条款处理"),
    ("broken", "答应的措施到期没有落实，我催过一次也没有答复。", "尽快落实并说明原因"),
)
ASKED = "聊天记录里的对方账号是店铺客服吗？请提供完整截图。"
DECISIONS = {
    "upheld": {
        "facts": "下单时的页面没有写明这一限制，原处理引用的是后来修改的规则。",
        "reasons": "应当按下单时的页面和条款处理，原处理适用规则不当。",
        "basis": "《消费者权益保护法实施条例》第十二条；手册 3.1",
        "next": "由另一位处理人在三个工作日内按下单时的条款重新处理并告知用户。",
    },
    "dismissed": {
        "facts": "经核对，答应的措施已在承诺的日期之前落实，凭证在案件记录中。",
        "reasons": "原处理的承诺已经履行，没有发现未落实的依据，维持原处理结果。",
        "basis": "手册 1.2、2.4.3",
        "next": "",
    },
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
            said = DECISIONS[outcome]
            commands.decide_appeal(
                appeal=row.number, outcome=outcome, facts=said["facts"],
                reasons=said["reasons"], basis=said["basis"], next=said["next"], by=by, at=at,
            )  # fmt: skip
    relay.drain(at)
