"""How the desk shows parties outside the house, handling steps and the times of the law (6.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import commands as case_commands
from bihuan.cases.models import Case
from bihuan.cases.queries import unsealed
from bihuan.complaints import queries
from bihuan.complaints.models import CaseParty, Inquiry
from bihuan.core.handbook import Handbook
from bihuan.desk.party_forms import MANNERS, WAYS, SkipForm
from bihuan.desk.shown import case_sla, say
from bihuan.policy import queries as policy
from bihuan.web import legal, words
from bihuan.web.door import Who
from bihuan.web.words import english


def tab(case: Case, who: Who) -> dict[str, Any]:
    """What the tab of a case shows: the steps of its group, what was asked, what the law says."""
    book, at = policy.current(who["at"]), who["at"]
    may = case.is_open and case_commands.may_work(case, who["by"])
    taken = queries.handling(case, at)
    names = people.staff_names(one.mark.by_id for one in taken if one.mark)
    found = queries.inquiries([case.id]).get(case.id, [])
    return {
        "handling": [_step(case, one, names, at, may) for one in taken],
        "inquiries": asked(found, at),
        "ask_url": reverse("desk:ask", args=[case.number]) if may and book.party_kinds else "",
        "legal": legal_lines(case, at),
    }


def _step(
    case: Case, one: queries.Taken, names: dict[int, str], at: datetime, may: bool
) -> dict[str, Any]:
    mark = one.mark
    return {
        "id": one.step.id,
        "label": say(one.step),
        "says": "" if english() else one.step.says,
        "mandatory": one.step.mandatory,
        "state": "open" if mark is None else "skipped" if mark.skipped else "done",
        "reason": mark.reason if mark else "",
        "who": names.get(mark.by_id, "") if mark else "",
        "at": words.moment_words(mark.at, at) if mark else "",
        "url": reverse("desk:mark_step", args=[case.number, one.step.id]) if may else "",
        "skip": SkipForm(None, step=one.step.id) if may and mark is None else None,
        "asks": bool(one.step.asks),
    }


def name_of(party: CaseParty, book: Handbook) -> str:
    """A party as the directory names it, or as it was written down."""
    return say(book.parties.get(party.party)) or party.name or party.party


def asked(found: Sequence[queries.Asked], at: datetime) -> list[dict[str, Any]]:
    """Inquiries with their answers, or how long they are still waited for."""
    book = policy.current(at)
    names = people.staff_names(
        id for one in found for id in (one.row.asked_by, one.row.answered_by)
    )
    return [_asked(one, names, book, at) for one in found]


def _asked(
    one: queries.Asked, names: dict[int, str], book: Handbook, at: datetime
) -> dict[str, Any]:
    row = one.row
    return {
        "url": reverse("desk:inquiry", args=[row.id]),
        "party": name_of(one.party, book),
        "trade": say(book.party_kinds.get(row.kind)),
        "manner": _(MANNERS[row.manner]),
        "way": _(WAYS.get(row.way, row.way)),
        "what": row.what,
        "reference": row.reference,
        "asker": names.get(row.asked_by, ""),
        "asked_at": words.moment_words(row.asked_at, at),
        "due": words.due_moment(row.due_at, at),
        "law": law_of(row, book),
        "sla": None
        if row.dropped_at
        else words.sla(row.due_at, at, row.asked_at, done=row.answered_at),
        "answer": row.answer,
        "answerer": names.get(row.answered_by, ""),
        "answered_at": words.moment_words(row.answered_at, at) if row.answered_at else "",
        "dropped": bool(row.dropped_at),
        "open": row.is_open,
    }


def law_of(row: Inquiry, book: Handbook) -> str:
    """Which law its due comes from; else that it is the house's own."""
    clock = book.legal_clocks.get(row.law)
    return legal.cited(clock) if clock else _("平台默认")


def asked_words(row: Inquiry, at: datetime) -> str:
    """What is told after asking: by when an answer is expected, and that nothing else moves."""
    due = words.due_moment(row.due_at, at)
    return _("已记录，{due} 前应当答复；平台自己的时限不变").format(due=due)


def legal_lines(case: Case, at: datetime) -> list[legal.Line]:
    """The times of the law on this case, with the name of whom they bind."""
    book = policy.current(at)
    return [
        legal.line(
            one.due, at,
            whom=name_of(one.asked.party, book) if one.asked else "",
            done=one.asked.row.answered_at if one.asked else None,
        )
        for one in queries.legal(case, at)
    ]  # fmt: skip


def unfinished(case: Case, at: datetime) -> list[str]:
    """The mandatory steps that are neither done nor left out, by name."""
    return [say(step) for step in queries.steps_left(case, at)]


def lines(page: queries.Work, at: datetime) -> list[dict[str, Any]]:
    """The rows of the work-list: the newest inquiry stands for the case, and how many wait."""
    book = policy.current(at)
    return [_line(one, book, at) for one in page.lines]


def _line(one: queries.WorkLine, book: Handbook, at: datetime) -> dict[str, Any]:
    case: Any = one.case
    waiting = [asked for asked in one.asked if asked.row.is_open]
    shown = min(waiting, key=lambda a: a.row.due_at) if waiting else next(iter(one.asked), None)
    return {
        "number": case.number,
        "url": f"{case.desk_url}?tab=parties",
        "subject": unsealed(case.subject),
        "issue": say(book.issues.get(case.issue)),
        "since": words.moment_words(case.received_at, at),
        "waited": words.span_words(at - case.received_at),
        "sla": case_sla(case, at),
        "party": name_of(shown.party, book) if shown else "",
        "reference": shown.row.reference if shown else "",
        "inquiry": _state_of(shown, at) if shown else None,
        "left": [say(step) for step in one.steps_left],
    }


def _state_of(asked: queries.Asked, at: datetime) -> words.Sla | None:
    """Until when it is waited for, or when the answer came; None for one that was given up."""
    row = asked.row
    if row.dropped_at:
        return None
    return words.sla(row.due_at, at, row.asked_at, done=row.answered_at)


def groups(current: str, at: datetime) -> list[dict[str, Any]]:
    """The two lists, and which of them is open."""
    book = policy.current(at)
    return [
        {
            "label": say(book.issue_groups.get(group)) or group,
            "url": f"?group={group}",
            "current": group == current,
        }
        for group in queries.TRADES
    ]
