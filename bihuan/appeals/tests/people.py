"""A result that 爱丽 does not accept, and the people who may look at it anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bihuan.appeals import commands
from bihuan.appeals.models import Appeal
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, file, house, lawyer, supervisor
from bihuan.cases.tests.stories import notified, resolved
from bihuan.complaints.tests.people import staff
from bihuan.core.actors import Actor, Role
from bihuan.events.relay import drain

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOLD = FRIDAY + 3 * HOUR
AT = FRIDAY + 4 * HOUR
GROUND = "facts"
WHY = "处理人没有看我上传的开箱视频，裂纹在签收时就有。"
DECISION = {
    "facts": "开箱视频显示签收当日底座已有裂纹，原处理未核对该视频。",
    "reasons": "裂纹在交付前形成，属于质量问题，应当支持全部诉求。",
    "basis": "《消费者权益保护法》第二十四条",
    "next": "三个工作日内联系用户办理全额退款，运费由商家承担。",
}


@dataclass(frozen=True, slots=True)
class Court:
    """The house, and who is independent there: of the legal department, management, compliance."""

    home: House
    reviewer: Actor
    chief: Actor
    zhou: Actor

    def who(self, staff_id: int) -> Actor:
        """Whichever of them has this id."""
        return next(one for one in (self.reviewer, self.chief, self.zhou) if one.id == staff_id)


def court() -> Court:
    """For use inside a test's transaction."""
    home = house()
    return Court(
        home, lawyer("法务何清"), supervisor("钟总", "management"),
        staff("合规周", Role.COMPLIANCE, "compliance"),
    )  # fmt: skip


def named(at: Court, row: Appeal, reviewer: Actor | None = None) -> Appeal:
    """This one and no other is the reviewer: 法务何清, unless it is said otherwise."""
    chosen = reviewer or at.reviewer
    if row.reviewer_id != chosen.id:
        by = at.zhou if chosen != at.zhou else at.chief
        commands.appoint_reviewer(appeal=row.number, staff_id=chosen.id, by=by, at=AT)
        row.refresh_from_db()
    return row


def taken_up(at: Court, row: Appeal) -> Appeal:
    """The named reviewer takes it up."""
    return commands.accept_appeal(
        appeal=row.number, text="我将核对您的视频。", by=at.who(row.reviewer_id), at=AT + HOUR
    )


def decide(at: Court, row: Appeal, when=AT + 2 * HOUR, outcome: str = "upheld") -> Appeal:  # type: ignore[no-untyped-def]
    """The named reviewer decides."""
    decided = commands.decide_appeal(
        appeal=row.number, outcome=outcome, **DECISION, by=at.who(row.reviewer_id), at=when
    )
    drain(when)
    return decided


def told(at: Court, **changes: object) -> Case:
    """爱丽's complaint, handled by 波波, with its result told."""
    case = file(at.home, **changes)
    resolved(at.home, case)
    return notified(at.home, case, TOLD)


def appeal(at: Court, case: Case, when=AT, **changes: object) -> Appeal:  # type: ignore[no-untyped-def]
    """爱丽 appeals, and a reviewer is drawn."""
    given = {"ground": GROUND, "text": WHY} | changes
    row, faults = commands.file_appeal(number=case.number, by=at.home.ai_li, at=when, **given)
    assert not faults
    drain(when)
    row.refresh_from_db()
    return row
