"""My cases, and one case as its person follows it: receipt, progress, record, result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bihuan.cases import queries
from bihuan.cases.queries import unsealed
from bihuan.complaints import queries as complaints
from bihuan.core.handbook import Handbook
from bihuan.policy import queries as policy
from bihuan.portal import appealing, clocks, forms, late, legal, mailed, record, story, uploads
from bihuan.portal.views.identity import todo
from bihuan.portal.visitor import guest_case, own, reads, signed_in
from bihuan.web import words
from bihuan.web.door import Who
from bihuan.web.htmx import page_or_part

if TYPE_CHECKING:
    from bihuan.cases.models import Case, Draft

TONES = {
    "filed": ("info", "inbox"),
    "accepted": ("info", "search-check"),
    "resolved": ("info", "gavel"),
    "notified": ("warn", "mail-check"),
    "closed": ("ok", "circle-check"),
    "archived": ("", "archive"),
    "declined": ("hot", "circle-x"),
    "withdrawn": ("", "undo-2"),
    "merged": ("", "git-merge"),
}


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My cases and what I began to write."""
    who = reads(request)
    only = guest_case(request)
    wanted = request.GET.get("show", "")
    rows = [case for case in queries.mine(who["by"]) if only in (0, case.id)]
    chosen = [c for c in rows if wanted not in ("open", "done") or c.is_open == (wanted == "open")]
    chosen.sort(key=lambda case: case.state != "notified")  # what waits for the person comes first
    book = policy.current(who["at"])
    context = {
        "cases": [_line(case, book, who) for case in chosen],
        "drafts": [_draft(row, who) for row in _drafts(request, who)],
        "filters": [
            {"label": label, "url": f"?show={key}" if key else ".", "current": wanted == key}
            for key, label in (("", _("全部")), ("open", _("进行中")), ("done", _("已结束")))
        ],
        "signed_in": signed_in(request),
        "any": bool(rows),
        "topbar": _("我的请求"),
        "back": reverse("portal:home"),
    }
    return render(request, "portal/mine.html", context)


def _drafts(request: HttpRequest, who: Who) -> list[Draft]:
    return queries.drafts_of(who["by"]) if signed_in(request) else []


def _draft(row: Draft, who: Who) -> dict[str, str]:
    if row.form == queries.MATERIAL:
        return {
            "token": row.token,
            "label": _("补充材料草稿"),
            "url": reverse("portal:evidence", args=[row.step]),
            "saved": words.ago_words(row.updated_at, who["at"]),
        }
    name = {"complaint": "portal:pick", "service": "portal:service"}.get(row.form, "portal:suggest")
    if row.form == "complaint" and row.step:
        name = f"portal:{row.step}"
    label = {"complaint": _("投诉草稿"), "service": _("服务请求草稿")}.get(row.form, _("建议草稿"))
    return {
        "token": row.token,
        "label": label,
        "url": f"{reverse(name)}?draft={row.token}",
        "saved": words.ago_words(row.updated_at, who["at"]),
    }


def _line(case: Case, book: Handbook, who: Who) -> dict[str, Any]:
    tone, icon = TONES[case.state]
    due = case.waits_until if case.state == "notified" else case.next_due_at
    return {
        "url": case.url,
        "subject": case.subject,
        "number": case.number,
        "kind": forms.named(book.kinds[case.kind]),
        "state": forms.named(book.states[case.state]),
        "tone": tone,
        "icon": icon,
        "filed": words.moment_words(case.received_at, who["at"]),
        "due": words.due_words(due, who["at"]) if due and case.is_open else "",
        "late": words.left_words(due, who["at"]) if due and due < who["at"] else "",
        "yours": case.state == "notified",
    }


@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """The promise first, then what the person must do, then the path (UI rule 6)."""
    return shown(request, own(request, number), reads(request))


def shown(
    request: HttpRequest, case: Case, who: Who, refused: str = "", status: int = 200
) -> HttpResponse:
    """That page; with `refused`, what a tap on it was answered."""
    context = _about(case, who) | _owed(case, who) | _told(case, who)
    if case.is_open:
        context["fault"] = _fault(case, who)
    elif case.state == "merged":
        context |= _goes_on(request, case)
    context["identity"] = todo(case)
    context["lost"] = mailed.lost(case)
    context["late"] = late.box(case, who["by"], who["at"])
    context["appeals"] = appealing.of_case(case, who["at"])
    context["refused"] = refused
    part = "portal/_progress.html"
    return page_or_part(request, "portal/progress.html", part, context, status=status)


@require_safe
def done(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt: number, promises with their dates, what happens next."""
    case = own(request, number)
    who = reads(request)
    return render(request, "portal/done.html", _about(case, who) | _owed(case, who))


@require_safe
def timeline(request: HttpRequest, number: str) -> HttpResponse:
    """Everything said and done, to be printed if wanted."""
    case = own(request, number)
    who = reads(request)
    days = {"days": record.record(case, who["by"], who["at"])}
    back = {"back": case.url, "topbar": _("全部记录")}
    context = _about(case, who) | _owed(case, who) | days | back
    return render(request, "portal/timeline.html", context)


@require_safe
def result(request: HttpRequest, number: str) -> HttpResponse:
    """The result notice: progress, result, follow-ups, and a way to accept or object (1.4)."""
    case = own(request, number)
    who = reads(request)
    told = _told(case, who)
    if not told["result"]:
        return redirect("portal:progress", number=case.number)
    back = {"back": case.url, "topbar": _("处理结果通知")}
    return render(request, "portal/result.html", _about(case, who) | told | back)


def _goes_on(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Where a merged case goes on; a guest who was let in for this one alone must sign in."""
    other = queries.merged_with(case)
    if other is None:
        return {}
    signs_in = guest_case(request) not in (0, other.id)
    url = f"{reverse('accounts:signin')}?next={other.url}" if signs_in else other.url
    return {"goes_on": {"number": other.number, "url": url, "signs_in": signs_in}}


def _fault(case: Case, who: Who) -> dict[str, str] | None:
    """What is known of a fault that many have met, as its lead wrote it."""
    note = complaints.public_note(case)
    if note is None:
        return None
    mended = words.moment_words(note.mended_at, who["at"]) if note.mended_at else ""
    return {"text": note.text, "mended": mended}


def _about(case: Case, who: Who) -> dict[str, Any]:
    book = policy.pinned(case.policy_id)
    tone, icon = TONES[case.state]
    issue = book.issues.get(case.issue)
    rating = queries.rating(case) if case.told_at else None
    until = queries.reopens_until(case)
    return {
        "case": case,
        "back": reverse("portal:mine"),
        "topbar": _("投诉进度") if case.kind == "complaint" else _("进度"),
        "kind": forms.named(book.kinds[case.kind]),
        "issue": forms.named(issue) if issue else "",
        "state": forms.named(book.states[case.state]),
        "title": forms.says(book.states[case.state]).rstrip("。."),
        "tone": tone,
        "icon": icon,
        "owner": story.owner_words(case, book),
        "filed": words.moment_words(case.received_at, who["at"]),
        "ways": [
            *appealing.way(case, who["at"]),
            *story.ways(case, who["by"], rated=bool(rating)),
        ],
        "offered": story.actions(case, who["by"]),
        "reopen": words.due_moment(until, who["at"]) if until else "",
        "rating": _marks(case, rating) if rating else [],
    }


def _marks(case: Case, rating: Mapping[str, int]) -> list[tuple[str, int]]:
    """The questions with the marks the person gave."""
    return [
        (forms.named(q), rating[q.id]) for q in queries.survey(case).questions if q.id in rating
    ]


def _owed(case: Case, who: Who) -> dict[str, Any]:
    at = who["at"]
    book = policy.pinned(case.policy_id)
    rows = queries.clocks(case)
    files = queries.files(case, who["by"])
    bound = clocks.binding(rows)
    beside = tuple(r for r in rows if r.hard and clocks.runs(r) and r.milestone in clocks.FINAL)
    return {
        "card": clocks.card(case, rows, at),
        "why": clocks.because(case, bound, at, beside) if bound and case.is_open else None,
        "path": story.path(case, rows, book, len(files), at),
        "clocks": clocks.lines(case, rows, book, at),
        "legal": legal.lines(case, at),
        "files": [uploads.tile(file) for file in files],
    }


def _told(case: Case, who: Who) -> dict[str, Any]:
    items = queries.timeline(case, who["by"])
    answers = ("case.preliminary_told", "case.solution_proposed", "case.answered", "case.planned")
    now = [item for item in items if item.at >= case.round_at]  # a disputed result is none any more
    result = record.latest(now, "case.result_notified") if case.told_at else None
    last = record.latest(now, *answers, "case.declined", "case.repaired")
    shown = result or last
    return {
        "result": unsealed(result.text) if result else "",
        "said": unsealed(shown.text) if shown else "",
        "said_label": record.label(shown) if shown else "",
        "said_at": words.moment_words(shown.at, who["at"]) if shown else "",
        "outcome": outcome_words(case.outcome) if case.told_at else "",
        "follow_ups": story.follow_ups(queries.follow_ups(case), who["at"]),
        "entries": len(items),
        "waits": words.due_words(case.waits_until, who["at"]) if case.waits_until else "",
    }


def outcome_words(outcome: str) -> str:
    """The outcome of a case as its person reads it."""
    return {
        "supported": _("支持您的请求"),
        "partly_supported": _("部分支持您的请求"),
        "not_supported": _("不支持您的请求"),
        "settled": _("双方已和解"),
        "answered": _("已答复"),
    }.get(outcome, "")
