"""Which WeChat is somebody's: a code to send there, and the way back (1.2)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.accounts import queries as people
from bihuan.core.refusals import NotFound
from bihuan.portal.visitor import proven
from bihuan.wechat import commands


@require_http_methods(["GET", "HEAD", "POST"])
def bound(request: HttpRequest) -> HttpResponse:
    """Bound or not; a code is made when it is asked for, and shown this once."""
    who = proven(request)
    if not settings.WECHAT.connected:
        raise NotFound()
    code = ""
    if request.method == "POST" and request.POST.get("act") == "unbind":
        commands.unbind(**who)
        return redirect(reverse("portal:wechat") + "?done=1")
    if request.method == "POST":
        code = commands.new_code(**who)
    context = {
        "topbar": _("微信"),
        "back": reverse("portal:settings"),
        "is_bound": people.shown([who["by"].id], who["by"])[who["by"].id].wechat,
        "account": settings.WECHAT.name or settings.PLATFORM_NAME,
        "code": f"{code[:4]} {code[4:]}" if code else "",
        "done": "done" in request.GET and request.method != "POST",
    }
    return render(request, "portal/wechat.html", context)
