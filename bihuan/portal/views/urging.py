"""One tap when we are late: the handler has a message, the supervisors hear of it (2.3.2)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bihuan.cases import commands
from bihuan.core.refusals import NotPossible, TooMany
from bihuan.portal import late
from bihuan.portal.views.progress import shown
from bihuan.portal.visitor import own, reads
from bihuan.web.door import status


@require_http_methods(["GET", "HEAD", "POST"])
def urge(request: HttpRequest, number: str) -> HttpResponse:
    """催办; what is refused is answered on the page of the case, where the button was."""
    case, who = own(request, number), reads(request)
    if request.method == "POST":
        said = _("催办：已超过承诺的时间，请尽快处理，并告诉我进展。")
        try:
            commands.urge(number=case.number, text=said, **who)
        except TooMany as refusal:
            when = late.already(case, who["at"])
            again = _("您在 {when} 已经催过，处理人和主管都收到了。一天一次，明天可以再催。")
            return shown(request, case, who, again.format(when=when), status(refusal))
        except NotPossible as refusal:
            nothing = _("这件现在没有超期的时限，不用催办。请看下面的最新进度。")
            return shown(request, case, who, nothing, status(refusal))
    return redirect(f"{case.url}#late")
