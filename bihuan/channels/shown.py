"""One way to reach the house as pages, papers and letters show it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.channels import queries, rules, words
from bihuan.channels.queries import Way
from bihuan.core.actors import SYSTEM
from bihuan.policy import queries as policy
from bihuan.web.words import moment_words, span_words


def cards(found: Sequence[Way], at: datetime) -> list[dict[str, Any]]:
    """All of them; the first that is open has the one button that stands out."""
    made = [way(one, at) for one in found]
    first = next((c for c, one in zip(made, found, strict=True) if _presses(c, one)), None)
    return [card | {"main": card is first} for card in made]


def _presses(card: dict[str, Any], one: Way) -> bool:
    return one.state == "open" and card["action"] is not None


def way(one: Way, at: datetime) -> dict[str, Any]:
    """Everything a card needs: name, pill, lines of facts, and what to press."""
    timed = one.state != "unknown" or one.channel in rules.WITH_HOURS
    return {
        "channel": one.channel,
        "name": queries.name(one.channel, at),
        "icon": words.ICONS.get(one.channel, "circle"),
        "pill": words.pill(one.state) if timed else None,
        "works": one.works,
        "now": now_words(one, at),
        "hours": hours(one),
        "wait": wait(one) or _nobody(one),
        "said": satisfaction(one, at),
        "note": note(one, at),
        "action": action(one),
        "address": one.address,
        "clauses": _("、").join(one.clauses[:2]),
        "code": reverse("channels:code", args=[one.channel]) if one.link else "",
    }


def wait(one: Way) -> str:
    """What whoever comes now may wait; "" where nobody can tell, or nobody is there."""
    if one.wait_seconds is None or one.state != "open":
        return ""
    return words.wait(one.wait_seconds)


def _nobody(one: Way) -> str:
    """A chat is open without agents, too: what is left there is a case at once (6.2)."""
    alone = one.channel == "chat" and one.state == "open" and one.wait_seconds is None
    return _("现在没有客服在线，可以留言") if alone else ""


def now_words(one: Way, at: datetime) -> str:
    """The one thing to know before choosing it."""
    if one.outage:
        return _("暂停至 {until}").format(until=moment_words(one.outage.ends_at, at))
    if one.state == "down":
        return _("暂不可用，请先用其他方式")
    if one.state == "shut" and one.opens_at:
        return _("{when} 开始服务").format(when=moment_words(one.opens_at, at))
    if waited := wait(one):
        return _("预计等候 {wait}").format(wait=waited)
    return _nobody(one) or hours(one)


def hours(one: Way) -> str:
    """When somebody is there; "" where nobody said."""
    if one.week:
        return words.week(one.week)
    if one.channel == "counter":
        return _("见各服务点")
    return _("全天 24 小时") if one.always else ""


def satisfaction(one: Way, at: datetime) -> str:
    """Of the last days, with how many said so; or that too few did."""
    days = policy.default("channel_answers_days", at)
    least = policy.default("channel_answers_least", at)
    if one.answers < least:
        return _("最近 {days} 天评价不足 {least} 份，暂不显示").format(days=days, least=least)
    share = rules.per_cent(one.satisfied, one.answers)
    return _("{share}% 满意（最近 {days} 天，{n} 份评价）").format(
        share=f"{share:.0f}", days=days, n=one.answers
    )


def note(one: Way, at: datetime) -> str:
    """What people are to know beside: why it is closed or dead, and what is announced."""
    if one.outage:
        return one.outage.words
    if one.state == "down" and one.failing_since:
        said = _("自 {since} 起不可用，已提醒值班人员。请先用上面的方式，同样登记编号、按时答复。")
        return said.format(since=moment_words(one.failing_since, at))
    if one.next_outage:
        return _("{start} 至 {end} 暂停：{words}").format(
            start=moment_words(one.next_outage.starts_at, at),
            end=moment_words(one.next_outage.ends_at, at), words=one.next_outage.words,
        )  # fmt: skip
    return ""


def action(one: Way) -> dict[str, str] | None:
    """What to press, and where it leads; None where there is nothing to press."""
    match one.channel:
        case "chat":
            return {"label": _("开始对话"), "url": "/chat/", "icon": "messages-square"}
        case "phone":
            label = _("拨打 {number}").format(number=one.address)
            return {"label": label, "url": f"tel:{rules.dialled(one.address)}", "icon": "phone"}
        case "email":
            label = _("写信到 {address}").format(address=one.address)
            return {"label": label, "url": f"mailto:{one.address}", "icon": "mail"}
        case "counter":
            return {"label": _("看地址、预约时段"), "url": "/counter/", "icon": "map-pin"}
        case "web":
            return {"label": _("在网上提交"), "url": "/services/new/", "icon": "pencil"}
    return None


def footer(person_id: int, at: datetime) -> str:
    """What a letter to this person ends with, in their language: numbers, and where all ways are.

    Nothing of this moment but what does not work: a letter is read later.
    """
    person = people.shown([person_id], SYSTEM)[person_id]
    reads = translation.get_language() if person.erased else person.locale  # nobody: a preview
    with translation.override(reads):
        said = [_line(one, at) for one in queries.footer(at)]
        everything = settings.BASE_URL + reverse("channels:contact")
        listed = _("；").join([*filter(None, said), _("全部方式 {url}").format(url=everything)])
        return _("联系我们：{ways}").format(ways=listed)


def _line(one: Way, at: datetime) -> str:
    name = queries.name(one.channel, at)
    match one.channel:
        case "phone":
            when = hours(one)
            number = f"{name} {one.address}"
            return _("{name}（{hours}）").format(name=number, hours=when) if when else number
        case "email":
            return _("回复本邮件")
    return ""


def since(moment: datetime | None, at: datetime) -> str:
    """16:02 起，已 12分钟; "" of nothing."""
    if moment is None:
        return ""
    return _("{since} 起，已 {lasted}").format(
        since=moment_words(moment, at), lasted=span_words(at - moment)
    )
