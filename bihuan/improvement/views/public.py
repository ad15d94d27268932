"""What everybody may know of the committee: which functions sit, and what it decided in public."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bihuan.improvement import queries
from bihuan.improvement.rules import committee as rules
from bihuan.improvement.views import shown
from bihuan.policy import queries as policy
from bihuan.web.door import moment


@require_safe
def committee(request: HttpRequest) -> HttpResponse:
    """The clause it stands on, its functions, and the published decisions, the newest first."""
    at = moment(request)
    page = queries.published(at, cursor=request.GET.get("cursor", ""))
    taken, clauses = queries.filled(at), policy.current(at).clauses
    context = {
        "functions": [(shown.FUNCTIONS[name], name in taken) for name in rules.FUNCTIONS],
        "complete": not rules.vacant(taken),
        "known": set(clauses),
        "next": f"?cursor={page.cursor}" if page.cursor else "",
        "topbar": _("用户服务委员会"),
        "back": reverse("portal:home"),
        **shown.decisions(page, at),
    }
    return render(request, "improvement/public.html", context)
