"""Ways, quiet hours and fates in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.notify.queries import Told
from bihuan.notify.rules import INBOX
from bihuan.notify.wishes import Quiet
from bihuan.policy import queries as policy
from bihuan.web.words import english

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
    channel = policy.current(at).channels.get(way)
    if channel is None:
        return way
    return channel.en if english() else channel.zh


def clock_words(minutes: int) -> str:
    """22:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def quiet_words(quiet: Quiet) -> str:
    """22:00–08:00 不打扰."""
    span = f"{clock_words(quiet.begins)}–{clock_words(quiet.ends)}"
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
