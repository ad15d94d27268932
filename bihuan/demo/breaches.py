"""Those who missed a deadline say why, somebody signs, and it is put right (2.3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.queries import Narrow
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.cast import Cast
from bihuan.demo.dice import dice
from bihuan.demo.texts import corpus

CHIEF = "yanming"
DAY = timedelta(days=1)


def answer_for_breaches(cast: Cast, seed: int, at: datetime) -> None:
    """Once a day: the cause of what was missed, the day after the signature, then the rest."""
    words = corpus().words["answerable"]
    chief = cast.by_login[CHIEF]
    waiting = queries.visible(chief).filter(
        signed_at=None, cancelled_at=None, opened_at__lt=at - timedelta(days=1)
    )
    _decide(cast, seed, at)
    for row in waiting.order_by("due_at", "id"):
        rng = dice(seed, row.due_at.isoformat())
        pair = rng.randrange(len(words["causes"]))
        if not row.cause:
            commands.explain(
                id=row.id, cause_code=words["cause_codes"][pair],
                cause=words["causes"][pair], measure=words["measures"][pair],
                by=cast.staff.get(row.staff_id) or chief, at=at,
            )  # fmt: skip
        elif row.opened_at < at - timedelta(days=2):
            spoken = (row.staff_id, row.explained_by)
            able = [*cast.supervisors(row.department), chief, *cast.supervisors("management")]
            signer = next(one for one in able if one.id not in spoken)
            commands.sign(id=row.id, by=signer, at=at)
            _after(cast, row.id, rng.random(), row.staff_id, signer, at)
    _put_right(cast, seed, at)


def _after(
    cast: Cast, record: int, luck: float, staff_id: int, signer: Actor, at: datetime
) -> None:
    """Of some a measure is made, to some whoever is named objects."""
    words = corpus().words["answerable"]
    holder = cast.staff.get(staff_id)
    if holder is None:
        return
    if luck < 0.1:
        text = words["grounds"][int(luck * 1000) % len(words["grounds"])]
        commands.appeal(id=record, grounds=text, by=holder, at=at)
    elif luck < 0.35:
        text = words["tasks"][int(luck * 1000) % len(words["tasks"])]
        due = at.astimezone(SHANGHAI).date() + 5 * DAY
        commands.set_measure(
            record_ids=[record], what=text, owner_id=holder.id, due_on=due, by=signer, at=at
        )


def _decide(cast: Cast, seed: int, at: datetime) -> None:
    """The objections of the day before, by somebody of another department."""
    words = corpus().words["answerable"]
    chief = cast.by_login[CHIEF]
    for record in queries.listed(chief, at, narrow=Narrow(state="appealed")).records:
        found = queries.visible(chief).get(id=record.id)
        if found.signed_at is None or found.signed_at > at - DAY:
            continue
        able = [*cast.supervisors("management"), *cast.supervisors("compliance")]
        judge = next(one for one in able if queries.appeals(record.id, one, at).decidable)
        upheld = dice(seed, f"{record.due_at} appeal").random() < 0.5
        commands.decide(
            id=record.id, outcome="upheld" if upheld else "dismissed",
            reason=words["upheld" if upheld else "dismissed"], by=judge, at=at,
        )  # fmt: skip


def _put_right(cast: Cast, seed: int, at: datetime) -> None:
    """What is due within the day is reported, mostly; what was reported before is verified."""
    words = corpus().words["answerable"]
    today = at.astimezone(SHANGHAI).date()
    for row in queries.visible_measures(cast.by_login[CHIEF]).filter(verified_at=None):
        rng = dice(seed, f"{row.due_on} {row.what}")
        owner = cast.staff[row.owner_id]
        if row.done_at:
            commands.verify_measure(id=row.id, by=cast.staff[row.made_by], at=at)
        elif row.due_on <= today + rng.randrange(3) * DAY and rng.random() < 0.8:
            shown = words["evidence"][rng.randrange(len(words["evidence"]))]
            commands.finish_measure(id=row.id, evidence=shown, by=owner, at=at)
    tasks.chase(at)
