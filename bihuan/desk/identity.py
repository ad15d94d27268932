"""What the page of a case says of its person's identity, and what to do about it (1.2 ①)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.web import identities
from bihuan.web.words import english


def line(case: Case) -> dict[str, Any]:
    """The level of the person, and what must be reached before accepting."""
    level = people.level(case.person_id)
    demand = queries.identity_missing(case) if case.state == "filed" else None
    return {
        "label": identities.LEVELS[level],
        "tone": identities.TONES[level],
        "missing": identities.DEMANDED[demand.level] if demand else "",
    }


def still_missing(codes: list[str]) -> str:
    """Why a case cannot be accepted yet, with the way on."""
    return _(
        "受理前须请用户{what}（1.2）。可以请用户验证身份；主管说明理由后可以免验证受理。"
    ).format(what=identities.missing(codes))


def suggestions(case: Case, found: list[str]) -> list[dict[str, Any]]:
    """Ask the person, before anybody runs into it; while we wait, say so."""
    demand = queries.identity_missing(case) if case.state == "filed" else None
    if demand is None:
        return []
    why = (demand.why_en if english() else demand.why) + "（1.2）"
    made: dict[str, Any] = {
        "title": _("受理前须请用户{what}").format(what=identities.DEMANDED[demand.level]),
        "text": _("{why}。时限照常计算。").format(why=why),
    }
    if "ask_identity" in found:
        return [made | {"act": {
            "label": _("请用户验证身份"), "icon": "id-card",
            "url": f"{case.desk_url}do/ask_identity/",
        }}]  # fmt: skip
    if queries.was_asked(case):
        made["title"] = _("已请用户{what}，等用户完成").format(
            what=identities.DEMANDED[demand.level]
        )
    return [made]
