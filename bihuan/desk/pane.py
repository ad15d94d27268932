"""Everything the pane of one case shows: head, clocks, tabs, buttons, composer, context."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bihuan.cases import commands, queries
from bihuan.cases.fields import FIELDS
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case
from bihuan.cases.queries import unsealed
from bihuan.core.actors import Actor
from bihuan.desk import shown, story, ticking
from bihuan.desk.forms import LABELS, StepForm, staff_choices
from bihuan.web import words
from bihuan.web.door import Who

KEYS = {"assign": "a", "resolve": "t", "set_severity": "u", "notify": "e"}
#: In the strip beside the subject; the rest waits under 更多.
FIRST = ("resolve", "notify", "accept", "assign")
NOT_BUTTONS = frozenset({"answer", "note", "archive", "silence"})
DECIDES = frozenset({"resolve", "notify"})
DANGER = frozenset({"decline", "merge"})
TABS = (
    ("timeline", "时间线"),
    ("files", "材料"),
    ("findings", "认定与跟进"),
    ("clocks", "时限"),
    ("log", "操作记录"),
)


def case_context(
    case: Case, who: Who, *, tab: str = "", base: str = "", query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The pane, standing at the address `base` (with `query`), else on the case's own page."""
    by, at = who["by"], who["at"]
    tab = tab if tab in dict(TABS) else "timeline"
    clocks = ticking.clocks(case, queries.clocks(case), at)
    listed = urlencode(query or {})
    return {
        "case": shown.header(case, by, at),
        "clocks": clocks,
        "actions": actions(case, by),
        "composer": composer(case, by),
        "clauses": shown.cited(case),
        "policy_version": queries.handbook(case).version,
        "reasons": shown.reasons(case),
        "similar": _similar(case, at),
        "suggestions": _suggestions(case, clocks),
        "case_id": case.id,
        "back_url": f"/desk/inbox/?{listed}" if listed else "/desk/inbox/",
        "case_tabs": _tabs(base or case.desk_url, query or {}, tab),
        "tab": tab,
        "in_list": bool(base),
        "live_url": f"{case.desk_url}?part={tab}",
        "tab_template": f"desk/_tab_{tab}.html",
    } | _tab(case, who, tab)


def _tabs(base: str, query: Mapping[str, str], tab: str) -> list[dict[str, Any]]:
    return [
        {
            "label": _(label),
            "url": f"{base}?{urlencode({**query, 'tab': id})}",
            "current": id == tab,
        }
        for id, label in TABS
    ]


def _tab(case: Case, who: Who, tab: str) -> dict[str, Any]:
    by, at = who["by"], who["at"]
    match tab:
        case "files":
            return {"material": story.material(case, by, at)}
        case "findings":
            return {"findings": story.findings(case, at), "measures": story.measures(case, at)}
        case "clocks":
            return {"all_clocks": ticking.table(case, at)}
        case "log":
            return {"record": story.record(case, at)}
    return {"timeline": story.timeline(case, by, at)}


def actions(case: Case, by: Actor) -> list[dict[str, Any]]:
    """The buttons: what the table offers, so that page, API and rule cannot disagree."""
    offered = [s.action for s in CASE.offered(case.state, by.roles)]
    if not commands.may_work(case, by):
        offered = [a for a in offered if a in {"assign", "find"}]
    offered = [a for a in offered if a in LABELS and a not in NOT_BUTTONS]
    if not case.proposed_severity and "approve_severity" in offered:
        offered.remove("approve_severity")
    offered.sort(key=lambda a: FIRST.index(a) if a in FIRST else len(FIRST))
    people_ = staff_choices()
    found = [_action(case, action, people_) for action in offered]
    if "assign" in offered and case.owner_id != by.id:
        found.append(_to_me(case, by))
    return found


def _action(case: Case, action: str, people_: list[tuple[str, str]]) -> dict[str, Any]:
    decides = action in DECIDES
    form = StepForm(None, [action], people_=people_) if FIELDS[action] and not decides else None
    if form is not None:
        form.auto_id = f"{action}_%s"
    return {
        "action": action,
        "label": _(LABELS[action]),
        "key": KEYS.get(action, ""),
        "primary": action == "resolve"
        or (action == "notify" and case.state == "resolved")
        or (action == "accept" and case.state == "filed"),
        "danger": action in DANGER,
        "url": f"{case.desk_url}do/{action}/",
        "href": f"{case.desk_url}decide/" if decides else "",
        "fields": list(form) if form else [],
    }


def _to_me(case: Case, by: Actor) -> dict[str, Any]:
    return {
        "action": "assign",
        "label": _("转给我"),
        "key": "shift a",
        "url": f"{case.desk_url}do/assign/",
        "hidden": {"owner_id": by.id},
        "fields": [],
    }


def composer(case: Case, by: Actor, text: str = "", mode: str = "") -> dict[str, Any]:
    """Reply to the person, or an internal note: who will read it is said on the button."""
    offered = {s.action for s in CASE.offered(case.state, by.roles)}
    modes = []
    if "answer" in offered and commands.may_work(case, by):
        modes.append(
            {"id": "answer", "label": _("回复用户"), "url": f"{case.desk_url}do/answer/",
             "button": _("发送给用户"), "key": "r"}
        )  # fmt: skip
    if "note" in offered:
        modes.append(
            {"id": "note", "label": _("内部备注"), "url": f"{case.desk_url}do/note/",
             "button": _("存为内部备注"), "key": "n"}
        )  # fmt: skip
    known = {m["id"] for m in modes}
    return {
        "modes": modes,
        "text": text,
        "mode": mode if mode in known else "",
        "draft": f"reply {case.number}",
    }


def receipt(case: Case, clocks: list[ticking.ShownClock]) -> dict[str, Any]:
    """What is read out to the person after filing: the number, and what is promised by when."""
    promised = [c for c in clocks if c.hard]
    return {
        "number": case.number,
        "promises": [{"label": c.label, "due": c.due_text} for c in promised],
    }


def _similar(case: Case, at: datetime) -> list[dict[str, str]]:
    return [
        {
            "number": other.number,
            "url": other.desk_url,
            "note": f"{unsealed(other.subject)[:24]} · "
            + words.moment_words(other.received_at, at),
        }
        for other in queries.same_matter(case)
    ]


def _suggestions(case: Case, clocks: list[ticking.ShownClock]) -> list[dict[str, str]]:
    if case.proposed_severity:
        book = queries.handbook(case)
        level = shown.say(book.severities[case.proposed_severity])
        return [{"title": _("有待复核的定级：{level}").format(level=level), "text": ""}]
    first = next((c for c in clocks if c.hard and c.sla.state not in {"met", "late_met"}), None)
    if first is None or case.state not in {"filed", "accepted", "resolved"}:
        return []
    title = _("{due}完成“{step}”").format(due=first.due_text, step=first.label)
    return [{"title": title, "text": "", "url": f"{case.desk_url}decide/", "label": _("去处理")}]
