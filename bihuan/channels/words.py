"""What the channels' tables are called on pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.core import opening
from bihuan.core.opening import Span
from bihuan.web.words import english

#: tone and icon of a pill, and its words
STATES = {
    "open": ("ok", "circle-check", later("现在可用")),
    "unknown": ("", "clock", later("服务时间未配置")),
    "shut": ("", "moon", later("现在不在服务时间")),
    "planned": ("warn", "calendar-off", later("暂停服务")),
    "down": ("hot", "triangle-alert", later("暂不可用")),
}
ICONS = {
    "chat": "messages-square", "phone": "phone", "web": "globe", "app": "smartphone",
    "wechat": "message-circle", "email": "mail", "counter": "store", "sms": "message-square",
    "inbox": "bell", "webhooks": "webhook",
}  # fmt: skip
#: why a channel does not work, and what whoever answers for it can do
REASONS = {
    "not_listening": (later("收信的服务没有运行"), later("启动 bihuan mail，并看它的日志。")),
    "mailbox": (later("邮箱读不了"), later("看“来信”页上的原因，核对账号、密码和网络。")),
    "not_looked": (later("没有人读邮箱"), later("启动 bihuan work，并看它的日志。")),
    "no_line": (later("与电话系统的连接断了"), later("看“电话”页；核对电话系统和账号。")),
    "not_sent": (later("等着的消息没有人发"), later("启动 bihuan work，并看它的日志。")),
    "refused": (later("对方服务器不收"), later("看“未送达”页上的原因；核对服务商账号和额度。")),
    "no_endpoint": (later("所有接收方都没有应答"), later("看“事件推送”页上的记录。")),
    "no_token": (later("微信不发访问凭证"), later("核对公众号的 AppID、密钥和 IP 白名单。")),
    "not_taken": (later("收到的消息没有处理"), later("启动 bihuan work，并看它的日志。")),
    "nobody_there": (later("有人排队而没有客服在线"), later("看“会话”页；请当班客服开始接待。")),
    "nobody_looked": (later("没有人查看渠道"), later("启动 bihuan work，并看它的日志。")),
}
_OTHER = (later("渠道报告了故障"), later("看这个渠道自己的页面和日志。"))
_DAYS = {
    1: later("周一"), 2: later("周二"), 3: later("周三"), 4: later("周四"), 5: later("周五"),
    6: later("周六"), 7: later("周日"),
}  # fmt: skip


def pill(state: str) -> dict[str, Any]:
    """How a channel stands, as its pill."""
    tone, icon, label = STATES[state]
    return {"tone": tone, "icon": icon, "label": label}


def reason(code: str) -> tuple[str, str]:
    """Why it does not work, and what to do."""
    why, what = REASONS.get(code, _OTHER)
    return str(why), str(what)


def weekday(n: int) -> str:
    """周一 … 周日; Monday is 1."""
    return str(_DAYS[n])


def week(hours: Mapping[int, Sequence[Span]]) -> str:
    """周一至周五 09:00–12:00、13:30–17:30；周六 09:00–12:00; days alike stand together."""
    runs: list[tuple[int, int, str]] = []
    for n in opening.WEEK:
        said = _spans(hours.get(n, ()))
        if runs and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], n, said)
        else:
            runs.append((n, n, said))
    between = "; " if english() else "；"
    return between.join(f"{_run(first, last)} {said}" for first, last, said in runs if said)


def _spans(spans: Sequence[Span]) -> str:
    between = ", " if english() else "、"
    return between.join(f"{opening.clock(a)}–{opening.clock(b)}" for a, b in spans)


def _run(first: int, last: int) -> str:
    if first == last:
        return weekday(first)
    return _("{first}至{last}").format(first=weekday(first), last=weekday(last))


def wait(seconds: int) -> str:
    """How long somebody waits, as an estimate."""
    if seconds < 60:
        return _("不到 1 分钟")
    return _("约 {minutes} 分钟").format(minutes=-(-seconds // 60))
