"""`bihuan loop`: prove that the loop is closed, or name each case that is open at one end."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bihuan.cli import connect

if TYPE_CHECKING:
    from bihuan.cases.queries import Gap

DAY = timedelta(days=1)
HELD_MOST = DAY  # not the handbook's: a mail that waits longer for a decision is a gap
Answer = dict[str, Any]
WHY = {
    "no_owner": "没有可处理的责任人",
    "no_next_date": "没有下一个日期",
    "no_notice": "没有通知用户的记录",
}


def run(argv: Sequence[str]) -> int:
    """0 when every open case has an owner, a next date and a notice trail; 1 naming each gap.

    Mails that wait for a decision are named too, gaps after a day; and how many called in vain
    from a withheld number, whom nobody can call back (1.3).
    """
    parser = argparse.ArgumentParser(
        prog="bihuan loop",
        description="Every open case has an owner, a next date and a notice trail.",
        epilog="example: bihuan loop --json",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(argv)
    return connect.commanded("loop", lambda: _prove(given))


def _prove(given: argparse.Namespace) -> int:
    from bihuan.cases import queries
    from bihuan.mail import queries as mails
    from bihuan.phone import queries as phone

    at = datetime.now(UTC)
    gaps = list(queries.loop(at))
    held = mails.open_ends()
    late = sum(at - since > HELD_MOST for _, since in held)
    unheard = phone.nobody_to_call(at - DAY)
    if given.json:
        print(json.dumps(_facts(gaps, held, late, unheard)))
    else:
        for gap in gaps:
            print(f"{gap.number}  {gap.why}  {WHY[gap.why]}")
        for id, since in held:
            print(f"/desk/mail/{id}/  held_mail  来信待人决定，{since:%Y-%m-%dT%H:%M%z} 收到")
        if unheard:
            print(f"过去一天有 {unheard} 个未显示号码的来电没有接到，无法回拨")
        print(
            f"{len(gaps) + late} 处缺口"
            if gaps or late
            else "闭环完整：每件未结案件都有责任人、下一日期和通知记录。"
        )
    if gaps or late:
        print(f"bihuan loop: {len(gaps) + late} gaps", file=sys.stderr)
    return 1 if gaps or late else 0


def _facts(
    gaps: Sequence[Gap], held: Sequence[tuple[int, datetime]], late: int, unheard: int
) -> Answer:
    return {
        "closed": not (gaps or late),
        "gaps": [{"number": g.number, "why": g.why} for g in gaps],
        "held_mails": [{"mail": id, "since": since.isoformat()} for id, since in held],
        "withheld_calls": unheard,
    }
