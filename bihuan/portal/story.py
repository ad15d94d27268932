"""A case as the customer follows it: its path, what he may do now, what will still be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.core.actors import Actor
from bihuan.core.handbook import Handbook
from bihuan.portal.clocks import runs
from bihuan.portal.forms import named
from bihuan.web import words

if TYPE_CHECKING:
    from bihuan.cases.models import Case, Clock, FollowUp

#: What a customer follows, of the steps the handbook knows; some stand for two of them.
PATH = (
    ("complaint.accepted",),
    ("aftersales.problem_confirmed",),
    ("case.first_response",),
    ("case.initial_solution_sent",),
    ("complaint.preliminary_result_sent", "complaint.preliminary_done"),
    ("incident.repaired",),
    ("feedback.plan_set",),
    ("case.handling_done",),
    ("complaint.final_feedback_sent", "case.result_notice_sent"),
)
ENDED_OTHERWISE = ("declined", "withdrawn", "merged")
OVER = frozenset({"declined", "withdrawn", "archived"})  # what is left is to file anew


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the path; `state` is done, now or later; `paper` is the time as it is printed."""

    title: str
    note: str
    time: str
    datetime: str
    state: str
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """Something the customer may do now."""

    label: str
    url: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """A follow-up measure with its owner and day (1.2 ④)."""

    what: str
    owner: str
    due: str
    done: str
    late: bool


def stop_words(milestone: str) -> str:
    """The name of a step on the customer's path."""
    return {
        "complaint.accepted": _("平台受理"),
        "aftersales.problem_confirmed": _("确认问题"),
        "case.first_response": _("首次答复"),
        "case.initial_solution_sent": _("给出初步方案"),
        "complaint.preliminary_result_sent": _("调查并告知初步结果"),
        "incident.repaired": _("排查与修复"),
        "case.handling_done": _("作出处理"),
        "complaint.final_feedback_sent": _("告知处理结果"),
        "feedback.plan_set": _("安排责任人和完成日期"),
    }[milestone]


def path(
    case: Case, rows: tuple[Clock, ...], book: Handbook, files: int, at: datetime
) -> list[Stop]:
    """From filing to the end, with dates; the first step that is not done is the one we are at."""
    owner = owner_words(case, book)
    attached = _("{n} 个文件").format(n=files) if files else ""
    stops = [_done(_("已提交"), attached, case.received_at, at)]
    if case.round > 1:
        stops.append(_done(_("重新处理"), "", case.round_at, at))
    if case.state in ENDED_OTHERWISE and case.ended_at:
        return [*stops, _done(named(book.states[case.state]), "", case.ended_at, at)]
    for milestones in PATH:
        mine = [row for row in rows if row.milestone in milestones]
        if mine or milestones[0] == "complaint.final_feedback_sent":
            stops.append(_stop(case, milestones[0], mine, book, owner, at))
    return _first_is_now([*sorted(stops, key=_when), _last(case, at)])


def _when(stop: Stop) -> tuple[bool, str]:
    """What is done in the order it was done, then what is due in the order it is due."""
    return (stop.state != "done", stop.datetime or "9")


def _done(title: str, note: str, moment: datetime, at: datetime) -> Stop:
    return Stop(title, note, words.moment_words(moment, at), moment.isoformat(), "done")


def _stop(
    case: Case, milestone: str, mine: list[Clock], book: Handbook, owner: str, at: datetime
) -> Stop:
    title = stop_words(milestone)
    told = case.told_at if milestone == "complaint.final_feedback_sent" else None
    open_ = [row for row in mine if runs(row)]
    reached = [row.done_at for row in mine if row.done_at]
    if told or (reached and not open_):
        return _done(title, owner, told or max(reached), at)
    pressing = [row for row in open_ if row.hard] or open_
    if not pressing:
        return Stop(title, _after_handling(case, book), "", "", "later")
    due = min(row.effective_due_at for row in pressing)
    late = words.left_words(due, at) if at > due else ""
    note = _(" · ").join(part for part in (late, owner) if part)
    when, paper = words.due_words(due, at), words.due_moment(due, at)
    return Stop(title, note, when, due.isoformat(), "later", paper)


def _after_handling(case: Case, book: Handbook) -> str:
    """The promise whose clock starts only when the handling is done (1.4)."""
    promises = book.promises_for(
        kind=case.kind, channel=case.channel, category=case.category, severity=case.severity,
        tier=case.tier,
    )  # fmt: skip
    found = next((p for p in promises if p.start == "case.handling_done"), None)
    if found is None:
        return ""
    limit = words.limit_words(found.limit)
    return _("处理完毕后 {limit}内（{clause}）").format(limit=limit, clause=found.clause)


def _last(case: Case, at: datetime) -> Stop:
    title = _("您确认，办结")
    if case.ended_at:
        return _done(title, "", case.ended_at, at)
    if case.state == "notified" and case.waits_until:
        when = words.due_words(case.waits_until, at)
        return Stop(title, _("等您确认或提出异议"), when, case.waits_until.isoformat(), "later")
    return Stop(title, _("不同意结果可以提出异议，重新处理"), "", "", "later")


def _first_is_now(stops: list[Stop]) -> list[Stop]:
    for place, stop in enumerate(stops):
        if stop.state != "done":
            now = replace(stop, state="now")
            return [*stops[:place], now, *stops[place + 1 :]]
    return stops


def owner_words(case: Case, book: Handbook) -> str:
    """Who works on it: 林悦（客服部）, or the department alone."""
    department = book.departments.get(case.department)
    unit = named(department) if department else ""
    staff = people.colleagues([case.owner_id]).get(case.owner_id)
    return _("{name}（{unit}）").format(name=staff.name, unit=unit) if staff else unit


def actions(case: Case, by: Actor) -> list[str]:
    """The steps of the lifecycle open to this person now."""
    return [step.action for step in queries.offered(case, by)]


def ways(case: Case, by: Actor, *, rated: bool = False) -> list[Way]:
    """What the lifecycle offers this person now, and the record; nothing that would be refused."""
    again = _("有新的情况或不同意") if case.state == "declined" else _("问题再次出现")
    known = {
        "message": (_("给处理人留言"), "portal:message", "message-circle", ""),
        "add_material": (_("补充材料"), "portal:evidence", "file-plus", ""),
        "complain": (
            _("我要投诉这件事"),
            "portal:complain",
            "message-square-warning",
            _("时限从投诉时起算"),
        ),
        "dispute": (_("提出异议"), "portal:dispute", "scale", _("不同意处理结果")),
        "withdraw": (_("撤回"), "portal:withdraw", "undo-2", _("不再需要处理")),
        "reopen": (_("申请重新处理"), "portal:reopen", "rotate-ccw", again),
        "rate": (_("评价这次处理"), "portal:rate", "star", ""),
    }
    offered = [action for action in actions(case, by) if not (rated and action == "rate")]
    found = [
        Way(label, reverse(name, args=[case.number]), icon, note)
        for action, (label, name, icon, note) in known.items()
        if action in offered
    ]
    if case.state in OVER:
        found.append(Way(_("我要投诉"), reverse("portal:pick"), "message-square-warning"))
    record = reverse("portal:timeline", args=[case.number])
    return [*found, Way(_("全部记录"), record, "scroll-text", _("可以打印"))]


def follow_ups(rows: Iterable[FollowUp], at: datetime) -> list[Promised]:
    """What will still be done, by whom and by which day."""
    today = words.local(at).date()
    listed = list(rows)
    owners = people.colleagues(row.owner_id for row in listed)
    return [
        Promised(
            what=row.what,
            owner=owners[row.owner_id].name if row.owner_id in owners else "",
            due=words.date_words(row.due_on, today),
            done=words.moment_words(row.done_at, at) if row.done_at else "",
            late=row.done_at is None and row.due_on < today,
        )
        for row in listed
    ]
