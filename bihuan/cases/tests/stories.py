"""Longer stretches of a case, for the stories that begin in the middle."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bihuan.cases import commands
from bihuan.cases.models import Case, Clock, Entry
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core.actors import Actor
from bihuan.events.models import Event

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CALL_BACK = "三天内确认退款到账"


def on(case: Case, by: Actor, at: datetime = FRIDAY + HOUR) -> dict[str, Any]:
    """Which case, who acts, and when: what every command is told."""
    return {"number": case.number, "by": by, "at": at}


def handled(home: House, case: Case, at: datetime = FRIDAY + HOUR) -> Case:
    """Everything before the decision, within the hour."""
    who = on(case, home.bo_bo, at)
    commands.accept(**who, text="已受理，先联系商家。")
    return handled_accepted(home, case, at)


def handled_accepted(home: House, case: Case, at: datetime = FRIDAY + HOUR) -> Case:
    """What lies between the acceptance and the decision."""
    who = on(case, home.bo_bo, at)
    commands.answer(**who, text="底座开裂属于质量问题，我们正在联系商家核实。")
    commands.propose(**who, solution="支持退货退款，运费由商家承担。")
    commands.review(**who, reason="材料齐全，无需内部调查")
    commands.find(**who, finding="照片显示底座裂纹，商家未提供出厂检验记录。", measure="全额退款")
    return commands.tell(**who, text="初步认定商品存在质量问题，支持您的退款请求。")


def resolved(home: House, case: Case, at: datetime = FRIDAY + 2 * HOUR) -> Case:
    """Decided, after everything before it."""
    handled(home, case, at - HOUR)
    return decided(home, case, at)


def decided(home: House, case: Case, at: datetime = FRIDAY + 2 * HOUR) -> Case:
    """Only the decision."""
    who = on(case, home.bo_bo, at)
    return commands.resolve(
        **who, outcome="supported", reason="质量问题成立", basis="消费者权益保护法第24条"
    )


def notified(home: House, case: Case, at: datetime = FRIDAY + 2 * HOUR) -> Case:
    """Only the result notice."""
    return commands.notify(
        **on(case, home.bo_bo, at),
        progress="核对照片与订单，联系商家并完成认定。",
        result="全额退款 329.00 元，退货运费由商家承担。",
        follow_ups=[
            {"what": CALL_BACK, "owner_id": home.bo_bo.id, "due_on": (at + 3 * DAY).date()}
        ],
    )


def told(home: House, case: Case, at: datetime = FRIDAY + 2 * HOUR) -> Case:
    """Decided and told."""
    decided(home, case, at)
    return notified(home, case, at)


def closed(home: House, case: Case, at: datetime = FRIDAY + 3 * HOUR) -> Case:
    """From filing to the customer's word that it is solved."""
    handled(home, case, at - 2 * HOUR)
    told(home, case, at - HOUR)
    return commands.confirm(**on(case, home.ai_li, at))


def dues(case: Case, **only: Any) -> set[tuple[str, datetime]]:
    """The rows that are not void, by milestone and due."""
    rows = Clock.objects.filter(case_id=case.id, void_at=None, **only)
    return set(rows.values_list("milestone", "due_at"))


def said(case: Case, kind: str = "") -> list[Event]:
    """The events of a case in their order, or those of one kind."""
    rows = Event.objects.filter(stream=case.id).order_by("seq")
    return list(rows.filter(kind=kind) if kind else rows)


def missed(case: Case) -> list[str]:
    """Milestones whose breach was said."""
    return sorted(str(event.data["milestone"]) for event in said(case, "clock.missed"))


def met(case: Case) -> set[str]:
    """Milestones that were reached."""
    rows = Clock.objects.filter(case_id=case.id, done_at__isnull=False)
    return set(rows.values_list("milestone", flat=True))


def words(case: Case) -> Entry:
    """The last that was said."""
    return Entry.objects.filter(case_id=case.id).latest("id")


def void(case: Case) -> set[str]:
    """Why rows of this case were made void."""
    rows = Clock.objects.filter(case_id=case.id, void_at__isnull=False)
    return set(rows.values_list("void_reason", flat=True))
