"""What was sent after the session had ended: put aside, and given back after signing in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from bihuan.cases import commands, queries
from bihuan.portal import uploads
from bihuan.portal.drafts import Started, keep, token_of
from bihuan.portal.visitor import begins, signed_in
from bihuan.web.door import Who

SAID = "said"  # words for a case, in a draft of their own


def needed(request: HttpRequest, draft: Started) -> bool:
    """Whether the draft that the address names is of somebody who has to sign in again."""
    if draft.row or signed_in(request):
        return False
    return queries.is_somebodys_draft(token_of(request.GET.get("draft", "")))


def to_sign_in(
    request: HttpRequest, form: str, step: str, answers: Mapping[str, Any]
) -> HttpResponse:
    """Keep the answers and files, and lead through the sign-in back to this page."""
    place: dict[str, str] = {name: str(value) for name, value in request.GET.items()}
    place.pop("aside", None)
    if request.method == "POST":
        place["aside"] = put(request, form, step, answers).token
    query = f"?{urlencode(place)}" if place else ""
    return redirect(f"/signin/?{urlencode({'next': request.path + query})}")


def put(request: HttpRequest, form: str, step: str, answers: Mapping[str, Any]) -> Started:
    """These answers and files as the beginning of a new draft."""
    who = begins(request)
    kept = Started(form)
    keep(kept, step, answers, who)
    if request.FILES and form != SAID:
        uploads.take(request, who, draft=kept.row)
    return kept


def bring(request: HttpRequest, draft: Started, who: Who) -> None:
    """Bring what was put aside into its draft; nothing when there is nothing."""
    aside = token_of(request.GET.get("aside", ""))
    if aside and draft.row and not draft.case_id:
        commands.join_draft(token=draft.token, aside=aside, **who)
        found = queries.draft(draft.token, who["by"])
        if found:
            draft.row, draft.data = found


def said(request: HttpRequest, who: Who) -> dict[str, Any]:
    """The words that were put aside for this page; {} when there are none."""
    found = queries.draft(token_of(request.GET.get("aside", "")), who["by"])
    return found[1] if found and found[0].form == SAID else {}


def done(request: HttpRequest, who: Who) -> None:
    """What was put aside has been sent."""
    if aside := token_of(request.GET.get("aside", "")):
        commands.drop_draft(token=aside, **who)
