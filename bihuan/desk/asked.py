"""What one person asked for and only another may agree to: shown, and offered to that other."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.desk.shown import say
from bihuan.web import words


def not_for(case: Case, by: Actor, possible: Collection[str]) -> set[str]:
    """Of the possible steps, the agreements to what nobody asked for, or this very person."""
    askers = {}
    if "approve_severity" in possible:
        askers["approve_severity"] = case.proposed_by
    if "approve_kind" in possible:
        askers["approve_kind"] = getattr(queries.kind_change(case), "asked_by", 0)
    if "approve_pause" in possible:
        askers["approve_pause"] = getattr(queries.pause_of(case), "asked_by", 0)
    return {action for action, asker in askers.items() if asker in (0, by.id)}


def waiting(case: Case) -> list[dict[str, Any]]:
    """Each wish that waits for a second person, and what holds until then."""
    if not case.is_open:
        return []
    book, told = queries.handbook(case), []
    if case.proposed_severity:
        level = say(book.severities[case.proposed_severity])
        told.append(
            {"title": _("提请定为“{level}”，待第二人复核").format(level=level),
             "text": _("复核前时限不变；须由提请人以外的主管复核（2.3.1）。")}
        )  # fmt: skip
    if change := queries.kind_change(case):
        kind = say(book.kinds[change.kind])
        told.append(
            {"title": _("提请改按“{kind}”处理，待第二人复核").format(kind=kind),
             "text": _("复核前原时限照常计算。由提请人以外的主管复核；"
                       "不同意的，用“改类”选回原来的性质（2.1.2）。")}
        )  # fmt: skip
    if book.holds and (pause := queries.pause_of(case)):
        until, why = words.local(pause.until_at), say(book.holds.get(pause.reason_id))
        said = (
            _("暂停计时（{reason}）到 {until}") if pause.started_at
            else _("申请暂停计时（{reason}）到 {until}，待第二人同意")
        )  # fmt: skip
        told.append(
            {"title": said.format(reason=why, until=f"{until:%m-%d %H:%M}"),
             "text": _("到时自动恢复；不暂停时的时限照常显示在“时限”里（2.3）。")}
        )  # fmt: skip
    return told
