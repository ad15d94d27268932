"""What the lines of a report are called: clauses, steps, severities, departments, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.complaints.loader import causes
from bihuan.complaints.views import shown
from bihuan.policy import queries as policy
from bihuan.web.door import Who
from bihuan.web.words import english


def names(respect: str, keys: Iterable[str], who: Who) -> Mapping[str, str]:
    """The names of these keys of one respect, each table read once."""
    book = policy.current(who["at"])
    match respect:
        case "clause":
            return {
                key: f"{key} {clause.title_en if english() else clause.title}".strip()
                for key in keys
                if (clause := book.clauses.get(key))
            }
        case "milestone":
            return {key: _say(book.milestones.get(key)) for key in keys}
        case "severity":
            return {key: _say(book.severities.get(key)) for key in keys}
        case "department":
            return shown.unit_names()
        case "cause":
            return {key: _say(causes().get(key)) or _("尚未说明") for key in keys}
    found = people.staff_names(int(key) for key in keys)
    return {str(id): name for id, name in found.items()} | {"0": _("无人经办")}


def _say(term: Any) -> str:
    if term is None:
        return ""
    return str(term.en if english() else term.zh)


def titles() -> dict[str, str]:
    """The respects themselves."""
    return {
        "clause": _("条款"),
        "milestone": _("步骤"),
        "severity": _("严重程度"),
        "department": _("部门"),
        "staff": _("人员"),
        "cause": _("原因分类"),
    }
