"""Photos that are sent in parts while the person writes, and go on after a break (web.tus)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bihuan.cases import commands, queries
from bihuan.cases.models import Draft
from bihuan.core.refusals import NotSignedIn
from bihuan.portal.drafts import token_of
from bihuan.portal.visitor import GUEST, customer
from bihuan.web import tus
from bihuan.web.door import Who, moment

KEEPER = tus.Keeper(queries.coming, commands.append_part, commands.end_file)


@tus.spoken
def begin(request: HttpRequest, draft: Draft | None, who: Who) -> HttpResponse:
    """A file will come for this draft. NotSignedIn when it is of somebody who is so no more."""
    if draft is None:
        raise NotSignedIn
    length, name = tus.asked(request)
    row = commands.begin_file(length=length, name=name, draft=draft, **who)
    return tus.made(row, reverse("portal:coming", args=[row.token]))


@require_http_methods(tus.METHODS)
@tus.spoken
def one(request: HttpRequest, token: str) -> HttpResponse:
    """One file that comes, for whoever began it."""
    by = customer(request) or GUEST
    return tus.one(request, token=token_of(token), keeper=KEEPER, by=by, at=moment(request))
