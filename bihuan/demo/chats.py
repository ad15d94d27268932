"""What was said in a chat before somebody made it a case."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from bihuan.cases.commands import Line, begun_at, written
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.plans import Plan

_SENTENCE = re.compile(r"(?<=[。！？!?])|(?<=\. )")
_SAID = {
    "zh": (
        "您好，您已接入在线客服。",
        "您好，很抱歉给您带来不便。请您把经过说一下，我马上为您登记。",
        "已为您登记，编号稍后发给您。处理到哪一步、最迟什么时候答复，都可以用编号查看。",
    ),
    "en": (
        "Hello, you are connected to live support.",
        "Hello, I am sorry for the trouble. Please tell me what happened and I will register it.",
        "It is registered. With its number you can see each step and its latest date.",
    ),
}


def chat(plan: Plan, name: str, text: str) -> dict[str, Any]:
    """The fields of a filing that began in a chat; {} for one that did not."""
    if plan.channel != "chat":
        return {}
    first, *rest = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    hello, please, done = _SAID["en" if plan.story.lang == "en" else "zh"]
    told = [
        ("system", "", hello), ("user", name, first), ("agent", "", please),
        *([("user", name, "\n".join(rest))] if rest else []), ("agent", "", done),
    ]  # fmt: skip
    begun = plan.at - timedelta(seconds=70 * len(told))
    lines = [
        Line(begun + timedelta(seconds=70 * n), by, words, who)
        for n, (by, who, words) in enumerate(told)
    ]
    return {
        "external_id": f"IM{plan.at.astimezone(SHANGHAI):%Y%m%d}-{plan.index:05d}",
        "transcript": written(lines, plan.at),
        "received_at": begun_at(lines),
    }
