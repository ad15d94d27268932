"""How a case stands, for whoever has heard nothing for a while (2.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bihuan.core.handbook import Handbook
from bihuan.web import words
from bihuan.web.words import english


def standing(said: Mapping[str, Any], book: Handbook, at: datetime) -> str:
    """The next step and its due, as the event says them; a due that has passed is not hidden."""
    step = book.milestones.get(said.get("milestone", ""))
    if step is None or "due_at" not in said:
        return ""
    due = datetime.fromisoformat(said["due_at"])
    when = words.due_moment(due, at)
    if due < at:
        return (
            f"“{step.en}” was due on {when} and is late; we are sorry, and it is being pressed."
            if english()
            else f"“{step.zh}”原定 {when} 完成，现已超过时限，我们为此致歉并正在加紧处理。"
        )
    if english():
        return f"Next: {step.en}, by {when} at the latest."
    return f"下一步：{step.zh}，最迟 {when}。"
