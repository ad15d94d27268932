"""Those who missed a deadline say why, and whoever answers for them signs (2.3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.complaints import commands, queries
from bihuan.demo.cast import Cast
from bihuan.demo.dice import dice
from bihuan.demo.texts import corpus


def answer_for_breaches(cast: Cast, seed: int, at: datetime) -> None:
    """Once a day: the cause of what was missed, and the day after the signature."""
    words = corpus().words["answerable"]
    chief = cast.by_login["yanming"]
    waiting = queries.visible(chief).filter(signed_at=None, opened_at__lt=at - timedelta(days=1))
    for row in waiting.order_by("due_at", "id"):
        if not row.cause:
            rng = dice(seed, row.due_at.isoformat())
            pair = rng.randrange(len(words["causes"]))
            commands.explain(
                id=row.id, cause_code=words["cause_codes"][pair],
                cause=words["causes"][pair], measure=words["measures"][pair],
                by=cast.staff.get(row.staff_id) or chief, at=at,
            )  # fmt: skip
        elif row.opened_at < at - timedelta(days=2):
            spoken = (row.staff_id, row.explained_by)
            able = [*cast.supervisors(row.department), chief, *cast.supervisors("management")]
            commands.sign(id=row.id, by=next(o for o in able if o.id not in spoken), at=at)
