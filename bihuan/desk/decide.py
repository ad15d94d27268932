"""The decision form: which steps it still has to take, and taking them all or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from bihuan.cases import commands, fields, queries
from bihuan.cases.lifecycle import CASE
from bihuan.cases.models import Case
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid, Refusal
from bihuan.desk import identity
from bihuan.desk.forms import LABELS, PLANS, StepForm
from bihuan.desk.steps import STEP_OF, reader
from bihuan.web import identities, messages, words
from bihuan.web.door import Who

DECIDABLE = frozenset({"filed", "accepted", "resolved"})
#: Left empty, a text that the person reads repeats the one before it in the same form.
REPEATS = {("tell", "text"): ("propose", "solution"), ("notify", "result"): ("tell", "text")}


#: What a case waits for that is no step of its own.
WAITS = {"sub_task": "协办部门完成子任务"}


@dataclass(frozen=True, slots=True)
class Group:
    """One step of the form: its number, name and clause, its due, who reads it, its fields."""

    number: int
    label: str
    clause: str
    due: str
    reader: str
    short: list[BoundField]
    long: list[BoundField]
    plans: list[list[BoundField]]
    more_plans: list[list[BoundField]]


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
    """The agent, the department and a day three days ahead stand there already."""
    measure_ahead(form, who)
    for name, field in form.fields.items():
        if name.endswith("department"):
            field.initial = case.department
    for (step, name), (earlier, _source) in REPEATS.items():
        if step in form.steps and earlier in form.steps:
            field = form.fields[form.name_of(step, name)]
            field.required = False
            field.help_text = _("留空则沿用上面“{step}”的内容。").format(step=_(LABELS[earlier]))


def measure_ahead(form: StepForm, who: Who) -> None:
    """The first measure is the agent's, in three days."""
    day = who["at"].astimezone(SHANGHAI).date() + timedelta(days=3)
    for name, field in form.fields.items():
        if name.endswith("owner_id-1"):
            field.initial = str(who["by"].id)
        if name.endswith("due_on-1"):
            field.initial = day.isoformat()


def groups(form: StepForm, case: Case, at: datetime) -> list[Group]:
    """The fields by step, short ones side by side, measures as rows of what, who and when."""
    running = [c for c in queries.clocks(case) if c.done_at is None]
    made = []
    for number, step in enumerate(form.steps, start=1):
        table = next(s for s in CASE.steps.values() if s.action == step)
        dues = [c.effective_due_at for c in running if c.milestone in table.reaches]
        due = words.due_words(min(dues), at) if dues else ""
        made.append(_group(form, step, number, table.clause, due))
    return made


def _group(form: StepForm, step: str, number: int, clause: str, due: str) -> Group:
    short: list[BoundField] = []
    long: list[BoundField] = []
    plans: list[list[BoundField]] = []
    for field in fields.FIELDS[step]:
        name = form.name_of(step, field.name)
        if field.kind == "follow_ups":
            plans = [
                [form[f"{name}-{key}-{n}"] for key in ("what", "owner_id", "due_on")]
                for n in range(1, PLANS + 1)
            ]
        else:
            (long if field.kind == "text" else short).append(form[name])
    read_by = reader(step)
    return Group(number, _(LABELS[step]), clause, due, read_by, short, long, plans[:1], plans[1:])


def take(form: StepForm, case: Case, expected: int | None, who: Who) -> Refusal | None:
    """Check every step first, so that all faults show at once; then take all, or none.

    What was refused stands at its field, or on top of the form; None when all was taken.
    """
    raw = _filled(form)
    refused: Refusal | None = None
    for step, given in raw:
        try:
            fields.clean(step, given)
        except Invalid as fault:
            form.refuse_step(step, fault)
            refused = fault
    if refused:
        return refused
    try:
        commands.take_all(raw, number=case.number, expected_version=expected, **who)
    except Invalid as fault:
        form.refuse_step(_whose(form, fault), fault)
        return fault
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return refusal
    return None


def _filled(form: StepForm) -> list[tuple[str, dict[str, Any]]]:
    """What was written in each step, with the texts that repeat an earlier one filled in."""
    raw = {step: form.raw(step) for step in form.steps}
    for (step, name), (earlier, source) in REPEATS.items():
        if step in raw and earlier in raw and not str(raw[step][name]).strip():
            raw[step][name] = raw[earlier][source]
    return list(raw.items())


def _whose(form: StepForm, fault: Invalid) -> str:
    """The step whose field a command refused."""
    names = {name.split(".")[0] for name in fault.fields}
    for step in form.steps:
        if names & {field.name for field in fields.FIELDS[step]}:
            return step
    return form.steps[-1]


def said(refusal: Refusal) -> str:
    """What was refused and what to do about it; missing steps by the names of their buttons."""
    missing = refusal.facts.get("missing")
    if isinstance(missing, list) and missing:
        return still_missing(missing)
    return f"{messages.title(refusal.code())}。{messages.detail(refusal.code(), refusal.facts)}"


def waits_for(case: Case) -> list[str]:
    """What must be there before the decision and is in nobody's form, by what one would call it."""
    return [_(WAITS[code]) for code in queries.needed(case, "resolve") if code in WAITS]


def lacking(case: Case) -> str:
    """What a case waits for before its decision, as it is now; "" for nothing."""
    missing = queries.owed_before(case, "case.handling_done")
    if case.kind == "complaint" and not queries.has_finding(case):
        missing.append("finding")
    missing += queries.needed(case, "resolve")
    return still_missing(missing) if missing else ""


def still_missing(milestones: list[str]) -> str:
    """Which steps come first, by the names of their buttons."""
    if any(code.startswith(identities.MISSING) for code in milestones):
        return identity.still_missing(milestones)
    if "special_report" in milestones:
        return _("办结前须完成专项分析报告（2.2.4）。")
    named = [_(WAITS.get(m) or LABELS[STEP_OF.get(m, "find")]) for m in milestones]
    return _("作出处理前还要完成：{steps}").format(steps="、".join(dict.fromkeys(named)))
