"""The decision form: which steps it still has to take, and taking them all or none."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from bihuan.cases import commands, fields, queries
from bihuan.cases.models import Case
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, Refusal
from bihuan.desk.forms import LABELS, StepForm
from bihuan.web import messages
from bihuan.web.door import Who

STEP_OF = {
    "complaint.accepted": "accept",
    "aftersales.problem_confirmed": "confirm_problem",
    "case.first_response": "answer",
    "case.initial_solution_sent": "propose",
    "complaint.initial_review_done": "review",
    "complaint.preliminary_done": "find",
    "complaint.preliminary_result_sent": "tell",
    "incident.repaired": "repair",
}


def steps(case: Case) -> list[str]:
    """What one form has to bring, in the order it is taken."""
    if case.state == "resolved":
        return ["notify"]
    owed = queries.owed_before(case, "case.handling_done")
    found = [STEP_OF[m] for m in owed if m in STEP_OF]
    if case.state == "filed" and "accept" not in found:
        found.insert(0, "accept")
    if case.kind == "complaint" and "find" not in found and not queries.has_finding(case):
        found.append("find")
    return [*found, "resolve", "notify"]


def prefill(form: StepForm, case: Case, who: Who) -> None:
    """The agent and a day three days ahead stand there already."""
    day = who["at"].astimezone(SHANGHAI).date() + timedelta(days=3)
    for name, field in form.fields.items():
        if name.endswith("owner_id-1"):
            field.initial = str(who["by"].id)
        if name.endswith("due_on-1"):
            field.initial = day.isoformat()
        if name.endswith("department"):
            field.initial = case.department


def take(form: StepForm, case: Case, expected: int | None, who: Who) -> bool:
    """Check every step first, so that all faults show at once; then take all, or none."""
    raw = [(step, form.raw(step)) for step in form.steps]
    clean = True
    for step, given in raw:
        try:
            fields.clean(step, given)
        except Invalid as fault:
            form.refuse(step, fault)
            clean = False
    if not clean:
        return False
    try:
        commands.take_all(raw, number=case.number, expected_version=expected, **who)
    except Invalid as fault:
        form.refuse(_whose(form, fault), fault)
        return False
    except Refusal as refusal:
        form.add_error(None, _said(refusal))
        return False
    return True


def _whose(form: StepForm, fault: Invalid) -> str:
    """The step whose field a command refused."""
    names = {name.split(".")[0] for name in fault.fields}
    for step in form.steps:
        if names & {field.name for field in fields.FIELDS[step]}:
            return step
    return form.steps[-1]


def _said(refusal: Refusal) -> str:
    missing = refusal.facts.get("missing")
    if isinstance(missing, list) and missing:
        return still_missing(missing)
    return f"{messages.title(refusal.code())}。{messages.detail(refusal.code(), refusal.facts)}"


def still_missing(milestones: list[str]) -> str:
    """Which steps come first, by the names of their buttons."""
    named = [_(LABELS[STEP_OF.get(m, "find")]) for m in milestones]
    return _("作出处理前还要完成：{steps}").format(steps="、".join(dict.fromkeys(named)))
