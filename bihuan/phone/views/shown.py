"""Calls in the words of a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from bihuan.phone.models import Call
from bihuan.phone.queries import Figures, Heartbeat, Line, Owed
from bihuan.policy import queries as policy
from bihuan.web import words
from bihuan.web.words import english

OUTCOMES = {
    "answered": ("ok", "phone-call", later("已接听")),
    "missed": ("hot", "phone-missed", later("未接")),
    "abandoned": ("hot", "phone-off", later("对方先挂断")),
    "voicemail": ("warn", "voicemail", later("语音信箱")),
    "unreached": ("", "phone-off", later("未接通")),
    "ringing": ("info", "phone-incoming", later("响铃中")),
    "talking": ("info", "phone-call", later("通话中")),
}
TRIES = {
    "reached": later("已接通"),
    "no_answer": later("无人接听"),
    "busy": later("占线"),
    "refused": later("对方拒接"),
    "wrong_number": later("号码不对"),
}
ENDS = {
    "reached": ("ok", "phone-call", later("已回拨")),
    "dropped": ("", "circle-x", later("不再回拨")),
    "answered": ("ok", "phone-call", later("后来得知已接听")),
}
SOURCES = {"webhook": later("事件接口"), "asterisk": "Asterisk", "demo": later("演示")}
FAULTS = {
    "refused": later("用户名或密码不对"),
    "no_answer": later("连不上"),
    "lost": later("连接已断开"),
    "replaced": later("同名的应用在别处连接"),
}


def outcomes() -> list[tuple[str, str]]:
    """What can become of a try to call back."""
    return [(id, str(label)) for id, label in TRIES.items()]


def who(line: Line) -> str:
    """王**, or that nobody knows the number."""
    if line.person and (line.person.name or line.person.erased):
        return line.person.name or _("已删除的用户")
    if line.person:
        return _("未留姓名的用户")
    return _("未登记的号码") if line.number else ""


def number(line: Line) -> str:
    """139****2718, or that it was withheld."""
    return line.number or (
        _("号码已删除") if line.person and line.person.erased else _("未显示号码")
    )


def state(call: Call) -> dict[str, Any]:
    """How a call stands, as a pill."""
    going = "talking" if call.answered_at else "ringing"
    tone, icon, label = OUTCOMES[going if call.ended_at is None else call.outcome or "missed"]
    return {"tone": tone, "icon": icon, "label": label}


def row(line: Line, at: datetime) -> dict[str, Any]:
    """A call as lists and cards show it."""
    call = line.call
    return {
        "call": call,
        "url": call.url,
        "who": who(line),
        "number": number(line),
        "state": state(call),
        "out": call.direction == "out",
        "ringing": call.ended_at is None and call.answered_at is None,
        "at": words.moment_words(call.started_at, at),
        "answered": words.moment_words(call.answered_at, at) if call.answered_at else "",
        "rang": seconds(call.rang),
        "talked": seconds(call.talked),
        "agent": line.agent,
        "case": line.case,
        "open": cases_words(line.open_cases),
        "register": f"/desk/cases/new/?call={call.id}",
    }


def cases_words(many: int) -> str:
    """2 件未办结; "" for none."""
    if not many:
        return ""
    return ngettext("{n} 件未办结", "{n} 件未办结", many).format(n=many)


def seconds(span: timedelta | None) -> str:
    """8秒, 2分05秒; "" when there is none."""
    if span is None:
        return ""
    total = int(span.total_seconds())
    if total < 60:
        return _("{s}秒").format(s=total)
    if total < 3600:
        return _("{m}分{s}秒").format(m=total // 60, s=f"{total % 60:02}")
    return words.span_words(span)


def back(one: Owed, at: datetime) -> dict[str, Any]:
    """A call that is owed, as the list shows it."""
    found = row(one.line, at)
    ended = ENDS.get(one.back.outcome)
    return {
        "back": one.back,
        "call": found,
        "owner": one.owner,
        "late": one.late,
        "due": words.moment_words(one.back.due_at, at),
        "left": "" if ended else words.left_words(one.back.due_at, at),
        "sla": None if ended else _sla(one, at),
        "end": {"tone": ended[0], "icon": ended[1], "label": ended[2]} if ended else None,
        "done": words.moment_words(one.back.done_at, at) if one.back.done_at else "",
        "attempts": [
            {"outcome": TRIES[a.outcome], "at": words.moment_words(a.at, at)} for a in one.attempts
        ],
        "url": f"/desk/calls/backs/{one.back.id}/",
    }


def _sla(one: Owed, at: datetime) -> words.Sla:
    return words.Sla(
        state="over" if one.late else "soon" if one.back.due_at - at < words.URGENT else "ok",
        due=one.back.due_at.isoformat(),
        text=words.left_words(one.back.due_at, at),
    )


def figures(found: Figures) -> list[dict[str, Any]]:
    """Three numbers of the day, each with what it is."""
    share = _("{n}%").format(n=found.per_cent) if found.per_cent is not None else "—"
    wait = timedelta(seconds=found.wait_seconds) if found.wait_seconds is not None else None
    return [
        {"label": _("接听率"), "value": share,
         "of": _("{answered}/{calls} 个来电").format(answered=found.answered, calls=found.calls)},
        {"label": _("等待（中位数）"), "value": seconds(wait) or "—",
         "of": _("从响铃到接听")},
        {"label": _("未接"), "value": str(found.unanswered), "of": _("含先挂断和语音信箱")},
    ]  # fmt: skip


def hours(found: Figures) -> list[dict[str, Any]]:
    """By the hour, for the table."""
    return [
        {"hour": f"{one.hour}:00", "calls": one.calls, "answered": one.answered,
         "unanswered": one.unanswered}
        for one in found.hours
    ]  # fmt: skip


def heartbeat(one: Heartbeat, at: datetime) -> dict[str, Any]:
    """A telephone system: since when nothing was heard, and why."""
    return {
        "name": SOURCES.get(one.source, one.source),
        "heard": words.ago_words(one.heard_at, at) if one.heard_at else _("还没有"),
        "fault": FAULTS.get(one.fault, one.fault),
    }


def case_line(case: Any, at: datetime) -> dict[str, Any]:
    """An open case of the caller."""
    states: Mapping[str, Any] = policy.pinned(case.policy_id).states
    term = states.get(case.state)
    return {
        "number": case.number,
        "url": case.desk_url,
        "subject": case.subject,
        "state": (term.en if english() else term.zh) if term else case.state,
        "received": words.moment_words(case.received_at, at),
    }
