"""What one person asked for and only another may agree to: shown, and offered to that other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Set
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.core.actors import Actor, Role
from bihuan.desk.shown import say
from bihuan.web import words


def once(worked_out: Callable[[Case, Actor], list[str]]) -> Callable[[Case, Actor], list[str]]:
    """For many parts of a page that ask the same of a case: worked out once for a row as read."""

    @wraps(worked_out)
    def kept(case: Case, by: Actor) -> list[str]:
        known: dict[tuple[int, Actor], list[str]] = vars(case).setdefault("as_offered", {})
        if (place := (case.version, by)) not in known:
            known[place] = worked_out(case, by)
        return list(known[place])

    return kept


def not_for(case: Case, by: Actor, possible: Set[str]) -> set[str]:
    """Of the possible steps, the answers to what nobody asked for, or that are another's to give.

    To agree is never for who asked; to turn down is for them, and for those who could agree.
    """
    askers = _askers(case, possible)
    found = {action for action, asker in askers.items() if asker in (0, by.id)}
    kept = {action.replace("approve", "keep"): asker for action, asker in askers.items()}
    chief = Role.SUPERVISOR in by.roles
    found |= {
        action for action, asker in kept.items() if not asker or not (chief or asker == by.id)
    }
    return found if chief or case.owner_id == by.id else found | {"retract"}


def _askers(case: Case, possible: Set[str]) -> dict[str, int]:
    """Who asked for what waits for another's agreement; 0 where nobody did."""
    askers = {}
    if possible & {"approve_severity", "keep_severity"}:
        askers["approve_severity"] = case.proposed_by
    if possible & {"approve_kind", "keep_kind"}:
        askers["approve_kind"] = getattr(queries.kind_change(case), "asked_by", 0)
    if "approve_pause" in possible:
        askers["approve_pause"] = getattr(queries.pause_of(case), "asked_by", 0)
    return askers


def waiting(case: Case, found: Collection[str]) -> list[dict[str, Any]]:
    """Each wish that waits for a second person, what holds until then, and the way to say no."""
    if not case.is_open:
        return []
    book, told = queries.handbook(case), []
    if case.proposed_severity:
        level = say(book.severities[case.proposed_severity])
        told.append(
            {"title": _("提请定为“{level}”，待第二人复核").format(level=level),
             "text": _("复核前时限不变；须由提请人以外的主管复核（2.3.1）。"),
             **_no(case, "keep_severity", found)}
        )  # fmt: skip
    if change := queries.kind_change(case):
        kind = say(book.kinds[change.kind])
        told.append(
            {"title": _("提请改按“{kind}”处理，待第二人复核").format(kind=kind),
             "text": _("复核前原时限照常计算。由提请人以外的主管复核（2.1.2）。"),
             **_no(case, "keep_kind", found)}
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


def _no(case: Case, action: str, found: Collection[str]) -> dict[str, Any]:
    """The way back from a wish: its asker takes it back, another turns it down."""
    if action not in found:
        return {}
    label = _("不同意") if action.replace("keep", "approve") in found else _("撤回提请")
    return {"url": f"{case.desk_url}do/{action}/", "sheet": True, "label": label}
