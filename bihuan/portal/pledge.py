"""Every promise of the handbook in force, how binding it is, and what to do when we are late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.cases.lifecycle import CASE
from bihuan.core.handbook import Handbook, Promise
from bihuan.core.terms import Default
from bihuan.portal.forms import named
from bihuan.web import words
from bihuan.web.words import english

#: How binding a promise is, in the words of the text (§6 of the plan): hard ones can be breached.
FORCES = {
    "must": later("应当"),
    "commit": later("承诺"),
    "rule": later("规定"),
    "plan": later("计划目标"),
    "expectation": later("期望"),
    "external": later("外部期限"),
}
UNITS = {
    "minutes": later("{n} 分钟"),
    "hours": later("{n} 小时"),
    "workdays": later("{n} 个工作日"),
    "days": later("{n} 天"),
    "years": later("{n} 年"),
    "times": later("{n} 次"),
    "percent": later("{n}%"),
}
ACCOUNTABILITY = "2.3.3"


@dataclass(frozen=True, slots=True)
class Pledge:
    """One promise: its limit, its words, from when to when, for whom, and by which clause."""

    id: str
    limit: str
    quote: str
    since: str
    until: str
    whom: str
    force: str
    hard: bool
    clause: str
    default: bool
    reading: str


@dataclass(frozen=True, slots=True)
class Group:
    """The promises to the same kinds of requests."""

    title: str
    pledges: list[Pledge]


@dataclass(frozen=True, slots=True)
class Way:
    """Something that can be done when we are late, or do not do well."""

    title: str
    text: str
    clause: str


def groups(book: Handbook) -> list[Group]:
    """All promises, those to the same kinds together, in the order of the handbook."""
    found: dict[frozenset[str], list[Pledge]] = {}
    for promise in book.promises:
        found.setdefault(promise.applies.kind, []).append(_pledge(promise, book))
    return [Group(_kinds(kinds, book), pledges) for kinds, pledges in found.items()]


def _pledge(promise: Promise, book: Handbook) -> Pledge:
    return Pledge(
        id=promise.id,
        limit=_("立即") if promise.proved_by else words.limit_words(promise.limit),
        quote=promise.en if english() else promise.says,
        since=named(book.milestones[promise.start]),
        until=named(book.milestones[promise.until]),
        whom=_whom(promise, book),
        force=str(FORCES[promise.force]),
        hard=promise.hard,
        clause=promise.clause,
        default=promise.default_not_handbook,
        reading="" if english() else promise.reading,
    )


def _kinds(kinds: Iterable[str], book: Handbook) -> str:
    """投诉、咨询…; what is asked for in a procedure of its own has no kind of case."""
    known = [named(term) for term in book.kinds.values() if term.id in set(kinds)]
    return _("、").join(known) or _("终止服务")


def _whom(promise: Promise, book: Handbook) -> str:
    """Only for these severities, tiers or ways in; "" where it holds for all."""
    applies = promise.applies
    parts = [
        *(named(s) for s in book.severities.values() if s.id in applies.severity),
        *(named(t) for t in book.tiers.values() if t.id in applies.tier),
        *(named(c) for c in book.channels.values() if c.id in applies.channel),
        *(named(c) for c in book.categories.values() if c.id in applies.category),
    ]
    return _("、").join(parts)


def departments(book: Handbook) -> list[tuple[str, str]]:
    """Who answers, and for what (2.2.2); the duties are written in Chinese."""
    return [
        (named(one), "" if english() else one.duty)
        for one in book.departments.values()
        if not one.watched
    ]


def channels(book: Handbook) -> list[tuple[str, str, str]]:
    """The ways to us: name, hours, clauses."""
    return [
        (
            named(one),
            one.hours.replace("小时", " h") if english() else one.hours,
            _("、").join(one.clauses),
        )
        for one in book.channels.values()
        if one.inward
    ]


def ways(book: Handbook) -> list[Way]:
    """What happens by itself when we are late, and what the person can do next, by clause."""
    found = [
        Way(
            _("超过硬性时限，自动启动问责"),
            _("系统当即登记，当时的经办人说明原因和整改措施，由主管签字；您的进度页同时标明超时。"),
            ACCOUNTABILITY,
        )
    ]
    steps = {
        "message": (
            _("在进度页留言催办"),
            _("留言直接到经办人，处理结束前随时可以写；超期后可以一键催办，主管也会收到。"),
        ),
        "dispute": (_("对结果提出异议"), _("重新处理，时限重新计算，前一轮的超时仍然算数。")),
        "reopen": (_("办结以后要求重新处理"), _("问题没有真正解决的，可以重新打开原来的编号。")),
        "withdraw": (_("撤回"), _("不想继续的，可以撤回；记录仍予保留，可以另走其他途径。")),
    }
    clauses = {step.action: step.clause for step in CASE.steps.values()}
    found += [Way(title, text, clauses[action]) for action, (title, text) in steps.items()]
    appeal = book.rights.get("complain_and_appeal")
    if appeal:
        window = book.defaults.get("appeal_window")
        said = amount(window) if window else ""
        text = _("对处理不服的，可以申诉{window}。").format(
            window=_("（{time}内，平台默认）").format(time=said) if said else ""
        )
        found.append(Way(named(appeal), text, appeal.clauses[-1]))
    found += [
        Way(named(one), _("可以同时选择，不影响我们继续处理。"), one.clause)
        for one in book.agencies.values()
        if one.allowed and one.configured  # others have no verified address yet
    ]
    return found


def defaults(book: Handbook) -> list[tuple[str, str, str]]:
    """The numbers the handbook does not give: what the house does, its amount, its clause."""
    return [(named(one), amount(one), one.clause) for one in book.defaults.values()]


def amount(one: Default) -> str:
    """An amount with its unit; a time of day as 18:00."""
    if one.unit == "clock":
        return f"{one.amount // 100:02}:{one.amount % 100:02}"
    return str(UNITS[one.unit]).format(n=one.amount)
