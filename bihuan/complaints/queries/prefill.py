"""A first draft of the parts that are judgement, from the facts; its author makes it his own."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from bihuan.cases import queries as cases
from bihuan.complaints.fields import MEASURES_MOST, MOST, WHAT_MOST, Measure, Parts
from bihuan.complaints.queries.facts import Facts, facts_of
from bihuan.complaints.queries.reports import CaseRow, earlier_parts
from bihuan.core import personal
from bihuan.web import words

HOUSE_LOCALE = "zh-hans"  # a report to the management is a paper of the house


def prefilled(case: CaseRow, *, at: datetime) -> Parts:
    """Drafted in Chinese whatever the reader's language; a part with nothing to say is empty.

    Where a report of this case lapsed, what it said last.
    """
    if earlier := earlier_parts(case.id):
        return earlier
    follow_ups = [row for row in cases.follow_ups(case) if row.done_at is None]
    measures = tuple(
        Measure(cases.unsealed(row.what)[:WHAT_MOST], row.owner_id, row.due_on)
        for row in follow_ups[:MEASURES_MOST]
    )
    with translation.override(HOUSE_LOCALE):
        facts = facts_of(case, at)
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
    return _(
        "{received}收到投诉“{subject}”，问题为{issue}，严重程度为{severity}，由{department}{owner}办理。"
    ).format(
        received=said[_("收到时间")],
        subject=facts.subject,
        issue=said[_("问题")],
        severity=said[_("严重程度")],
        department=said[_("处理部门")],
        owner=said[_("经办人")],
    )


def _responsibility(facts: Facts) -> str:
    held = _("；").join(
        _("{department}{who}（{since}起，{span}）").format(
            department=one.department, who=one.who, since=one.since, span=one.span
        )
        for one in facts.holders
    )
    lines = [_("经办经过：{held}。").format(held=held)]
    judged, missed = facts.kept + facts.missed, facts.missed
    if not missed:
        lines.append(_("已到期的 {kept} 项时限全部按时完成。").format(kept=facts.kept))
    else:
        said = _("{judged} 项已评定的时限中，超期 {missed} 项。")
        lines.append(said.format(judged=judged, missed=missed))
    return "\n".join([*lines, *(f"{one.head}：{one.text}" for one in facts.answered_for)])


def _losses(facts: Facts) -> str:
    if facts.stake_fen is None:
        return ""
    return _("涉案订单实付 {paid} 元。").format(paid=words.money(facts.stake_fen))


def _similar(facts: Facts) -> str:
    alike = facts.alike
    if not alike.total:
        return _("近 {days} 天没有其他投诉。").format(days=alike.days)
    parts = _("；").join(
        _("{what} {count} 件（{share}）").format(what=one.what, count=one.count, share=one.share)
        for one in alike.respects
    )
    said = _("近 {days} 天其他投诉共 {total} 件，其中{parts}。").format(
        days=alike.days, total=alike.total, parts=parts
    )
    if not alike.numbers:
        return said
    return said + _("最近的有 {numbers}。").format(numbers=_("、").join(alike.numbers))
