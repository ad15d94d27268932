"""Chats in the words of a page: what happened, how they stand, how long it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from bihuan.chat import loader
from bihuan.web.words import say

STATES = {
    "waiting": ("warn", "hourglass", later("排队中")),
    "open": ("info", "message-circle", later("接待中")),
    "ended": ("", "circle-check", later("已结束")),
}
OUTCOMES = {
    "solved": ("ok", "circle-check", later("已解决")),
    "case": ("info", "inbox", later("已转为案件")),
    "left": ("", "log-out", later("用户已离开")),
}
#: What happened in a chat, as both sides read it.
HAPPENED = {
    "joined": later("客服 {agent} 已接入，正在为您服务。"),
    "handed": later("已转由 {agent} 继续为您服务，之前的对话都已转交。"),
    "returned": later("正在为您安排下一位客服，优先为您接待。"),
    "line": later("已转到{line}，之前的对话都已转交，优先为您接待。"),
    "called": later("已再次提醒客服：有人在等候。"),
    "case": later("已登记为案件 {number}，之后的进展会告知您。"),
    "tied": later("这次对话已附到案件 {number}。"),
    "untied": later("这次对话不再附在案件 {number}。"),
    "finished": later("用户结束了对话。"),
    "reopened": later("对话继续。"),
    "rated": later("用户评价：{score} 星。"),
}
ENDED = {
    "solved": later("客服结束了对话。"),
    "left": later("对话已结束。"),
    "case": later("实时对话到此结束，事情由案件继续办理。"),
}


def happened(code: str, facts: Mapping[str, Any]) -> str:
    """A turn of the system in words; `facts` has names in place of the ids of staff."""
    if code == "ended":
        return str(ENDED.get(str(facts.get("outcome")), ENDED["left"]))
    said = HAPPENED.get(code)
    if said is None:
        return ""
    known = {"agent": "", "number": "", "score": "", **facts}
    known["line"] = line(str(facts.get("line", "")))
    known["agent"] = known["agent"] or _("客服")
    return str(said).format_map(known)


def line(id: str) -> str:
    """技术支持, in the reader's language."""
    return say(loader.lines().get(id), id)


def erased() -> str:
    """In place of words whose person was erased."""
    return _("（内容已按用户要求删除）")


def file(name: str) -> str:
    """A file in a text."""
    return _("［文件］{name}").format(name=name)


def wait(seconds: int | None) -> str:
    """How long it will take; "" while nobody knows."""
    if seconds is None:
        return ""
    if not seconds:
        return _("马上接入")
    minutes = -(-seconds // 60)
    return ngettext("约 {n} 分钟", "约 {n} 分钟", minutes).format(n=minutes)
