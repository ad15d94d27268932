"""Ways, quiet hours, fates and stories in the reader's words, as templates show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.accounts import queries as people
from bihuan.core.actors import Actor
from bihuan.core.opening import clock
from bihuan.core.topics import Topic
from bihuan.notify import queries
from bihuan.notify.queries import Fate, Line, Reach, Told
from bihuan.notify.rules import INBOX
from bihuan.notify.wishes import Quiet
from bihuan.policy import queries as policy
from bihuan.web.words import english, moment_words, say

#: The codes our own refusals of a message have; everything else is the provider's own words.
REASONS: Mapping[str, object] = {
    "no_contact": later("该用户没有这种联系方式"),
    "not_an_address": later("邮箱地址无效"),
    "header_breaks_its_line": later("标题含有换行"),
    "no_way_in": later("该用户没有留下账号或联系方式，无法告知"),
    "no_reader": later("没有收件人"),
    "bounced": later("邮件已退回，没有送达"),
    "reply_lost": later("已交给对方服务器，但没有收到回执：可能已送达"),
}


def reason(error: str) -> str:
    """Why it did not go, by our code or in the provider's words."""
    return str(REASONS.get(error.split(" ")[0], error))


def way_name(way: str, at: datetime) -> str:
    """What the handbook calls a way to tell somebody."""
    return say(policy.current(at).channels.get(way), way)


def topic_words(topic: Topic) -> str:
    """What a topic is called, and what belongs to it."""
    return f"{topic.en}: {topic.says_en}" if english() else f"{topic.zh}：{topic.says}"


def quiet_words(quiet: Quiet) -> str:
    """22:00–08:00 不打扰."""
    span = f"{clock(quiet.begins)}–{clock(quiet.ends)}"
    return _("{span} 不打扰").format(span=span)


def wish_words(told: Told, locale: str, at: datetime) -> str:
    """短信优先，其次邮件，22:00–08:00 不打扰."""
    with translation.override(locale):
        if told.first == INBOX:
            said = [_("只用站内消息")]
        else:
            first = way_name(told.first, at)
            said = [_("{way}优先").format(way=first) if told.then else first]
            said += [_("其次{way}").format(way=way_name(way, at)) for way in told.then]
        if told.quiet:
            said.append(quiet_words(told.quiet))
        return _("，").join(said)


#: state: its words, tone and icon
STATES = {
    "queued": (later("等待发送"), "info", "clock"),
    "held": (later("暂缓发送"), "info", "moon"),
    "retrying": (later("重试中"), "warn", "rotate-cw"),
    "sent": (later("已发送"), "ok", "mail-check"),
    "delivered": (later("已送达"), "ok", "check-check"),
    "unknown": (later("未知"), "warn", "circle-question-mark"),
    "dead": (later("未送达"), "bad", "circle-x"),
}
WHAT = {
    "queued": (later("排队"), "inbox"),
    "held": (later("暂缓"), "moon"),
    "failed": (later("没有发出，稍后再试"), "rotate-cw"),
    "gave_up": (later("未送达，不再重试"), "circle-x"),
    "bounced": (later("被退回"), "mail-x"),
    "sent": (later("已交给对方服务器"), "mail-check"),
    "delivered": (later("已送达"), "check-check"),
    "fell_back": (later("改用另一方式"), "git-branch"),
    "resent": (later("由同事重发"), "send"),
    "read": (later("已在站内阅读"), "eye"),
}
HELD = {"quiet": later("用户的免打扰时段"), "paced": later("一小时内邮件已多，避免连发")}


def state(fate: Fate) -> dict[str, str]:
    """The pill."""
    label, tone, icon = STATES[fate.state]
    return {"label": str(label), "tone": tone, "icon": icon}


def row(fate: Fate, at: datetime) -> dict[str, Any]:
    """One line of a list."""
    waits = fate.next_try_at if fate.state in ("queued", "held", "retrying") else None
    return {
        "fate": fate,
        "state": state(fate),
        "channel": way_name(fate.channel, at),
        "when": moment_words(fate.created_at, at),
        "reason": reason(fate.error) if fate.error else "",
        "next": moment_words(waits, at) if waits and waits > at else "",
        "sent": moment_words(fate.sent_at, at) if fate.sent_at else "",
        "read": moment_words(fate.read_at, at) if fate.read_at else "",
        "url": f"/desk/messages/{fate.id}/",
    }


def rows(fates: Iterable[Fate], at: datetime) -> list[dict[str, Any]]:
    """The messages of one case, to whom and how it went."""
    return [row(fate, at) for fate in fates]


def line(one: Line, at: datetime) -> dict[str, str]:
    """One step of a story."""
    label, icon = WHAT[one.what]
    said = HELD.get(one.said) or (reason(one.said) if one.said else "")
    if one.until:
        said = _("{said}（至 {when}）").format(said=said, when=moment_words(one.until, at))
    return {
        "label": str(label), "icon": icon, "when": moment_words(one.at, at), "said": str(said),
        "way": way_name(one.way, at) if one.way else "", "who": one.who,
    }  # fmt: skip


def told_how(person: people.Shown, by: Actor, at: datetime) -> str:
    """短信优先，其次邮件，22:00–08:00 不打扰; "" of nobody."""
    if not person.id or person.erased:
        return ""
    return wish_words(queries.told_how(person.id, by, person), get_language() or "", at)


def figure(one: Reach, at: datetime) -> dict[str, Any]:
    """What became of the messages of one way, in a week."""
    share = one.share
    return {
        "way": way_name(one.way, at), "reach": one,
        "share": "—" if share is None else f"{share:.1%}",
    }  # fmt: skip
