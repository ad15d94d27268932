"""What an agent does with a chat: take it, hand it on, make it a case, end it (6.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.chat import commands, loader, queries, words
from bihuan.chat.forms import CaseForm, HandForm, LineForm, ReasonForm, TieForm
from bihuan.chat.models import Conversation
from bihuan.chat.views import desk_shown
from bihuan.chat.views.asked import why
from bihuan.core.refusals import NotFound
from bihuan.policy import queries as policy
from bihuan.web.asking import Told, pressed, sent, taken
from bihuan.web.door import staff
from bihuan.web.htmx import page_or_part, wants_part
from bihuan.web.words import say

#: A button without a form: what it does, and what is said when it is done.
PRESSED: dict[str, tuple[Callable[..., object], Any]] = {
    "take": (commands.take, ""),
    "put-back": (commands.put_back, later("已退回队列最前面")),
    "take-over": (commands.take_over, later("已接管这次咨询")),
    "reopen": (commands.reopen, ""),
    "untie": (commands.untie, later("已取消关联")),
    "solved": (lambda **who: commands.end(outcome="solved", **who), later("已结束：已解决")),
    "left": (lambda **who: commands.end(outcome="left", **who), later("已结束：用户已离开")),
}


@require_POST
def press(request: HttpRequest, id: int, action: str) -> HttpResponse:
    """接待、退回、接管、继续、取消关联、结束."""
    who = staff(request)
    row = queries.chat(id, who["by"])
    if action not in PRESSED:
        raise NotFound(action=action)
    act, said = PRESSED[action]
    pressed(request, lambda: act(id=id, **who), said=str(said), why=why)
    return redirect(row.url)


def _asked(
    request: HttpRequest, row: Conversation, form: Told, *, title: str, button: str, lead: str = ""
) -> HttpResponse:
    """One step as a page of its own, or in the sheet of the page it was asked from."""
    context = {
        "row": row, "form": form, "title": title, "button": button, "lead": lead,
        "here": request.path, "fault": bool(form.errors), "sheet": wants_part(request),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return page_or_part(
        request, "chat/desk_step.html", "chat/_desk_step.html", context, status=status
    )


@require_http_methods(["GET", "POST"])
def hand(request: HttpRequest, id: int) -> HttpResponse:
    """转给同事."""
    who = staff(request)
    row = queries.chat(id, who["by"])
    there = [one for one in queries.present(**who) if one.there and one.staff_id != row.agent_id]
    colleagues = [(str(one.staff_id), _colleague(one)) for one in there]
    form = HandForm(sent(request), colleagues=colleagues)

    def act() -> object:
        chosen = request.POST.get("staff_id", "")
        to = int(chosen) if chosen in dict(colleagues) else 0
        return commands.hand_over(id=id, staff_id=to, text=request.POST.get("text", ""), **who)

    if request.method == "POST" and taken(form, act, why=why):
        notes.success(request, _("已转给同事，整段对话一并转交"))
        return redirect("chat:desk")
    lead = "" if colleagues else _("现在没有别的同事在线接待；可以转到线路，或退回队列。")
    return _asked(request, row, form, title=_("转给同事"), button=_("转交"), lead=lead)


def _colleague(one: queries.Present) -> str:
    lines = "、".join(words.line(id) for id in one.lines)
    return _("{name}（{lines}，{open}/{most}）").format(
        name=one.name, lines=lines, open=one.open, most=one.most
    )


@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, id: int) -> HttpResponse:
    """转二线：technical support or the product managers."""
    who = staff(request)
    row = queries.chat(id, who["by"])
    others = [(one, words.line(one)) for one in loader.lines() if one != row.line]
    form = LineForm(sent(request), lines=others)

    def act() -> object:
        given = {name: request.POST.get(name, "") for name in ("line", "text")}
        return commands.change_line(id=id, **given, **who)

    if request.method == "POST" and taken(form, act, why=why):
        notes.success(request, _("已转到线路，排在最前面"))
        return redirect("chat:desk")
    return _asked(request, row, form, title=_("转二线"), button=_("转交"))


@require_http_methods(["GET", "POST"])
def tie(request: HttpRequest, id: int) -> HttpResponse:
    """关联案件."""
    who = staff(request)
    row = queries.chat(id, who["by"])
    form = TieForm(sent(request))
    number = request.POST.get("number", "").strip()
    if request.method == "POST" and taken(
        form, lambda: commands.tie(id=id, number=number, **who), why=why
    ):
        notes.success(request, _("已附到案件，案件里有整段对话"))
        return redirect(row.url)
    return _asked(request, row, form, title=_("关联案件"), button=_("关联"))


@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, id: int) -> HttpResponse:
    """转为案件：one press; what the commands must know more is asked here."""
    who = staff(request)
    row = queries.chat(id, who["by"])
    book = policy.current(who["at"])
    kinds = [(one.id, say(one)) for one in book.kinds.values()]
    form = CaseForm(sent(request), kinds=kinds, known=bool(row.person_id))
    if request.method == "POST" and taken(
        form, lambda: commands.open_case(id=id, **form.filled(), **who), why=why
    ):
        number = queries.number_of_case(queries.chat(id, who["by"]).case_id, who["by"])
        notes.success(request, _("已登记为案件 {number}，从第一句话起计时").format(number=number))
        return redirect(row.url)
    lead = _("收到时间按用户的第一句话算；整段对话附在案件里。")
    return _asked(request, row, form, title=_("转为案件"), button=_("登记案件"), lead=lead)


@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, id: int) -> HttpResponse:
    """查看文中号码, with a reason that is kept (3.3)."""
    who = staff(request)
    row = queries.chat(id, who["by"])
    form = ReasonForm(sent(request))
    found: list[tuple[str, str]] = []

    def act() -> object:
        reason = request.POST.get("reason", "")
        found.extend(commands.reveal_chat(id=id, reason=reason, **who))
        return found

    if request.method == "POST" and taken(form, act, why=why):
        values = [value for _kind, value in found]
        return render(request, "chat/desk_reveal.html", {"row": row, "values": values})
    lead = _("对话里的手机号、证件号和卡号默认遮盖。写明理由后显示一次，并记入操作记录。")
    return _asked(request, row, form, title=_("查看文中号码"), button=_("查看并记录"), lead=lead)


@require_POST
def attend(request: HttpRequest) -> HttpResponse:
    """开始接待、停止接待."""
    who = staff(request)
    if "off" in request.POST:
        pressed(
            request, lambda: commands.stop_attending(**who), why=why,
            said=_("已停止接待新的咨询；手上的仍由您接待"),
        )  # fmt: skip
    else:
        lines = request.POST.getlist("line")
        pressed(
            request, lambda: commands.attend(lines=lines, **who), why=why,
            said=_("已开始接待，新的咨询会自动派给您"),
        )  # fmt: skip
    return redirect("chat:desk")


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """在线接待的团队：who is there, how many at once, and the targets of 6.2."""
    who = staff(request)
    at = who["at"]
    _today, since = desk_shown.day(at)
    figures, next_one = queries.figures(since, at), queries.wait_of_next(at)
    context = {
        "present": desk_shown.present(queries.present(who["by"], at), at),
        "plans": commands.plans(who["by"]),
        "usual": policy.default("chat_at_once", at),
        "figures": figures,
        "measures": [
            desk_shown.measure(figures.answer, _("首次回复")),
            desk_shown.measure(figures.solution, _("解决")),
        ],
        "waiting": next_one.ahead,
        "wait": words.wait(next_one.wait),
    }
    return render(request, "chat/desk_team.html", context)


@require_POST
def limit(request: HttpRequest, staff_id: int) -> HttpResponse:
    """同时接待上限, of one agent; by whoever plans the work."""
    who = staff(request)
    given = request.POST.get("most", "").strip()
    most: Any = given or None
    pressed(
        request, lambda: commands.set_limit(staff_id=staff_id, most=most, **who), why=why,
        said=_("已设上限"),
    )  # fmt: skip
    return redirect(reverse("chat:team"))


@require_POST
def stop(request: HttpRequest, staff_id: int) -> HttpResponse:
    """替同事停止接待."""
    who = staff(request)
    pressed(
        request, lambda: commands.stop_attending(staff_id=staff_id, **who), why=why,
        said=_("已替同事停止接待"),
    )  # fmt: skip
    return redirect(reverse("chat:team"))
