"""What a run over many cases looks like: its toast, its page, its line among others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import commands, queries
from bihuan.cases.queries import Run, unsealed
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.desk import decide
from bihuan.desk.forms import LABELS
from bihuan.web import messages, words
from bihuan.web.door import Who

_READ = 8000  # milliseconds in which one reads that all went well
_TEXTS = {"text", "reason", "progress", "result", "add", "remove"}
RETRIED = 40  # as many as an address can hold


def toasts(runs: Sequence[Run], at: datetime) -> list[dict[str, Any]]:
    """For every page of the desk: what waits, what is on its way, what has just ended; the newest
    last.
    """
    return [toast(run, at) for run in reversed(runs)]


def toast(run: Run, at: datetime) -> dict[str, Any]:
    """One run in a sentence; `left` milliseconds to take it back, `wait` until it is looked at."""
    over = run.state in {"ended", "taken_back"}
    left = max(int(1000 * (run.due_at - at).total_seconds()), 0) if run.state == "held" else 0
    if over and not run.refused:
        left = _READ
    return {
        "id": run.id,
        "url": f"/desk/bulk/{run.id}/",
        "text": said(run),
        "left": left,
        "wait": "" if over else f"load delay:{left + 500 if left else 1500}ms",
        "done": run.done + run.refused,
        "total": run.total,
        "state": run.state,
        "bad": bool(run.refused) and over,
    }  # fmt: skip


def name(run: Run) -> str:
    """What was ordered."""
    step = _(LABELS[run.action])
    return (_("撤销批量：{step}") if run.undoes else _("批量：{step}")).format(step=step)


def said(run: Run) -> str:
    """How it stands."""
    if run.stopped:
        told = _("{name}，已停止：{done} 件已完成，{refused} 件未办理")
        return told.format(name=name(run), done=run.done, refused=run.refused)
    told = {
        "held": _("{name} {total} 件，即将执行"),
        "running": _("{name}，已办 {seen} / {total} 件"),
        "taken_back": _("{name} {total} 件，已撤销，没有执行"),
        "ended": _("{name}，{done} 件已完成，{refused} 件未办理")
        if run.refused
        else _("{name}，{done} 件已完成"),
    }[run.state]
    return told.format(
        name=name(run), total=run.total, done=run.done, refused=run.refused,
        seen=run.done + run.refused,
    )  # fmt: skip


def page(run: Run, who: Who) -> dict[str, Any]:
    """Everything about one run; of another's, how it stands, and not its words."""
    own = run.staff_id == who["by"].id
    failed = queries.refused_of(run.id, who["by"])
    undone = queries.undone_by(run.id)
    return row(run, who["at"]) | {
        "toast": toast(run, who["at"]),
        "runs": [],  # the page itself says how it goes
        "failed": [
            {"number": number, "url": f"/desk/cases/{number}/", "subject": unsealed(subject),
             "why": _lacks(run, number, code, place, who) or why(code)}
            for place, (number, subject, code) in enumerate(failed)
            if own or subject
        ],
        "again_url": _again(run, [number for number, _subject, _why in failed], who["by"]),
        "may_undo": own and run.state == "held",
        "may_stop": run.state == "running",
        "may_give_back": own and not undone and run.done > 0
        and commands.may_be_given_back(run.action, run.undoes, run.ended_at, who["at"]),
        "undone_url": f"/desk/bulk/{undone}/" if undone else "",
        "undoes_url": f"/desk/bulk/{run.undoes}/" if run.undoes else "",
        "minutes": int(commands.GIVEN_BACK_FOR.total_seconds()) // 60,
        "words": _words(run) if own and not run.undoes else [],
        "by": "" if own else people.staff_names([run.staff_id]).get(run.staff_id, ""),
    }  # fmt: skip


def others(runs: Sequence[Run], at: datetime) -> list[dict[str, Any]]:
    """Each with who ordered it."""
    names = people.staff_names({run.staff_id for run in runs})
    return [row(run, at) | {"by": names.get(run.staff_id, "")} for run in runs]


def row(run: Run, at: datetime) -> dict[str, Any]:
    """One line in the list of runs."""
    tone, state = {
        "held": ("info", _("等待执行")),
        "running": ("info", _("执行中")),
        "taken_back": ("", _("已撤销")),
        "ended": ("warn", _("部分未办理")) if run.refused else ("ok", _("已完成")),
    }[run.state]
    if run.stopped:
        tone, state = "warn", _("已停止")
    return {
        "run": run,
        "name": name(run),
        "url": f"/desk/bulk/{run.id}/",
        "tone": tone,
        "state": state,
        "said": said(run),
        "seen": run.done + run.refused,
        "ordered": words.moment_words(run.ordered_at, at),
    }


def why(code: str) -> str:
    """Why a case was not taken, and what to do about it."""
    if code not in messages.REFUSALS:
        return messages.fault(code, {})
    what, then = messages.REFUSALS[code]
    return _("{what}。{then}").format(what=what, then=then)


def _lacks(run: Run, number: str, code: str, place: int, who: Who) -> str:
    """Which steps a case that could not be decided still waits for, as it is now."""
    if code != "not_ready" or run.action != "resolve" or place >= RETRIED:
        return ""
    try:
        return decide.lacking(queries.get(number, who["by"]))
    except NotFound:
        return ""


def _words(run: Run) -> list[str]:
    """The text that went to every case, for its orderer to read again."""
    return [str(value) for key, value in run.raw.items() if key in _TEXTS and value]


def _again(run: Run, numbers: Sequence[str], by: Actor) -> str:
    if run.action not in commands.BULK or run.staff_id != by.id:
        return ""  # an incident takes its steps again on its own page
    if run.state != "ended" or run.undoes or not 0 < len(numbers) <= RETRIED:
        return ""
    given = [("action", run.action), *(("chosen", number) for number in numbers)]
    return f"/desk/bulk/?{urlencode(given)}"
