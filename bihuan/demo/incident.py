"""One incident: a fault of the payments that several people complain of."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from bihuan.cases import queries as cases
from bihuan.complaints import commands
from bihuan.core.actors import SYSTEM
from bihuan.demo.cast import Cast

PLAY = Path(__file__).with_name("incident.toml")
AHEAD = timedelta(minutes=40)  # that it began before the first complaint


@transaction.atomic
def gather_incident(cast: Cast, at: datetime) -> None:
    """The newest open complaints of one issue, led by a supervisor of theirs."""
    play = tomllib.loads(PLAY.read_text(encoding="utf-8"))
    rows = cases.visible(SYSTEM).filter(
        kind="complaint", issue=play["issue"], state__in=("filed", "accepted")
    )
    some = list(rows.order_by("-received_at", "-id")[: play["most"]])
    if not some:
        return
    by = next(iter(cast.supervisors(some[0].department)))
    began = min(case.received_at for case in some) - AHEAD
    raw = {name: play[name] for name in ("title", "what", "cause")} | {
        "department": by.department, "lead_id": by.id, "started_at": began.isoformat(),
        "found_at": (began + AHEAD).isoformat(),
    }  # fmt: skip
    row = commands.open_incident(raw=raw, mark="demo", by=by, at=at)
    for case in some:
        commands.add_to_incident(id=row.id, number=case.number, by=by, at=at)
    commands.note_incident(id=row.id, text=play["note"], by=by, at=at)
