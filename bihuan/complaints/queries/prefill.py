"""A first draft of the parts that are judgement, from the facts; its author makes it his own."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from bihuan.cases import queries as cases
from bihuan.complaints.fields import MEASURES_MOST, MOST, WHAT_MOST, Measure, Parts
from bihuan.complaints.queries.facts import Facts, facts_of
from bihuan.complaints.queries.reports import CaseRow
from bihuan.core import personal
from bihuan.web import words

HOUSE_LOCALE = "zh-hans"  # a report to the management is a paper of the house


def prefilled(case: CaseRow, *, at: datetime) -> Parts:
    """Drafted in Chinese whatever the reader's language; a part with nothing to say is empty."""
    with translation.override(HOUSE_LOCALE):
        facts = facts_of(case, at)
    follow_ups = [row for row in cases.follow_ups(case) if row.done_at is None]
    measures = tuple(
        Measure(cases.unsealed(row.what)[:WHAT_MOST], row.owner_id, row.due_on)
        for row in follow_ups[:MEASURES_MOST]
    )
    return Parts(
        summary=_fit(_summary(facts)),
        cause=_fit("\n".join(f"{one.head}：{one.text}" for one in facts.findings)),
        responsibility=_fit(_responsibility(facts)),
        losses=_fit(_losses(facts)),
        similar=_fit(_similar(facts)),
        loss_fen=facts.stake_fen,
        measures=measures,
    )


def _fit(text: str) -> str:
    return personal.mask(text)[:MOST]


def _summary(facts: Facts) -> str:
    said = dict(facts.parties)
    return (
        f"{said['收到时间']}收到投诉“{facts.subject}”，问题为{said['问题']}，"
        f"严重程度为{said['严重程度']}，由{said['处理部门']}{said['经办人']}办理。"
    )


def _responsibility(facts: Facts) -> str:
    held = (f"{one.department}{one.who}（{one.since}起，{one.span}）" for one in facts.holders)
    lines = [f"经办经过：{'；'.join(held)}。"]
    if facts.missed:
        lines.append(f"{facts.kept + facts.missed} 项已评定的时限中，超期 {facts.missed} 项。")
        lines += [f"{one.head}：{one.text}" for one in facts.answered_for]
    else:
        lines.append(f"已到期的 {facts.kept} 项时限全部按时完成。")
    return "\n".join(lines)


def _losses(facts: Facts) -> str:
    if facts.stake_fen is None:
        return ""
    return f"涉案订单实付 {words.money(facts.stake_fen)} 元。"


def _similar(facts: Facts) -> str:
    alike = facts.alike
    if not alike.total:
        return f"近 {alike.days} 天没有其他投诉。"
    parts = "；".join(f"{one.what} {one.count} 件（{one.share}）" for one in alike.respects)
    named = f"最近的有 {'、'.join(alike.numbers)}。" if alike.numbers else ""
    return f"近 {alike.days} 天其他投诉共 {alike.total} 件，其中{parts}。{named}"
