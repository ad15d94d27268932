"""How somebody wants to be spoken to and told: language, appearance, way (2.4.1)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts import commands as people
from bihuan.accounts import queries
from bihuan.core.refusals import Invalid
from bihuan.notify import queries as notices
from bihuan.portal import forms
from bihuan.portal.visitor import proven
from bihuan.web.door import LARGE_TEXT

YEAR = 60 * 60 * 24 * 365
SIZES = ("normal", "large")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Language, appearance, and the way to be told."""
    who = proven(request)
    shown = queries.shown([who["by"].id], who["by"])[who["by"].id]
    form = forms.SettingsForm(
        request.POST if request.method == "POST" else None,
        ways=_ways(shown),
        initial={"locale": shown.locale, "tell_by": shown.tell_by},
    )
    if request.method == "POST" and form.is_valid():
        try:
            people.set_preferences(person_id=who["by"].id, **form.cleaned_data, **who)
        except Invalid as fault:
            forms.put_faults(form, fault)
        else:
            response = redirect(reverse("portal:settings") + "?saved=1")
            _remember(response, settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["locale"])
            return response
    context = {
        "form": form,
        "contact": shown,
        "topbar": _("设置"),
        "back": reverse("portal:home"),
        "wechat": settings.WECHAT.connected,
        "saved": "saved" in request.GET and request.method != "POST",
    }
    return render(request, "portal/settings.html", context)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The reader's language, kept in a cookie; no account is needed for it."""
    response = redirect(_back(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, wanted)
    return response


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Large letters or the usual ones, kept in a cookie of this device."""
    response = redirect(_back(request))
    wanted = request.POST.get("size", "")
    if wanted in SIZES:
        _remember(response, LARGE_TEXT, wanted)
    return response


def _back(request: HttpRequest) -> str:
    """The page the reader came from, if it is one of ours."""
    to = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    return to if ours else reverse("portal:home")


def _remember(response: HttpResponse, cookie: str, value: str) -> None:
    response.set_cookie(
        cookie, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )


def _ways(person: queries.Shown) -> dict[str, str]:
    """The ways that can reach this person: where there is a contact, and a way out."""
    known = {
        "sms": (person.phone, _("站内消息和短信")),
        "email": (person.email, _("站内消息和电子邮件")),
        "wechat": (person.wechat, _("站内消息和微信")),
        "push": (person.pushed, _("站内消息和 APP 推送")),
    }
    leads = notices.ways_out()
    found = {way: says for way, (to, says) in known.items() if to and way in leads}
    return {"inbox": _("只用站内消息"), **found}
