"""A payment fault and the people who complain of it: for the stories of this room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bihuan.accounts.commands import Contact
from bihuan.cases import commands as cases
from bihuan.cases import tasks as case_tasks
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, filing
from bihuan.complaints import commands
from bihuan.complaints.models import Incident
from bihuan.core.actors import Actor, Role
from bihuan.events.relay import drain

HOUR = timedelta(hours=1)
NOON = FRIDAY + 2 * HOUR
TITLE = "支付页面扣款成功但订单未生成"
SAID = "支付页面扣款成功，订单却没有生成，钱也没有退回，请尽快处理。"
SECONDS = 8
ANSWER = "{{number}} 的问题是支付系统故障，正在修复，恢复后逐件退款。"


def facts(home: House, **changes: Any) -> dict[str, Any]:
    """What the form of an incident says."""
    return {
        "title": TITLE, "what": "支付回调失败，订单没有生成。", "department": "customer_service",
        "lead_id": home.bo_bo.id, "started_at": (NOON - HOUR).isoformat(),
        "found_at": NOON.isoformat(), "cause": "",
    } | changes  # fmt: skip


def opened(home: House, *some: Case, mark: str = "one", **changes: Any) -> Incident:
    """By 波波, who leads it, with these cases in it."""
    row = commands.open_incident(
        raw=facts(home, **changes), mark=mark, by=home.bo_bo, at=NOON + HOUR
    )
    for case in some:
        added(home, row, case)
    return row


def added(home: House, row: Incident, case: Case, by: Actor | None = None) -> None:
    commands.add_to_incident(id=row.id, number=case.number, by=by or home.bo_bo, at=NOON + HOUR)


def of_somebody(home: House, n: int, **changes: Any) -> Case:
    """The complaint of one more person, given to 波波."""
    who = Contact(name=f"用户{n}", phone=f"1380000{n:04d}")
    asked = filing(**({"contact": who, "text": SAID, "category": "system_tech"} | changes))
    case = cases.file(filing=asked, by=home.bo_bo, at=FRIDAY + timedelta(seconds=n)).case
    Case.objects.filter(id=case.id).update(department="customer_service", owner_id=home.bo_bo.id)
    case.refresh_from_db()
    return case


def some_cases(home: House, many: int = 3) -> list[Case]:
    return [of_somebody(home, n) for n in range(many)]


def told(home: House, row: Incident, **changes: Any) -> Any:
    """One message to all, by its lead."""
    asked = {
        "id": row.id, "action": "answer", "text": ANSWER, "mark": "m1", "seconds": SECONDS,
        "by": home.bo_bo, "at": NOON + HOUR,
    }  # fmt: skip
    return commands.tell_incident(**(asked | changes))


def mended(home: House, row: Incident, **changes: Any) -> Incident:
    """It works again, as its lead says."""
    asked = {
        "id": row.id, "ended_at": NOON + HOUR, "failed": "支付回调证书过期", "mark": "mend",
        "seconds": 0, "by": home.bo_bo, "at": NOON + 2 * HOUR,
    }  # fmt: skip
    return commands.mend_incident(**(asked | changes))


def carried_out(at: Any = NOON + HOUR + timedelta(seconds=SECONDS)) -> None:
    """The worker takes the run, and the incident hears how it went."""
    case_tasks.carry_out(at)
    drain(at)


def customer(case: Case) -> Actor:
    return Actor(case.person_id, frozenset({Role.CUSTOMER}))
