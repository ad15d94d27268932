"""The desk's pages of mails: what waits for a decision, and one mail with its original."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.accounts import queries as accounts
from bihuan.core import inputs, personal, quoting
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.mail import commands, queries, rules, wordings
from bihuan.mail.models import Received
from bihuan.mail.parsing.letter import Letter, Part
from bihuan.mail.reader import Reader, Unreadable
from bihuan.web import words
from bihuan.web.asking import Told
from bihuan.web.door import Who, enter
from bihuan.web.files import FileAnswer

TABS = ("held", "opened", "joined", "ignored", "duplicate", "waiting")
_PART = re.compile(r"part-(\d{1,4})")


class ReasonForm(Told):
    """Why somebody looks at what is masked."""

    name = "see"
    reason = forms.CharField(
        label=later("查看的理由"),
        max_length=200,
        help_text=later("至少 4 个字，会和您的姓名、时间一起记入日志。"),
    )


class DismissForm(Told):
    """Why a held mail is no request."""

    name = "dismiss"
    reason = forms.CharField(label=later("不立案的理由"), max_length=200)


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The mails of one state, the newest first; those that wait for somebody come up by default."""
    who = enter(request)
    state = request.GET.get("state", "held")
    state = state if state in TABS else "held"
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 17 else 0
    rows = [_row(seen, who) for seen in queries.listed(who["by"], state, before=before)]
    held = queries.held(who["by"])
    context = {
        "rows": rows,
        "state": state,
        "older": f"?state={state}&before={rows[-1]['id']}" if len(rows) >= queries.SHOWN else "",
        "tabs": [
            {"label": wordings.STATES[tab], "url": f"?state={tab}", "current": tab == state,
             "count": held if tab == "held" else 0, "bad": tab == "held" and bool(held)}
            for tab in TABS
        ],
        "boxes": [_box(one, who) for one in queries.mailboxes()],
    }  # fmt: skip
    return render(request, "mail/listed.html", context)


def _box(box: Any, who: Who) -> dict[str, Any]:
    failing = box.failing_since
    return {
        "name": personal.mask(box.name),
        "fault": personal.mask(box.fault),
        "since": words.moment_words(failing, who["at"]) if failing else "",
        "looked": words.moment_words(box.looked_at, who["at"]) if box.looked_at else "",
    }


def _row(seen: queries.Seen, who: Who) -> dict[str, Any]:
    tone, icon, trust = wordings.TRUSTS.get(seen.trust, ("", "", ""))
    return {
        "id": seen.id,
        "subject": seen.subject or _("（没有主题）"),
        "sender": seen.sender or "—",
        "when": words.moment_words(seen.at, who["at"]),
        "via": wordings.VIAS[seen.via],
        "state": wordings.STATES[seen.state],
        "reason": wordings.reason(seen.state, seen.reason),
        "problems": wordings.problems(seen.problems),
        "trust": {"tone": tone, "icon": icon, "words": trust} if trust else None,
        "number": seen.number,
        "size": words.size_words(seen.size),
    }


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, id: int) -> HttpResponseBase:
    """One mail: what it says, masked; why it opened no case; and what may be done about it."""
    who = enter(request)
    row = queries.one(id, who["by"])
    context: dict[str, Any] = {"see": ReasonForm(), "dismiss": DismissForm(), "refusal": ""}
    code = 200
    if request.method == "POST":
        try:
            if (answer := _act(request, row, who, context)) is not None:
                return answer
        except Invalid as fault:
            kind = DismissForm if request.POST.get("act") == "dismiss" else ReasonForm
            form = kind(request.POST)
            form.refuse(fault)
            context[form.name], code = form, 422
        except NotPossible:
            context["refusal"], code = _("这封邮件已有结论，请刷新后查看。"), 409
    row = queries.one(id, who["by"])
    context |= _shown(row, who, context.get("original"))
    return render(request, "mail/one.html", context | {"faulty": code == 422}, status=code)


def _act(
    request: HttpRequest, row: Received, who: Who, context: dict[str, Any]
) -> HttpResponseBase | None:
    """What was asked for; None when the page itself is the answer."""
    act = request.POST.get("act", "")
    named = _PART.fullmatch(act)
    if not named:
        inputs.one_of(act, ["open", "dismiss", "see", "raw"], field="act")
    reason = request.POST.get("reason", "")
    if act == "open":
        with Reader() as reader:
            done = commands.open_by_hand(mail_id=row.id, reader=reader, **who)
        if done.state == "duplicate":
            notes.info(request, _("同一封邮件已经立案，没有重复登记"))
            return redirect("mail:one", row.id)
        said = {"joined": _("已并入它所答复的案件")}
        notes.success(request, said.get(done.state, _("已立案，时限从邮件到达时起算")))
        return redirect(f"/desk/cases/{queries.number_of(done)}/")
    if act == "dismiss":
        commands.dismiss(mail_id=row.id, reason=reason, **who)
        notes.success(request, _("已记为不立案，仍可随时立案"))
        return redirect("mail:listed")
    raw = commands.open_original(mail_id=row.id, reason=reason, **who)
    if act == "raw":
        return _download(raw, f"mail-{row.id}.eml")
    letter = _letter(raw)
    if act == "see":
        context["original"] = letter
        return None
    parts = rules.kept_parts(letter.parts)
    place = int(named[1]) if named else 0
    if place >= len(parts):
        raise NotFound()
    return _download(parts[place].data, rules.saved_as(parts[place].filename))


def _download(data: bytes, name: str) -> FileAnswer:
    """To be saved, never shown: whatever it is, the browser must not open it as ours (N32)."""
    answer = FileAnswer(
        BytesIO(data), as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _letter(raw: bytes) -> Letter:
    try:
        with Reader() as reader:
            return reader.read(raw)
    except Unreadable as fault:
        return Letter(problems=(fault.reason,))


def _shown(row: Received, who: Who, letter: Letter | None) -> dict[str, Any]:
    """The mail for its page; in clear where somebody said why, masked otherwise."""
    seen = queries.seen(row, who["by"])
    clear = letter is not None
    if letter is None:
        raw = queries.raw_of(row)
        letter = _letter(raw) if raw else Letter()
    cover = str if clear else personal.mask
    parts = row.parts or [_fate(part) for part in rules.kept_parts(letter.parts)]
    return {
        "mail": _row(seen, who),
        "clear": clear,
        "gone": row.raw is None,
        "from": letter.from_email if clear else seen.sender,
        "from_name": letter.from_name if clear else "",
        "to": "、".join(cover(one) for one in (*letter.to, *letter.cc)[:20]),
        "reply_to": "、".join(cover(one) for one in letter.reply_to[:5]),
        "sent": words.moment_words(letter.date, who["at"]) if letter.date else "",
        "stretches": quoting.folded(cover(rules.plain(letter.text))),
        "parts": [_part(n, part) for n, part in enumerate(parts)],
        "note": row.note,
        "decider": accounts.staff_names([row.decided_by]).get(row.decided_by, ""),
        "may_open": row.state in commands.UNDECIDED and row.raw is not None,
        "may_dismiss": row.state == "held",
    }


def _fate(part: Part) -> dict[str, Any]:
    return {"name": personal.mask(part.filename), "type": part.content_type,
            "size": len(part.data), "why": "-"}  # fmt: skip


def _part(place: int, part: dict[str, Any]) -> dict[str, Any]:
    why = str(part["why"])
    return {
        "act": f"part-{place}",
        "name": part["name"] or _("（没有名称）"),
        "size": words.size_words(int(part["size"])),
        "kept": not why,
        "why": wordings.WHYS.get(why, ""),
    }
