"""What was said in a chat before somebody made it a case."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from bihuan.cases.commands import Line, heard_at, transcribed
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.plans import Plan
from bihuan.demo.texts import corpus

_SENTENCE = re.compile(r"(?<=[。！？!?])|(?<=\. )")


def chat(plan: Plan, name: str, text: str) -> dict[str, Any]:
    """The fields of a filing that began in a chat; {} for one that did not."""
    if plan.channel != "chat":
        return {}
    first, *rest = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    hello, please, done = corpus().words["chat"][plan.story.lang]
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
        "transcript": transcribed(lines, plan.at),
        "received_at": heard_at(lines),
    }
