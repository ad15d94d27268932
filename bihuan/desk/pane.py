"""Everything the pane of one case shows: head, clocks, tabs, buttons, composer, context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.complaints import queries as complaints
from bihuan.core.actors import Actor
from bihuan.desk import (
    access,
    alike,
    at_counter,
    called,
    gathering,
    held,
    here,
    hints,
    identity,
    party_shown,
    reported,
    sharing,
    shown,
    steps,
    story,
    talked,
    ticking,
)
from bihuan.notify import queries as notices
from bihuan.notify import wordings as notices_shown
from bihuan.web import words
from bihuan.web.door import Who

TABS = (  # each opened by its number: the first five keep theirs, what came later follows
    ("timeline", "时间线"),
    ("files", "材料"),
    ("findings", "认定与跟进"),
    ("clocks", "时限"),
    ("log", "操作记录"),
    ("shares", "协办与耗时"),
    ("parties", "步骤与第三方"),
    ("notices", "通知"),
)
#: What a live refresh may ask for alone, and its template; the tab brings its own.
PARTS = {"head": "desk/_head.html", "context": "desk/_context_in.html", "tab": ""}


def case_context(
    case: Case, who: Who, *, tab: str = "", base: str = "", query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The pane, standing at the address `base` (with `query`), else on the case's own page."""
    by, at = who["by"], who["at"]
    tab = tab if tab in dict(TABS) else "timeline"
    clocks = ticking.clocks(case, queries.clocks(case), at)
    place, listed = base or case.desk_url, dict(query or {})
    waiting = queries.waiting(by, case)
    back = held.came_back(case, waiting)
    return {
        "case": shown.header(case, by, at),
        "identity": identity.line(case),
        "calls": called.of_case(case.id, who),
        "chats": talked.of_case(case.id, who),
        "clocks": clocks,
        "buttons": steps.buttons(case, clocks, by),
        "composer": steps.composer(case, by, back=back.get("reply")),
        "back": back.get("form"),
        "pending": held.pending(waiting, by),
        "clauses": shown.cited(case),
        "policy_version": queries.handbook(case).version,
        "reasons": shown.reasons(case),
        "report": reported.block(case, who),
        "similar": alike.shown(case, by, at),
        "gathered": gathering.block(case, by),
        "visit": at_counter.visit(case),
        "asleep": snoozing_words(case, who),
        "may_snooze": case.is_open and case.owner_id == by.id,
        "may_tag": "tag" in steps.offered(case, by),
        "may_close": queries.may_close(by),
        "readers": access.readers(case, who),
        "here": here.others(case, who),
        "suggestions": hints.hints(case, steps.suggestions(case, clocks, who), who),
        "case_id": case.id,
        "case_tabs": _tabs(place, listed, tab, _counts(case, by)),
        "in_list": bool(base),
    } | _addresses(place, listed, tab) | _tab(case, who, tab)  # fmt: skip


def _addresses(place: str, listed: Mapping[str, str], tab: str) -> dict[str, Any]:
    """Where the pane leads back to, and where each part of it is asked for anew."""
    return {
        "back_url": f"/desk/inbox/?{urlencode(listed)}" if listed else "/desk/inbox/",
        "tab": tab,
        "tab_template": f"desk/_tab_{tab}.html",
        "live": {
            part: f"{place}?{urlencode({**listed, 'tab': tab, 'part': part})}" for part in PARTS
        },
    }


def snoozing_words(case: Case, who: Who) -> str:
    """Until when the reader has put it off, in words; "" when he has not."""
    until = queries.asleep_until(case, who["by"], who["at"])
    return words.moment_words(until, who["at"]) if until else ""


def _counts(case: Case, by: Actor) -> dict[str, int]:
    """How much lies behind a tab; nothing is said of an empty one."""
    measures = queries.follow_ups(case)
    return {
        "files": len(queries.files(case, by)),
        "findings": len(queries.findings(case)) + len(measures),
        "shares": len(complaints.open_shares(case.id)),
        "parties": len(complaints.open_inquiries(case.id)),
    }


def _tabs(
    place: str, listed: Mapping[str, str], tab: str, counts: Mapping[str, int]
) -> list[dict[str, Any]]:
    return [
        {
            "id": id,
            "label": _(label),
            "url": f"{place}?{urlencode({**listed, 'tab': id})}",
            "current": id == tab,
            "count": counts.get(id, 0),
        }
        for id, label in TABS
    ]


def _tab(case: Case, who: Who, tab: str) -> dict[str, Any]:
    by, at = who["by"], who["at"]
    match tab:
        case "files":
            return {
                "material": story.material(case, by, at),
                "material_button": "add_material" in steps.offered(case, by),
            }
        case "findings":
            return {"findings": story.findings(case, at), "measures": story.measures(case, at)}
        case "shares":
            return sharing.tab(case, who)
        case "parties":
            return party_shown.tab(case, who)
        case "clocks":
            return {
                "all_clocks": ticking.table(case, at),
                "legal": party_shown.legal_lines(case, at),
            }
        case "notices":
            return {"notices": notices_shown.rows(notices.for_case(case.id), at)}
        case "log":
            return {"record": story.record(case, by, at)}
    return {"timeline": story.timeline(case, by, at), "merged": alike.merged(case, by, at)}


def receipt(case: Case, clocks: list[ticking.ShownClock]) -> dict[str, Any]:
    """What is read out to the person after filing: the number, and what is promised by when."""
    promised = [c for c in clocks if c.hard]
    return {
        "number": case.number,
        "promises": [{"label": c.label, "due": c.due_text} for c in promised],
    }
