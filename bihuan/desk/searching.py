"""搜索：every case by its words, newest first, with the words marked where they stand (E.18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.accounts import queries as people
from bihuan.cases import queries
from bihuan.cases.fields import CATEGORIES, KINDS
from bihuan.cases.models import STATES, Case, Entry
from bihuan.cases.queries import unsealed
from bihuan.core import inputs, lexemes
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Invalid
from bihuan.desk import finding, shown
from bihuan.desk.forms import Shown, unit_choices
from bihuan.policy import queries as policy
from bihuan.web import messages, words
from bihuan.web.door import Who, staff

NARROW = ("state", "kind", "category", "department", "since", "until")
A_PAGE = 20
EXCERPT = 140  # characters around the first word that was found


class SearchForm(Shown):
    """The one box, and what the results are narrowed to; an empty choice is all."""

    use_required_attribute = False
    q = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "data-key": "/", "data-private": ""}
        ),
    )
    since = forms.CharField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.CharField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Mapping[str, Any], at: datetime) -> None:
        super().__init__(data, auto_id="search_%s")
        book = policy.current(at)
        states = [(id, shown.say(book.states.get(id))) for id in STATES]
        for name, label, choices in (
            ("state", _("状态"), states),
            ("kind", _("性质"), [(id, _(one)) for id, one in KINDS.items()]),
            ("category", _("类别"), [(id, _(one)) for id, one in CATEGORIES.items()]),
            ("department", _("部门"), unit_choices()),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[("", _("全部")), *choices], required=True
            )
        self.fields["q"].label = _("编号、手机号、邮箱、账号、订单号或内容")
        self.fields["since"].label, self.fields["until"].label = _("收到不早于"), _("收到不晚于")

    def narrowing(self) -> list[forms.BoundField]:
        """The fields beside the box, in their order."""
        return [self[name] for name in NARROW]


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What is searched for is posted; only words go on in the address, no number of anybody."""
    who = staff(request)
    if request.method == "POST":
        kept = {name: request.POST.get(name, "") for name in NARROW}
        return redirect(finding.place(request.POST.get("q", ""), who, **kept))
    form = SearchForm(request.GET, who["at"])
    context: dict[str, Any] = {"form": form, "asked": False, "rows": [], "next": ""}
    try:
        q = finding.sought(request.GET.get("q", ""))
        elsewhere = finding.place(q, who, **_narrowed(request.GET))
        if q and (finding.plain(q) != q or not elsewhere.startswith(finding.SEARCH)):
            return redirect(elsewhere)
        if q:
            context |= _found(q, _filters(q, request.GET), request.GET, who)
    except Invalid as fault:
        for name, why in messages.faults(fault).items():
            form.add_error(name if name in form.fields else None, why)
    status = 422 if form.errors else 200
    return render(request, "desk/search.html", context, status=status)


def _narrowed(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(given.get(name) or "") for name in NARROW}


def _filters(q: str, given: Mapping[str, Any]) -> queries.Filters:
    """Invalid names every faulty field."""
    read = {n: inputs.words(v, field=n, most=40) for n, v in _narrowed(given).items()}
    for name, among in (("state", STATES), ("kind", list(KINDS)), ("category", list(CATEGORIES))):
        if read[name]:
            inputs.one_of(read[name], among, field=name)
    since, until = _midnight(read, "since"), _midnight(read, "until", timedelta(days=1))
    if since and until and since >= until:
        raise Invalid({"until": "not_valid"})
    return queries.Filters(
        q=q, received_from=since, received_until=until, state=read["state"], kind=read["kind"],
        category=read["category"], department=read["department"],
    )  # fmt: skip


def _midnight(read: Mapping[str, str], name: str, plus: timedelta = timedelta()) -> datetime | None:
    if not read[name]:
        return None
    day = inputs.day(read[name], field=name) + plus
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _found(q: str, filters: queries.Filters, given: Mapping[str, Any], who: Who) -> dict[str, Any]:
    page = queries.inbox(
        who["by"], view="every", filters=filters, cursor=str(given.get("cursor", "")),
        limit=A_PAGE, at=who["at"],
    )  # fmt: skip
    again = {name: value for name, value in ({"q": q} | _narrowed(given)).items() if value}
    asked = lexemes.sought(q)
    return {
        "asked": True,
        "narrowed": len(again) > 1,
        "account": q if people.known_by(q) else "",
        "rows": _rows(page.cases, asked, who),
        "next": f"{finding.SEARCH}?{urlencode({**again, 'cursor': page.cursor})}"
        if page.cursor
        else "",
        "plain_url": f"{finding.SEARCH}?{urlencode({'q': q})}",
    }


def _rows(cases: Sequence[Case], asked: lexemes.Sought, who: Who) -> list[dict[str, Any]]:
    """Each with the words marked in its subject, and where they were said first."""
    listed = shown.rows(cases, who["by"], who["at"])
    said = queries.said_of([case.id for case in cases])
    return [
        row
        | {
            "subject_parts": lexemes.marked(unsealed(case.subject), asked),
            "received": words.moment_words(case.received_at, who["at"]),
        }
        | _excerpt(said[case.id], asked)
        for case, row in zip(cases, listed, strict=True)
    ]


def _excerpt(said: Sequence[Entry], asked: lexemes.Sought) -> dict[str, Any]:
    """The entry in which most of the words stand, the earliest of them; else how it began."""
    if not said:
        return {"excerpt": [], "voice": ""}
    parts = {entry.id: lexemes.marked(unsealed(entry.text), asked, EXCERPT) for entry in said}
    best = max(said, key=lambda entry: len({part for part, marked in parts[entry.id] if marked}))
    shown_ = parts[best.id] or [(unsealed(best.text)[:EXCERPT], False)]
    return {"excerpt": shown_, "voice": shown.voice(best)}
