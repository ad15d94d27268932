"""Chats in the words of the desk: the list, the head, what was said, what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from bihuan.chat import commands, loader, queries, words
from bihuan.chat.queries import Line, Present, Seen
from bihuan.chat.rules import ENDED, OPEN, WAITING
from bihuan.chat.views import shown
from bihuan.web.door import Who
from bihuan.web.words import ago_words, day_words, local, moment_words, span_words

Pill = dict[str, Any]


def row(line: Line, at: datetime, current: int, show: str) -> dict[str, Any]:
    """A chat in a list. Who waits longer than the target of 6.2 is amber, never late."""
    chat = line.chat
    return {
        "id": chat.id,
        "url": f"{chat.url}?list={show}",
        "selected": chat.id == current,
        "who": name(line),
        "line": words.line(chat.line) if chat.line != loader.first_line() else "",
        "when": ago_words(chat.said_at, at),
        "last": line.last or _("（没有文字）"),
        "unread": line.unread,
        "pill": pill(line, at),
        "case": line.case,
        "agent": line.agent,
        "initial": line.agent[:1],
    }


def name(line: Line) -> str:
    """The person, masked; a guest by the end of the chat's number."""
    if line.person is not None and line.person.name:
        return line.person.name
    if line.person is not None and line.person.phone:
        return line.person.phone
    return _("访客 {number}").format(number=str(line.chat.id)[-4:])


def pill(line: Line, at: datetime) -> Pill:
    """How it stands now: since when somebody waits, or how it ended."""
    chat = line.chat
    if chat.state == ENDED:
        tone, icon, ended = words.OUTCOMES[chat.outcome]
        return {"tone": tone, "icon": icon, "label": ended}
    if chat.unanswered_at is None:
        return {"tone": "ok", "icon": "check", "label": _("已回复")}
    waits = at - chat.unanswered_at
    slow = waits > timedelta(seconds=queries.target_seconds(queries.ANSWER, at))
    said = _("排队 {span}") if chat.state == WAITING else _("等您回复 {span}")
    if chat.state == OPEN and line.agent:
        said = _("等回复 {span}")
    icon = "bell-ring" if chat.urged_at and chat.urged_at >= chat.unanswered_at else "hourglass"
    label = said.format(span=span_words(max(waits, timedelta(minutes=1))))
    return {"tone": "warn" if slow or icon == "bell-ring" else "", "icon": icon, "label": label}


def talk(found: Seen, who: Who) -> dict[str, Any]:
    """The context of one chat and of its parts."""
    by, at, chat = who["by"], who["at"], found.line.chat
    state = words.STATES[chat.state]
    mine = chat.state == OPEN and chat.agent_id == by.id
    case = found.line.case
    return {
        "row": chat,
        "who": name(found.line),
        "initial": name(found.line)[:1],
        "person": found.line.person,
        "proven": chat.proven,
        "turns": [_turn(chat, one, at, found.line) for one in found.said],
        "read_n": chat.user_read_n,
        "state": {"tone": state[0], "icon": state[1], "label": state[2]},
        "pill": pill(found.line, at),
        "line": words.line(chat.line),
        "agent": found.line.agent,
        "place": found.place,
        "wait": words.wait(found.place.wait) if found.place else "",
        "waits": chat.state == WAITING,
        "open": chat.state == OPEN,
        "ended": chat.state == ENDED,
        "mine": mine,
        "steps": mine or (chat.state == OPEN and commands.plans(by)),
        "takes_over": chat.state == OPEN and not mine and commands.plans(by),
        "goes_on": queries.may_go_on(chat, at),
        "case": case,
        "closed_case": bool(chat.case_id) and case is None,
        "unties": bool(case) and chat.outcome != "case" and (chat.state != OPEN or mine),
        "open_cases": [one for one in found.open_cases if one.id != chat.case_id],
        "earlier": shown.earlier(found.earlier, at, desk=True),
        "facts": _facts(found, at),
        "stamp": f"{chat.state} {chat.agent_id} {chat.case_id}",
    }


def _turn(chat: Any, one: Any, at: datetime, line: Line) -> dict[str, Any]:
    found = shown.turn(chat, one, at)
    if one.voice == "user":
        found |= {"name": name(line), "initial": name(line)[:1]}
    return found | {"note": one.internal}


def _facts(found: Seen, at: datetime) -> list[tuple[str, str]]:
    """What one asks first: since when, how soon answered, how it was judged."""
    chat = found.line.chat
    facts = [(_("开始"), moment_words(chat.asked_at, at)), (_("线路"), words.line(chat.line))]
    if found.line.agent:
        facts.append((_("接待人"), found.line.agent))
    target = queries.target_seconds(queries.ANSWER, at) // 60
    if chat.answered_at:
        took = span_words(max(chat.answered_at - chat.asked_at, timedelta(minutes=1)))
        said = _("{span}（目标 {target} 分钟，6.2）").format(span=took, target=target)
    else:
        said = _("还没有（目标 {target} 分钟，6.2）").format(target=target)
    facts.append((_("首次回复"), said))
    if chat.ended_at:
        facts.append((_("结束"), moment_words(chat.ended_at, at)))
    if chat.score:
        facts.append((_("评价"), _("{score} 星").format(score=chat.score)))
    return facts


def attendance(who: Who) -> dict[str, Any]:
    """Whether the reader takes chats now, and why not where the house switched it off."""
    row = queries.attendance(who["by"])
    own = queries.lines_of(who["by"])
    off = {
        "silent": _("有咨询超时没有回复，已自动停止接待；您在的话请重新开始。"),
        "away": _("工作台离开太久，已自动停止接待；您在的话请重新开始。"),
    }
    on = row is not None and row.on
    return {
        "on": on,
        "may": bool(own),
        "lines": [words.line(id) for id in row.lines] if row and on else [],
        "why": "" if on or row is None else off.get(row.off_why, ""),
    }


def present(found: Sequence[Present], at: datetime) -> list[dict[str, Any]]:
    """Who takes chats, for the page of the team."""
    return [
        {
            "id": one.staff_id,
            "name": one.name,
            "lines": "、".join(words.line(id) for id in one.lines),
            "open": one.open,
            "most": one.most,
            "on": one.on,
            "pill": _standing(one),
        }
        for one in found
    ]


def _standing(one: Present) -> Pill:
    if one.there:
        full = one.open >= one.most
        label = _("已满") if full else _("接待中")
        return {"tone": "warn" if full else "ok", "icon": "headphones", "label": label}
    if one.on:
        return {"tone": "warn", "icon": "clock", "label": _("页面没有开着")}
    return {"tone": "", "icon": "log-out", "label": _("不接待")}


def measure(found: queries.Measure, label: str) -> dict[str, Any]:
    """A target of 6.2 against what was reached: green or amber, never late."""
    minutes = found.seconds // 60
    return {
        "label": label,
        "target": _("目标 {n} 分钟内").format(n=minutes),
        "mean": span_words(timedelta(seconds=max(found.mean, 60)))
        if found.mean is not None
        else "",
        "share": found.per_cent,
        "kept": found.kept,
        "of": found.of,
        "tone": {"green": "ok", "amber": "warn"}.get(found.tone, ""),
    }


def day(at: datetime) -> tuple[str, datetime]:
    """Today in words, and when it began in Shanghai."""
    there = local(at)
    return day_words(there.date(), there.date()), there.replace(
        hour=0, minute=0, second=0, microsecond=0
    )
