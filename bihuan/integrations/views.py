"""Webhooks at the desk, for administrators: kept, tried, and what became of each delivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.integrations import commands, queries, rules, shown
from bihuan.integrations.forms import WebhookForm
from bihuan.integrations.models import Endpoint
from bihuan.web.asking import pressed, sent, taken
from bihuan.web.door import enter

_FRESH = "webhook_secret"  # in the session: whose secret is shown at the next look, once


@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them and how they stand."""
    who = enter(request)
    rows = shown.endpoints(queries.endpoints(who["by"]), who["at"])
    return render(request, "integrations/webhooks.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Another one; its secret is shown on the page that follows."""
    who = enter(request)
    queries.keepers(who["by"])
    form = WebhookForm(sent(request), initial={"kinds": [rules.EVERY]})
    made: list[Endpoint] = []

    def act() -> None:
        made.append(commands.add(**form.cleaned_data, **who).endpoint)

    page = {"heading": _("新建事件推送"), "back": reverse("integrations:webhooks")}
    if _is_done(request, form, act):
        return _fresh(request, made[0], _("事件推送已建立"))
    return _asked(request, form, page)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, id: int) -> HttpResponse:
    """Another name, address or choice of events."""
    who = enter(request)
    row = queries.endpoint(id, who["by"])
    given = {"name": row.name, "url": row.url, "kinds": row.kinds}
    form = WebhookForm(sent(request), initial=given)
    back = reverse("integrations:webhook", args=[id])
    if _is_done(request, form, lambda: commands.change(id=id, **form.cleaned_data, **who)):
        notes.success(request, _("已保存"))
        return redirect(back)
    return _asked(request, form, {"heading": _("修改事件推送"), "back": back})


@require_GET
def webhook(request: HttpRequest, id: int) -> HttpResponse:
    """One of them: its deliveries with how each try went, and its secret when it was just made."""
    who = enter(request)
    row = queries.endpoint(id, who["by"])
    page = queries.deliveries(row, cursor=request.GET.get("cursor", ""))
    fresh = request.session.pop(_FRESH, 0) == row.id
    context = {
        "one": shown.endpoint(row, who["at"]),
        "rows": shown.deliveries(page.rows, who),
        "next": f"?cursor={page.cursor}" if page.cursor else "",
        "failed": queries.failed_since(row, row.created_at).exists(),
        "secret": queries.secret(row) if fresh else "",
    }
    answer = render(request, "integrations/webhook.html", context)
    add_never_cache_headers(answer)
    return answer


@require_POST
def switch(request: HttpRequest, id: int) -> HttpResponse:
    """On or off, as the button says; pressed twice it does nothing the second time."""
    who = enter(request)
    if request.POST.get("to") == "on":
        return _acted(
            request, id, lambda: commands.switch_on(id=id, **who), _("已开启，由您负责这项推送")
        )
    return _acted(request, id, lambda: commands.switch_off(id=id, **who), _("已停用"))


@require_POST
def rotate(request: HttpRequest, id: int) -> HttpResponse:
    """Another secret, shown on the page that follows."""
    who = enter(request)
    made: list[Endpoint] = []
    if not pressed(request, lambda: made.append(commands.rotate(id=id, **who).endpoint)):
        return redirect("integrations:webhook", id)
    return _fresh(request, made[0], _("密钥已更换，旧密钥 24 小时内仍会一起签名"))


@require_POST
def ping(request: HttpRequest, id: int) -> HttpResponse:
    """Something to try it with."""
    who = enter(request)
    return _acted(
        request, id, lambda: commands.ping(id=id, **who), _("测试推送已排队，片刻后可看到结果")
    )


@require_POST
def replay(request: HttpRequest, id: int, delivery: int) -> HttpResponse:
    """One delivery once more."""
    who = enter(request)
    return _acted(
        request,
        id,
        lambda: commands.replay(id=id, delivery_id=delivery, **who),
        _("已重新排队，片刻后可看到结果"),
    )


@require_POST
def replay_failed(request: HttpRequest, id: int) -> HttpResponse:
    """All that failed."""
    who = enter(request)
    since = queries.endpoint(id, who["by"]).created_at
    many: list[int] = []

    def act() -> None:
        many.append(commands.replay_since(id=id, since=since, **who))

    said = _("没有可以重发的")
    answer = _acted(request, id, act, "")
    if many:
        total = many[0]
        again = ngettext("%(total)s 条已重新排队", "%(total)s 条已重新排队", total)
        notes.success(request, again % {"total": total} if total else said)
    return answer


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, id: int) -> HttpResponse:
    """Asked once more, for it cannot be taken back."""
    who = enter(request)
    row = queries.endpoint(id, who["by"])
    if request.method == "POST":
        commands.remove(id=id, **who)
        notes.success(request, _("事件推送已删除"))
        return redirect("integrations:webhooks")
    return render(request, "integrations/delete.html", {"row": row})


def _is_done(request: HttpRequest, form: WebhookForm, act: Callable[[], object]) -> bool:
    """Whether what was sent was taken; else the form says what is wrong."""
    return request.method == "POST" and form.is_valid() and taken(form, act)


def _asked(request: HttpRequest, form: WebhookForm, page: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "integrations/form.html", {"form": form, **page}, status=status)


def _acted(request: HttpRequest, id: int, act: Callable[[], object], said: str) -> HttpResponse:
    """A button: done, or why not, and back to the page it stood on."""
    pressed(request, act, said=said)
    return redirect("integrations:webhook", id)


def _fresh(request: HttpRequest, row: Endpoint, said: str) -> HttpResponse:
    """On to its page, which shows the secret this once; the session knows whose, not what."""
    request.session[_FRESH] = row.id
    notes.success(request, said)
    return redirect("integrations:webhook", row.id)
