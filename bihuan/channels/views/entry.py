"""The unified entry: every way to reach the house on one page, on paper and as a QR code (6.4)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bihuan.channels import poster as posters
from bihuan.channels import queries, shown
from bihuan.core.refusals import NotFound
from bihuan.web import codes
from bihuan.web.door import moment


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """What works first, with hours, waits, what others said of it, and what to press."""
    at = moment(request)
    context = {
        "ways": shown.cards(queries.ways(at), at),
        "topbar": _("联系我们"),
        "back": reverse("portal:home"),
    }
    return render(request, "channels/contact.html", context)


@require_safe
def code(request: HttpRequest, channel: str) -> HttpResponse:
    """The QR code of the entry itself, or of an account that is followed by scanning it."""
    links = {row.channel: row.link for row in queries.published().values() if row.link}
    links["entry"] = settings.BASE_URL + reverse("channels:contact")
    if channel not in links:
        raise NotFound()
    return HttpResponse(codes.svg(links[channel], border=2), content_type="image/svg+xml")


@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """One sheet of A4 to be hung up, made of what is published at this moment."""
    made = posters.print_poster(at=moment(request))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="contact.pdf"'
    return answer
