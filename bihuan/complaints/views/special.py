"""Pages of the desk about special reports: the list, one report with its form, its paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from bihuan.accounts import queries as accounts
from bihuan.complaints import commands, queries
from bihuan.complaints.fields import Parts
from bihuan.complaints.lifecycle import DONE
from bihuan.complaints.queries import Line, Opened
from bihuan.complaints.special_forms import PARTS, Remarks, ReportForm
from bihuan.core.refusals import Invalid, NotPossible, Stale
from bihuan.store import blobs
from bihuan.web import words
from bihuan.web.door import Who, enter
from bihuan.web.words import english

STATES = {
    "due": ("warn", "pencil", later("待撰写")),
    "drafted": ("info", "file-pen", later("撰写中")),
    "in_review": ("warn", "file-search", later("待复核签发")),
    "signed": ("ok", "file-check", later("已签发")),
    "sent": ("ok", "send", later("已报送管理层")),
    "lapsed": ("", "file-x", later("不再需要")),
}
HASH_SHOWN = 16


@require_GET
def special(request: HttpRequest) -> HttpResponse:
    """Every report this member of staff may read, those that are waited for first."""
    who = enter(request)
    page = queries.reports_listed(**who, cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [_line(line, who["at"]) for line in page.lines],
        "waiting": queries.waiting_reports(who["by"]),
        "next": f"?cursor={page.cursor}" if page.cursor else "",
    }
    return render(request, "complaints/special.html", context)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, id: int) -> HttpResponse:
    """One report; POST keeps what was written, or hands it in to be reviewed."""
    who = enter(request)
    seen = queries.opened_report(id, **who)
    if request.method == "GET":
        form = ReportForm(None, _begun(seen, who["at"])) if seen.writable else None
        return _page(request, seen, who, form=form)
    form = ReportForm(request.POST, seen.parts)
    handing_in = request.POST.get("do") == "submit"
    step = commands.submit_report if handing_in else commands.write_report
    try:
        step(id=id, given=request.POST.dict(), expected_version=_version(request), **who)
    except Invalid as fault:
        form.refuse(fault)
        return _page(request, seen, who, form=form, status=422)
    except (Stale, NotPossible):
        return _page(request, seen, who, form=form, newer=True, status=409)
    notes.success(request, _("已提交复核") if handing_in else _("已保存草稿"))
    return redirect("special:report", id=id)


@require_POST
def send_back(request: HttpRequest, id: int) -> HttpResponse:
    """A reviewer returns it, with remarks."""

    def step(who: Who) -> None:
        remarks = request.POST.get("remarks", "")
        commands.return_report(
            id=id, remarks=remarks, expected_version=_version(request), **who
        )  # fmt: skip

    return _judge(request, id, step, _("已退回修改"))


@require_POST
def sign(request: HttpRequest, id: int) -> HttpResponse:
    """A supervisor signs it: it is printed, kept and goes to the management."""

    def step(who: Who) -> None:
        commands.sign_report(id=id, expected_version=_version(request), **who)

    return _judge(request, id, step, _("已签发，报告随即报送管理层"))


def _judge(request: HttpRequest, id: int, step: Callable[[Who], None], done: str) -> HttpResponse:
    who = enter(request)
    remarks = Remarks(request.POST)
    try:
        step(who)
    except Invalid as fault:
        remarks.refuse(fault)
        seen = queries.opened_report(id, **who)
        return _page(request, seen, who, remarks=remarks, status=422)
    except Stale:
        seen = queries.opened_report(id, **who)
        return _page(request, seen, who, remarks=remarks, newer=True, status=409)
    notes.success(request, done)
    return redirect("special:report", id=id)


@require_safe
def paper(request: HttpRequest, id: int) -> HttpResponse:
    """The PDF: as it was signed, or the draft as it stands."""
    who = enter(request)
    seen = queries.opened_report(id, **who)
    if seen.row.blob:
        name = f"{seen.line.number}.pdf"
        with blobs.open_blob(seen.row.blob) as file:
            drawn = file.read()
    else:
        name = f"{seen.line.number}-draft.pdf"
        drawn = commands.print_draft(id=id, **who)
    response = HttpResponse(drawn, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _version(request: HttpRequest) -> int:
    """The version the page was made of; none that can be is another's."""
    given = request.POST.get("expected_version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def _begun(seen: Opened, at: datetime) -> Parts:
    """What stands, else a first draft from the facts."""
    return seen.parts if seen.written else queries.prefilled(queries.case_of(seen.row), at=at)


def _page(
    request: HttpRequest,
    seen: Opened,
    who: Who,
    *,
    form: ReportForm | None = None,
    remarks: Remarks | None = None,
    newer: bool = False,
    status: int = 200,
) -> HttpResponse:
    at = who["at"]
    facts = seen.row.paper or queries.facts_of(queries.case_of(seen.row), at).plain
    context = {
        **_line(seen.line, at),
        "report": seen,
        "version": seen.row.version,
        "form": form if seen.writable else None,
        "remarks_form": (remarks or Remarks()) if seen.returnable else None,
        "newer": newer,
        # what was written when there is no form to keep it in any more
        "unsaved": list(form.written()) if form and newer and not seen.writable else [],
        "facts": facts,
        "parts": _shown_parts(seen.parts) if seen.written else None,
        "earlier": not seen.written and queries.earlier_parts(seen.row.case_id) is not None,
        "written_at": words.moment_words(seen.written_at, at) if seen.written_at else "",
        "hash": seen.words_hash[:HASH_SHOWN],
        "history": [
            {"one": one, "at": words.moment_words(one.at, at), "hash": one.words_hash[:HASH_SHOWN]}
            for one in seen.history
        ],
        "pdf": reverse("special:paper", args=[seen.row.id]),
    }
    return render(request, "complaints/report.html", context, status=status)


def _shown_parts(parts: Parts) -> dict[str, Any]:
    names = accounts.staff_names(one.owner_id for one in parts.measures)
    return {
        "worded": [(label, getattr(parts, name)) for name, (label, _help, _rows) in PARTS.items()],
        "people": "—" if parts.people is None else parts.people,
        "loss": "—" if parts.loss_fen is None else words.money(parts.loss_fen),
        "measures": [
            (one.what, names.get(one.owner_id, ""), words.date_words(one.due_on))
            for one in parts.measures
        ],
    }


def _line(line: Line, at: datetime) -> dict[str, Any]:
    tone, icon, label = STATES[line.state]
    due = words.due_moment(line.due_at, at) if line.due_at else _("作出处理后起算")
    return {
        "line": line,
        "url": reverse("special:report", args=[line.id]),
        "severity": line.severity_en if english() else line.severity,
        "department": line.department_en if english() else line.department,
        "due": due,
        "signed": words.moment_words(line.signed_at, at) if line.signed_at else "",
        "done": line.state in DONE,
        "state": {"tone": tone, "icon": icon, "label": label},
    }
