"""The stories that special reports are written about, and what one says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bihuan.accounts import commands as accounts
from bihuan.cases import commands as cases
from bihuan.cases.models import Case
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, LONG_AGO, House
from bihuan.cases.tests.stories import on, told
from bihuan.complaints import commands, tasks
from bihuan.complaints.models import SpecialReport
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.events.models import Event

WORDS: dict[str, Any] = {
    "summary": "用户反映破壁机底座开裂漏水，经核实为同批次装配缺陷。",
    "cause": "供应商更换底座材料后未重新送检，平台抽检未覆盖该批次。",
    "responsibility": "商家承担质量责任，平台抽检岗位承担管理责任。",
    "losses": "十二位用户已全额退款，未造成人身损害。",
    "similar": "近九十天同一商家的同一问题另有三件，均已退款。",
    "prevention": "更换材料的商品须重新送检后方可恢复销售。",
    "people": "12",
    "loss": "3,588.50",
}


def words(house: House, **changes: Any) -> dict[str, Any]:
    """A whole report, as its form gives it."""
    measure = {
        "measure_1_what": "下架该批次并启动召回", "measure_1_owner": str(house.bo_bo.id),
        "measure_1_due": "2026-03-20",
    }  # fmt: skip
    return WORDS | measure | changes


def lifted(house: House) -> Case:
    """A complaint that two people found to be major."""
    case = people.file(house)
    cases.set_severity(**on(case, house.bo_bo), severity="major", reason="多人受影响")
    cases.approve_severity(**on(case, house.chen))
    case.refresh_from_db()
    return case


def led(house: House, case: Case, lead: Actor) -> None:
    """Taken into work, with somebody named to lead the special procedure (3.2)."""
    cases.accept(**on(case, house.bo_bo), text="已受理，先联系商家。")
    cases.review(**on(case, house.bo_bo), reason="需专项处理", lead_id=lead.id)


def decided_and_told(house: House, case: Case, at: datetime = FRIDAY) -> Case:
    """Handled to the end, as far as the person is concerned."""
    who = on(case, house.bo_bo, at)
    cases.answer(**who, text="底座开裂属于质量问题，我们正在核实。")
    cases.propose(**who, solution="支持退货退款。")
    cases.find(**who, finding="照片显示底座裂纹，电话 13900002718 已核实。", measure="全额退款")
    cases.tell(**who, text="初步认定存在质量问题。")
    return told(house, case, at)


def asked(case: Case, at: datetime = FRIDAY) -> SpecialReport:
    """The report of a case, once the clock has looked."""
    tasks.tend_reports(at)
    return SpecialReport.objects.get(case_id=case.id)


def submitted(house: House, row: SpecialReport, at: datetime = FRIDAY) -> SpecialReport:
    """Written by 波波 in one go."""
    return commands.submit_report(
        id=row.id, given=words(house), expected_version=row.version, by=house.bo_bo, at=at
    )


def manager() -> Actor:
    """Somebody of the management, who is no supervisor."""
    row = accounts.create_staff(
        name="严明", username="严明", roles=["agent"], department="management", by=SYSTEM,
        at=LONG_AGO,
    )  # fmt: skip
    return Actor(row.id, frozenset({Role.AGENT}), "management", "严明")


def said(row: SpecialReport) -> list[str]:
    """What was said of the report on its case, in order."""
    events = Event.objects.filter(stream=row.case_id, kind__startswith="report.")
    return list(events.order_by("seq").values_list("kind", flat=True))
