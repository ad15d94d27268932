"""The clocks of a case as the desk shows them: the strip, its why, and the table of all rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.cases.models import Case, Clock
from bihuan.desk.shown import say
from bihuan.web import words
from bihuan.web.words import english


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One clock of the strip, with its why."""

    id: str
    milestone: str
    label: str
    limit_label: str
    sla: words.Sla
    due_text: str
    fraction: int
    hard: bool
    done: bool
    amber: bool
    why: dict[str, Any]


def clocks(case: Case, rows: Sequence[Clock], at: datetime) -> list[ShownClock]:
    """Running rows first, the most pressing in front; then those that were met."""
    running = [r for r in rows if r.done_at is None]
    met = [r for r in rows if r.done_at is not None]
    running.sort(key=lambda r: (not r.hard, r.effective_due_at))
    return [_clock(case, row, n, at) for n, row in enumerate([*running, *met])]


def _clock(case: Case, row: Clock, n: int, at: datetime) -> ShownClock:
    book = queries.handbook(case)
    milestone = book.milestones[row.milestone]
    whys = queries.explain(case, row)
    first = next((w for w in whys if w.promise.hard), whys[0])
    ends = row.done_at or at
    due = row.due_at if row.done_at else row.effective_due_at
    total = max((due - row.started_at).total_seconds(), 1)
    used = int(100 * (ends - row.started_at).total_seconds() / total)
    return ShownClock(
        id=f"{case.number}-{n}",
        milestone=row.milestone,
        label=say(milestone),
        limit_label=words.limit_words(first.promise.limit),
        sla=words.sla(due, at, row.started_at, done=row.done_at, soft=not row.hard),
        due_text=words.moment_words(row.done_at, at)
        if row.done_at
        else words.due_words(row.effective_due_at, at),
        fraction=max(0, min(100, used)),
        hard=row.hard,
        done=row.done_at is not None,
        amber=not row.hard and row.done_at is None and at > row.due_at,
        why=why(row, whys, first, at),
    )


def why(
    row: Clock, whys: Sequence[queries.Why], first: queries.Why, at: datetime
) -> dict[str, Any]:
    """Why this deadline: clause, steps, days, and the other promises that meet here."""
    steps = words.why_steps(first.promise.limit, row.started_at, row.due_at, at, row.unheld_due_at)
    if row.effective_due_at < row.due_at:
        steps.append(
            _("后面的步骤 {due} 就到期，所以这一步也要在那之前完成。").format(
                due=words.due_moment(row.effective_due_at, at)
            )
        )
    return {
        "title": _("为什么是{due}？").format(due=words.due_moment(row.effective_due_at, at)),
        "steps": steps,
        "days": words.day_strip(first.counted),
        "clause": first.promise.clause,
        "quote": first.promise.en if english() else first.promise.says,
        "policy_version": first.policy_version,
        "provisional": row.status == "provisional",
        "other": [
            {
                "clause": w.promise.clause,
                "quote": w.promise.en if english() else w.promise.says,
                "due": words.due_moment(w.due_at, at),
            }
            for w in whys
            if w is not first
        ],
    }


def table(case: Case, at: datetime) -> list[dict[str, Any]]:
    """Every row of every round, void ones with their reason (HOUSE §6b: nothing is overwritten)."""
    book = queries.handbook(case)
    return [
        {
            "round": row.round,
            "label": say(book.milestones.get(row.milestone)) or row.milestone,
            "clauses": _("、").join(sorted({book.promise(id).clause for id in row.promises})),
            "started": words.moment_words(row.started_at, at),
            "due": words.due_moment(row.due_at, at),
            "sooner": words.due_moment(row.effective_due_at, at)
            if row.effective_due_at < row.due_at and not (row.done_at or row.void_at)
            else "",
            "sla": None
            if row.void_at
            else words.sla(
                row.due_at if row.done_at else row.effective_due_at,
                at, row.started_at, done=row.done_at, soft=not row.hard,
            ),
            "ended": words.moment_words(row.done_at, at) if row.done_at else "",
            "void": _void(row.void_reason) if row.void_at else "",
            "hard": row.hard,
        }
        for row in queries.all_clocks(case)
    ]  # fmt: skip


def _void(reason: str) -> str:
    said = {
        "declined": _("不予受理"), "withdrawn": _("用户撤回"), "merged": _("已并案"),
        "closed": _("已办结"),
        "next_round": _("进入下一轮"), "classify": _("改类后重算"),
        "complain": _("转为投诉后重算"),
        "approve_kind": _("改类后重算"),
        "set_severity": _("定级后重算"), "approve_severity": _("定级后重算"),
        "set_tier": _("响应级别调整后重算"), "pause": _("暂停计时后重算"),
        "calendar": _("放假安排公布后重算"),
    }  # fmt: skip
    return said.get(reason, reason)
