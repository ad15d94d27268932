"""The steps a case offers as buttons, forms and the composer, and which of them comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bihuan.accounts.queries import staff_choices
from bihuan.cases import commands, queries
from bihuan.cases.fields import FIELDS
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.desk import asked, canned, identity
from bihuan.desk.forms import LABELS, StepForm, unit_choices
from bihuan.desk.ticking import ShownClock
from bihuan.web import words
from bihuan.web.door import Who

KEYS = {
    "assign": "a", "resolve": "t", "notify": "e", "escalate": "u", "tag": "l", "pause": "p",
}  # fmt: skip
ICONS = {
    "resolve": "gavel", "notify": "send", "accept": "check", "assign": "user-round-plus",
    "reopen": "rotate-ccw", "approve_severity": "shield-check", "unmerge": "git-branch",
    "approve_kind": "shield-check", "approve_pause": "shield-check", "pause": "pause",
    "resume": "play", "retract": "undo-2", "keep_severity": "shield-x", "keep_kind": "shield-x",
}  # fmt: skip
#: Where each step waits in the menu.
GROUPS = (
    (
        "办理",
        (
            "accept",
            "ask_identity",
            "waive_identity",
            "confirm_problem",
            "review",
            "propose",
            "find",
            "tell",
            "repair",
            "plan",
            "add_material",
            "pause",
            "resume",
        ),
    ),
    (
        "归类与分派",
        (
            "assign",
            "classify",
            "set_severity",
            "set_tier",
            "set_priority",
            "escalate",
            "tag",
            "keep_severity",
            "keep_kind",
        ),
    ),
    ("结束", ("retract", "reopen", "unmerge", "split", "merge", "decline")),
)
#: In the strip beside the subject, in this order, where the table offers them.
PRIMARY = (
    "approve_severity", "approve_kind", "approve_pause", "resolve", "notify", "accept", "reopen",
    "unmerge",
)  # fmt: skip
DECIDES = frozenset({"resolve", "notify"})
DANGER = frozenset({"decline", "merge"})
COMPOSED = frozenset({"answer", "note"})  # have their place under the timeline
#: What everybody on the staff may do on a case of another department.
ANYBODYS = frozenset({"assign", "find"})
#: Steps whose words the person reads; the rest stays in the house.
READ_BY_USER = frozenset(
    {"answer", "accept", "decline", "confirm_problem", "propose", "tell", "repair", "plan",
     "notify", "reopen", "add_material", "split"}
)  # fmt: skip
#: The step that reaches a milestone.
STEP_OF = {m: s.action for s in CASE.steps.values() if s.source != "notified" for m in s.reaches}
STEP_OF["complaint.accepted"] = "accept"  # a decline ends that clock too


@asked.once
def offered(case: Case, by: Actor) -> list[str]:
    """What the table offers here, so that page, API and rule cannot disagree."""
    found = [s.action for s in queries.offered(case, by) if s.action in LABELS]
    if not commands.may_work(case, by):
        found = [a for a in found if a in ANYBODYS | {"note"}]
    refused = asked.not_for(case, by, set(found))
    return [a for a in found if a not in refused]


def buttons(case: Case, clocks: Sequence[ShownClock], by: Actor) -> dict[str, Any]:
    """At most three in sight, the rest in the menu by what it is for."""
    found = offered(case, by)
    due = {
        STEP_OF[c.milestone]: c for c in reversed(clocks) if c.milestone in STEP_OF and not c.done
    }
    made = {a: _button(case, a, due.get(a)) for a in found if a not in COMPOSED}
    sight = [made[a] | {"primary": True} for a in PRIMARY if a in made][:1]
    in_sight = {button["action"] for button in sight}
    if case.state == "filed" and "accept" in made:
        sight.append(_all_at_once(case))
    if "assign" in made and case.owner_id == by.id:
        sight.append(made["assign"])
        in_sight.add("assign")
    elif "assign" in made:
        sight.append(_to_me(case, by))
    groups = [
        {"label": _(label), "actions": [made[a] for a in among if a in made and a not in in_sight]}
        for label, among in GROUPS
    ]
    return {"sight": sight, "menu": [group for group in groups if group["actions"]]}


def _button(case: Case, action: str, due: ShownClock | None) -> dict[str, Any]:
    """A step that asks for nothing is taken at once; any other leads to its form."""
    url = f"{case.desk_url}do/{action}/"
    decides = action in DECIDES
    return {
        "action": action,
        "label": _(LABELS[action]),
        "icon": ICONS.get(action, ""),
        "key": KEYS.get(action, ""),
        "danger": action in DANGER,
        "url": url,
        "href": f"{case.desk_url}decide/" if decides else url if FIELDS[action] else "",
        "sheet": not decides,
        "ends": action == "resolve",
        "due": due.due_text if due else "",
    }


def step_words(milestone: str) -> str:
    """The step that reaches a milestone, by the name of its button."""
    return _(LABELS[STEP_OF[milestone]]) if milestone in STEP_OF else ""


def label(action: str) -> str:
    """What a step is called on its button."""
    return _(LABELS[action])


def form(
    case: Case,
    action: str,
    filled: Mapping[str, Any] | None = None,
    fault: Invalid | None = None,
    *,
    by: Actor | None = None,
    also: Sequence[str] = (),
) -> dict[str, Any]:
    """The form of one step as the sheet and the case's page show it, with what is wrong in it."""
    made = StepForm(filled, [action], book=queries.handbook(case), people_=staff_choices())
    made.auto_id = f"{action}_%s"
    if action == "split":
        made.fields["entry_id"].choices += _said(case)  # type: ignore[attr-defined]  # a select
    if fault is not None:
        made.refuse_step(action, fault)
    return {
        "action": action,
        "label": _(LABELS.get(action, "作出处理")),
        "url": f"{case.desk_url}do/{action}/",
        "danger": action in DANGER,
        "files": action == "add_material",
        "words": action in canned.WORDS,
        "reader": reader(action) if FIELDS[action] else "",
        "form": made,
        "also": canned.ticked(also),
        "macros": canned.offered(by, [action]) if by and action in canned.WORDS else [],
        **canned.places(case),
    }


def _said(case: Case) -> list[tuple[str, str]]:
    """What the person said, to choose from."""
    return [
        (str(entry.id), f"{words.local(entry.at):%m-%d %H:%M} {queries.unsealed(entry.text)[:40]}")
        for entry in queries.said_of([case.id])[case.id]
        if entry.voice == "user" and not entry.internal
    ]


def reader(action: str) -> str:
    """Who will read the words of this step (UI rule 12)."""
    return "user" if action in READ_BY_USER else "staff"


def _all_at_once(case: Case) -> dict[str, Any]:
    """A filed case may be taken to its end in one form, which accepts it first."""
    return {
        "action": "resolve", "label": _(LABELS["resolve"]), "icon": ICONS["resolve"], "key": "t",
        "href": f"{case.desk_url}decide/", "ends": True,
    }  # fmt: skip


def _to_me(case: Case, by: Actor) -> dict[str, Any]:
    return {
        "action": "assign", "label": _("转给我"), "icon": "user-round-plus", "key": "shift a",
        "url": f"{case.desk_url}do/assign/", "hidden": {"owner_id": by.id},
    }  # fmt: skip


def composer(
    case: Case,
    by: Actor,
    text: str = "",
    mode: str = "",
    back: dict[str, Any] | None = None,
    also: Sequence[str] = (),
) -> dict[str, Any]:
    """Reply to the person, or an internal note: who will read it is said on the button.

    A reply that came back stands in it again, with the reason.
    """
    found = offered(case, by)
    modes = []
    if "answer" in found:
        modes.append(
            {"id": "answer", "label": _("回复用户"), "url": f"{case.desk_url}do/answer/",
             "button": _("发送给用户"), "key": "r",
             "hint": _("写给用户：说明问题是什么、下一步做什么")}
        )  # fmt: skip
    if "note" in found:
        modes.append(
            {"id": "note", "label": _("内部备注"), "url": f"{case.desk_url}do/note/",
             "button": _("存为内部备注"), "key": "n", "hint": _("只有员工能看到")}
        )  # fmt: skip
    known = {str(m["id"]) for m in modes}
    return {
        "macros": canned.offered(by, known) if known else [],
        "also": canned.ticked(also or (back or {}).get("also", ())),
        **canned.places(case),
        "modes": modes,
        "text": text or (back or {}).get("text", ""),
        "back": back,
        "mode": mode if mode in known else "",
        "draft": f"reply {case.number}",
        "most": FIELDS["answer"][0].most,
    }


def _rerouted(case: Case, unit: str) -> list[dict[str, Any]]:
    """Sorted anew, a case may belong elsewhere: offered, never done by itself (2.2.2)."""
    if unit == case.department:
        return []
    name = dict(unit_choices()).get(unit, unit)
    return [
        {"title": _("改类后应由{unit}处理").format(unit=name),
         "text": _("按现在的类别和分派规则；转过去由当值的同事接手（2.2.2）。"),
         "act": {"label": _("转给{unit}").format(unit=name), "icon": "split",
                 "url": f"{case.desk_url}do/assign/", "hidden": {"department": unit}}}
    ]  # fmt: skip


def suggestions(case: Case, clocks: Sequence[ShownClock], who: Who) -> list[dict[str, Any]]:
    """The step that presses first, with its due, what it waits for, and the way to it."""
    found = offered(case, who["by"])
    told = [*asked.waiting(case, found), *identity.suggestions(case, found)]
    if case.is_open and "assign" in found and (unit := queries.rerouted(case)):
        told += _rerouted(case, unit)
    first = next((c for c in clocks if c.hard and not c.done), None)
    if first is not None and (action := STEP_OF.get(first.milestone, "")):
        told.append(_next(case, action, first, found))
    elif case.state == "notified" and case.waits_until:
        told.append(_waiting(case, who["at"]))
    return told


def _next(case: Case, action: str, clock: ShownClock, found: list[str]) -> dict[str, Any]:
    late = clock.sla.state == "over"
    name = _(LABELS[action])
    said = _("“{step}”已超期，请马上完成") if late else _("{due}完成“{step}”")
    title = said.format(due=clock.due_text, step=name)
    text = _("条款 {clause}：{quote}").format(clause=clock.why["clause"], quote=clock.why["quote"])
    made: dict[str, Any] = {"title": title, "text": text}
    if action == "answer" and "answer" in found:
        return made | {"url": "#reply", "label": name}
    if action in found and action not in DECIDES:
        return made | {"url": f"{case.desk_url}do/{action}/", "sheet": True, "label": name}
    if {"accept", "resolve", "notify"} & set(found):  # its form asks for what is owed before, too
        label = _(LABELS["notify" if case.state == "resolved" else "resolve"])
        return made | {"url": f"{case.desk_url}decide/", "label": label}
    return made


def _waiting(case: Case, at: datetime) -> dict[str, str]:
    assert case.waits_until is not None  # the caller has looked
    return {
        "title": _("等用户确认结果"),
        "text": _("{due}未提异议，系统自动办结；用户也可以提出异议。").format(
            due=words.due_words(case.waits_until, at)
        ),
    }
