"""The proof that the loop is closed, as a page; POST has the worker look again (2.4.3)."""

from __future__ import annotations

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods

from bihuan.complaints import commands, queries
from bihuan.web.door import enter
from bihuan.web.words import moment_words

WHY = {
    "no_owner": later("没有可以办理的责任人"),
    "no_next_date": later("没有下一个日期"),
    "no_notice": later("没有送达用户的通知记录"),
}
HELP = {
    "no_owner": later("请分派给在职人员"),
    "no_next_date": later("请核对时限，必要时安排下一步"),
    "no_notice": later("请在“未送达”中查看原因，或换一种方式告知"),
}


@require_http_methods(["GET", "POST"])
def loop(request: HttpRequest) -> HttpResponse:
    """What the last look found, when, and at how many cases."""
    who = enter(request)
    if request.method == "POST":
        commands.ask_loop(**who)
        notes.success(request, _("已开始检查，稍后刷新查看结果"))
        return redirect("reports:loop")
    seen = queries.loop_seen(who["by"])
    context = {
        "seen": seen,
        "done": moment_words(seen.done_at, who["at"]) if seen.done_at else "",
        "rows": [
            {"lack": lack, "why": WHY.get(lack.why, lack.why), "help": HELP.get(lack.why, "")}
            for lack in seen.lacks
        ],
        "more": seen.gaps - len(seen.lacks),
    }
    return render(request, "complaints/loop.html", context)
