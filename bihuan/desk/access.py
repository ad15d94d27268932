"""Who may see a case: close it to all but named people, name them, open it again (3.3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.accounts import queries as people
from bihuan.accounts.queries import staff_choices
from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.core import inputs
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, Refusal
from bihuan.desk import decide, shown
from bihuan.desk.forms import Shown
from bihuan.web import messages
from bihuan.web.door import Who, staff, status
from bihuan.web.words import english

ACTIONS = ("restrict", "unrestrict", "add", "remove")


class AccessForm(Shown):
    """A reason, a colleague, or both."""

    def __init__(self, data: Any, *, reason: bool, colleague: str, prefix: str) -> None:
        super().__init__(data, auto_id=f"{prefix}_%s")
        if reason:
            self.fields["reason"] = forms.CharField(label=_("理由"), max_length=300)
        if colleague:
            self.fields["staff_id"] = forms.ChoiceField(
                label=colleague, required=not reason, choices=[("", "—"), *staff_choices()]
            )


@require_http_methods(["GET", "POST"])
def access(request: HttpRequest, number: str) -> HttpResponse:
    """查看范围：who may see this case, and changing it."""
    who = staff(request)
    case = queries.get(number, who["by"])
    if not queries.may_close(who["by"]):
        raise NotPermitted(commands.ACCESS_CLAUSE, action="restrict")
    refused: Refusal | None = None
    action = ""
    if request.method == "POST":
        action = inputs.one_of(request.POST.get("action"), list(ACTIONS), field="action")
        try:
            _take(action, case.number, request, who)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
            case.refresh_from_db()
        else:
            return redirect(f"{case.desk_url}access/")
    context = _context(case, who, request, action, refused)
    code = status(refused) if refused else 200
    return render(request, "desk/access.html", context, status=code)


def _take(action: str, number: str, request: HttpRequest, who: Who) -> None:
    reason, given = request.POST.get("reason", ""), request.POST.get("staff_id", "")
    match action:
        case "restrict":
            named = [inputs.whole(given, field="staff_id")] if given else []
            commands.restrict(number=number, reason=reason, readers=named, **who)
        case "unrestrict":
            commands.unrestrict(number=number, reason=reason, **who)
        case "add":
            if not given:
                raise Invalid({"staff_id": "missing"})
            staff_id = inputs.whole(given, field="staff_id")
            commands.add_reader(number=number, staff_id=staff_id, **who)
        case "remove":
            staff_id = inputs.whole(given, field="staff_id")
            commands.remove_reader(number=number, staff_id=staff_id, **who)


def _context(
    case: Case, who: Who, request: HttpRequest, action: str, refused: Refusal | None
) -> dict[str, Any]:
    made = {
        "restrict": AccessForm(None, reason=True, colleague=_("同时加入"), prefix="restrict"),
        "unrestrict": AccessForm(None, reason=True, colleague="", prefix="unrestrict"),
        "add": AccessForm(None, reason=False, colleague=_("同事"), prefix="add"),
    }
    said = ""
    if refused is not None and isinstance(refused, Invalid) and action in made:
        form = made[action]
        form.data, form.is_bound = request.POST, True
        form.refuse(refused)
    elif isinstance(refused, Invalid):
        said = "；".join(messages.faults(refused).values())
    elif refused is not None:
        said = decide.said(refused)
    return {
        "case": shown.header(case, who["by"], who["at"]),
        "forms": made,
        "errors": any(form.errors for form in made.values()) or bool(said),
        "refusal": said,
        "readers": readers(case, who),
    }


def readers(case: Case, who: Who) -> list[dict[str, Any]]:
    """Everybody who may see a closed case: its owner, then the named."""
    if not case.restricted:
        return []
    named = queries.readers(case)
    known = people.colleagues([*named, case.owner_id])
    units = {u.code: u.name_en if english() else u.name for u in people.departments()}
    ids = dict.fromkeys([case.owner_id, *named])
    return [
        {
            "id": id,
            "name": known[id].name,
            "initial": known[id].name[:1],
            "unit": units.get(known[id].department, ""),
            "owner": id == case.owner_id,
            "named": id in named,
        }
        for id in ids
        if id in known
    ]
