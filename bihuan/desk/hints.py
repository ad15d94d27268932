"""What the pane of a case hints at beside its next step: words of a complaint, open steps (6.1)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases import queries as cases
from bihuan.cases.models import Case
from bihuan.complaints import queries
from bihuan.desk import steps
from bihuan.desk.shown import say
from bihuan.web import words
from bihuan.web.door import Who
from bihuan.web.words import english


def hints(case: Case, due: list[dict[str, Any]], who: Who) -> list[dict[str, Any]]:
    """For whoever may work the case: a complaint that is heard, what is due, the step after it."""
    offered = steps.offered(case, who["by"])
    if "classify" not in offered:
        return due
    heard = cases.complaint_heard(case)
    left = next((one for one in queries.handling(case, who["at"]) if one.mark is None), None)
    found = [_complains(case, heard, who)] if heard else []
    return found + due + ([_next_step(case, left)] if left else [])


def _complains(case: Case, heard: cases.Heard, who: Who) -> dict[str, Any]:
    """A complaint is counted from its message, once a person says that it is one."""
    cues = _("、").join(heard.cues[:4])
    said = words.moment_words(heard.at, who["at"])
    reason = _("用户的话像是投诉：提到“{cues}”").format(cues=cues)
    text = _("{said}提到“{cues}”。改为投诉后从那时起计投诉时限，原有时限不变（2.1）。")
    return {
        "title": _("用户的话像是投诉"),
        "text": text.format(said=said, cues=cues),
        "act": {
            "label": _("改为投诉"), "icon": "megaphone", "url": f"{case.desk_url}do/classify/",
            "hidden": {
                "kind": "complaint", "reason": reason, "complained_at": heard.at.isoformat(),
            },
        },
    }  # fmt: skip


def _next_step(case: Case, left: queries.Taken) -> dict[str, Any]:
    return {
        "title": _("办理步骤：{step}").format(step=say(left.step)),
        "text": "" if english() else left.step.says,
        "url": f"{case.desk_url}?tab=parties",
        "label": _("步骤与第三方"),
    }
