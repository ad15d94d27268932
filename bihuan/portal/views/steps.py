"""What the person may do with a case: say, add, confirm, object, withdraw, ask again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.cases import commands, queries
from bihuan.core.refusals import Invalid, NotPossible, NotReady, Stale
from bihuan.portal import aside, drafts, forms, record, story, uploads
from bihuan.portal.drafts import raw
from bihuan.portal.views import arriving
from bihuan.portal.visitor import customer, own, reads
from bihuan.web import identities, messages, tus
from bihuan.web.door import Who
from bihuan.web.files import uploaded

if TYPE_CHECKING:
    from bihuan.cases.models import Case

_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Asked:
    """The page of one step: its question, what to write, and what the button says."""

    name: str | Promise
    question: str | Promise
    label: str | Promise
    button: str | Promise
    asked: str | Promise = ""
    lead: str | Promise = ""
    tone: str = "main"


PAGES = {
    "message": Asked(
        later("留言"),
        later("给处理人留言"),
        later("留言"),
        later("发送"),
        later("请写下您想说的话"),
        later("处理人会收到提醒。请勿填写身份证号、银行卡号。"),
    ),
    "complain": Asked(
        later("我要投诉"),
        later("这件事哪里让您不满意？"),
        later("哪里不满意、希望怎么解决"),
        later("提出投诉"),
        later("请写下哪里不满意"),
        later("提出后按投诉处理：投诉的时限从现在起算，原有的时限不变（2.1）。编号不变。"),
    ),
    "dispute": Asked(
        later("异议"),
        later("对处理结果有什么异议？"),
        later("不满意的地方"),
        later("提出异议"),
        later("请写下对结果不满意的地方"),
        later("提出后重新处理，并重新计算时限（2.4.3）。"),
    ),
    "withdraw": Asked(
        later("撤回"),
        later("撤回这件请求？"),
        later("原因"),
        later("确认撤回"),
        "",
        later("撤回后不再处理，记录仍会保留（3.1）。撤回不能取消，需要时可以另行提交。"),
        "danger",
    ),
    "reopen": Asked(
        later("重新处理"),
        later("为什么需要重新处理？"),
        later("出现了什么情况"),
        later("申请重新处理"),
        later("请写下需要重新处理的原因"),
        later("会由处理部门重新处理，并重新计算时限（2.4.3）。"),
    ),
}


@_page
def say(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One step that needs words, on its own page; what was written is kept whatever happens."""
    if lost := _session_over(request):
        return lost
    case = own(request, number)
    who = reads(request)
    page = PAGES[action]
    form = forms.SaidForm(
        request.POST if request.method == "POST" else None,
        step=action,
        label=str(page.label),
        asked=str(page.asked),
        initial=aside.said(request, who),
    )
    sent = request.method == "POST" and form.is_valid()
    if sent and record.just_done(case, action, form.cleaned_data["text"], **who):
        return redirect("portal:progress", number=case.number)
    if action not in story.actions(case, who["by"]):
        return _too_late(request, case, action, page.name, who)
    if sent:
        if _taken(request, case, action, form, who):
            aside.done(request, who)
            return redirect("portal:progress", number=case.number)
        case = own(request, number)  # as it stands now
    return _page_of(request, case, action, form, 409 if _moved_on(form) else 200)


def _page_of(
    request: HttpRequest, case: Case, action: str, form: Any, status: int, **facts: Any
) -> HttpResponse:
    page = PAGES[action]
    facts |= {
        "page": page,
        "action": action,
        "version": case.version,
        "submit_url": reverse(f"portal:{action}", args=[case.number]),
    }
    context = _context(case, form, page.name) | facts
    return render(request, "portal/say.html", context, status=status)


def _too_late(
    request: HttpRequest, case: Case, action: str, name: str | Promise, who: Who
) -> HttpResponse:
    """The case has moved on: what was written is shown again, with the step it can go with now."""
    offered = story.actions(case, who["by"])
    if request.method != "POST":
        raise NotPossible(state=case.state, action=action, possible=offered)
    other = next((one for one in ("reopen", "message") if one in offered), "")
    step = other or "message"
    page = PAGES[step]
    words = {"label": str(page.label), "asked": str(page.asked)}
    form = forms.SaidForm(request.POST, step=step, **words)
    form.is_valid()
    said = (
        _("这件已有新进展，不能再“{step}”。您写的内容还在下面，可以改为“{other}”。")
        if other
        else _("这件已有新进展，不能再“{step}”。您写的内容还在下面，需要时请另行提交。")
    )
    form.add_error(None, said.format(step=name, other=page.name))
    return _page_of(request, case, step, form, 409, is_over=not other)


def _taken(request: HttpRequest, case: Case, action: str, form: Any, who: Who) -> bool:
    """Take the step; False when it could not be taken, and the form then says why."""
    try:
        commands.take(
            action,
            number=case.number,
            raw=form.cleaned_data,
            expected_version=_seen(request, action),
            **who,
        )
    except Stale:
        form.add_error(None, _("您填写期间，这件有了新进展。请先看一下最新进度，再提交一次。"))
        return False
    except NotReady as refused:  # a declined one is accepted by being taken up again (1.2)
        said = _("重新处理前，请您先{what}：打开“设置”里的“实名”。您写的内容还在下面。")
        what = identities.missing(cast(list[str], refused.facts["missing"]))
        form.add_error(None, said.format(what=what))
        return False
    except Invalid as fault:
        form.refuse(fault)
        return False
    return True


def _moved_on(form: Any) -> bool:
    return bool(form.is_bound and form.non_field_errors())


def _session_over(request: HttpRequest) -> HttpResponse | None:
    """Words sent by somebody who is signed in no more wait until he is again."""
    if request.method != "POST" or customer(request):
        return None
    return aside.to_sign_in(request, aside.SAID, aside.SAID, raw(request, ["text"]))


def _seen(request: HttpRequest, action: str) -> int | None:
    """The version the person saw; a message does not depend on it."""
    given = request.POST.get("version", "")
    known = given.isascii() and given.isdigit() and len(given) < 10
    return int(given) if known and action != "message" else None


def _context(case: Any, form: Any, topbar: str | Promise) -> dict[str, Any]:
    return {"case": case, "form": form, "topbar": topbar, "back": case.url}


@_page
def evidence(request: HttpRequest, number: str) -> HttpResponse:
    """More material: words, files or both (commands.bring)."""
    if lost := _session_over(request):
        return lost
    case = own(request, number)
    who = reads(request)
    if "add_material" not in story.actions(case, who["by"]):
        return _too_late(request, case, "add_material", _("补充材料"), who)
    given = request.POST if request.method == "POST" else None
    form = forms.MaterialForm(given, initial=aside.said(request, who))
    kept, gathered = 0, queries.material_draft(case, who["by"])
    if gathered and "remove" in request.POST:
        token = drafts.token_of(request.POST["remove"])
        commands.remove_file(token=token, draft=gathered, **who)
    elif request.method == "POST" and form.is_valid():
        try:
            files, faults = commands.bring(
                number=case.number,
                text=form.cleaned_data["text"],
                uploads=uploaded(request, "files"),
                gathered=gathered,
                **who,
            )
        except Invalid:  # there is nothing at all
            form.add_error("text", _("请写一段说明，或添加一个文件"))
        else:
            if not faults:
                aside.done(request, who)
                return redirect("portal:progress", number=case.number)
            kept = len(files)
            if kept:  # these words were taken with the good files
                form = forms.MaterialForm({"text": ""})
            for fault in faults:
                form.add_error("files", messages.about_file(*fault))
    context = _context(case, form, _("补充材料")) | {"kept": kept} | _grid(case, who)
    return render(request, "portal/evidence.html", context)


def _grid(case: Case, who: Who) -> dict[str, Any]:
    here = reverse("portal:evidence_files", args=[case.number])
    return uploads.grid(queries.material_draft(case, who["by"]), here, who)


@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def evidence_files(request: HttpRequest, number: str) -> HttpResponse:
    """The files of that page, sent while the person still writes; the grid when asked for."""
    if request.method in ("GET", "HEAD"):
        case, who = own(request, number), reads(request)
        context = {"form": forms.MaterialForm()} | _grid(case, who)
        return render(request, "portal/_photos.html", context)
    return _begun(request, number)


@tus.spoken
def _begun(request: HttpRequest, number: str) -> HttpResponse:
    case, who = own(request, number), reads(request)
    draft = commands.material_draft(number=case.number, **who)
    return arriving.begin(request, draft, who)


@require_POST
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """The person accepts the result: the loop is closed (2.4.3)."""
    case, who = own(request, number), reads(request)
    if not case.confirmed_at and not record.just_done(case, "confirm", **who):
        commands.confirm(number=case.number, expected_version=_seen(request, "confirm"), **who)
    return redirect("portal:progress", number=case.number)


@_page
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """How the handling was, question by question, once a round (1.4)."""
    case = own(request, number)
    who = reads(request)
    if queries.rating(case) is not None:
        return redirect("portal:progress", number=case.number)
    if "rate" not in story.actions(case, who["by"]):
        raise NotPossible(state=case.state, action="rate", possible=[])
    survey = queries.survey(case)
    form = forms.RatingForm(request.POST if request.method == "POST" else None, survey=survey)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["text"]
        commands.rate(number=case.number, scores=form.scores(), text=words, **who)
        return redirect("portal:progress", number=case.number)
    questions = [{"field": form[id], "marks": _marks(form[id].value())} for id in form.asked]
    context = _context(case, form, _("评价")) | {"questions": questions, "clause": survey.clause}
    return render(request, "portal/rate.html", context)


def _marks(chosen: Any) -> list[dict[str, Any]]:
    return [
        {"value": mark, "label": label, "checked": mark == chosen}
        for mark, label in forms.MARKS.items()
    ]
