"""What the page of a case says of its special report: how far, who must act, by when (2.2.4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.cases.models import Case
from bihuan.complaints import queries
from bihuan.web import words
from bihuan.web.door import Who

DONE = frozenset({"signed", "sent"})
_LOOKS: dict[bool, dict[str, Any]] = {
    False: {"done": False, "tone": "warn", "icon": "file-text"},
    True: {"done": True, "tone": "ok", "icon": "file-check"},
}


def block(case: Case, who: Who) -> dict[str, Any] | None:
    """Nothing for a complaint that was never major: that costs no query."""
    if not cases.asks_for_report(case):
        return None
    row = queries.standing(case.id)
    if row is None:
        return {**_LOOKS[False], "state": _("即将启动")} if case.is_open else None
    names = people.staff_names({row.author_id, row.signed_by})
    author, signer = names.get(row.author_id, ""), names.get(row.signed_by, "")
    state, acts = {
        "due": (_("待撰写"), author),
        "drafted": (_("撰写中"), author),
        "in_review": (_("待复核签发"), _("未参与撰写的主管")),
        "signed": (_("已签发"), signer),
        "sent": (_("已报送管理层"), signer),
    }[row.state]
    done = row.state in DONE
    return {
        **_LOOKS[done],
        "late": not done and row.due_at is not None and row.due_at < who["at"],
        "state": state,
        "who": acts,
        "due": words.due_moment(row.due_at, who["at"]) if row.due_at else _("作出处理后起算"),
        "url": f"/desk/reports/special/{row.id}/" if queries.readable(row, who["by"]) else "",
    }
