"""How somebody wants to be spoken to and told: language, appearance, way (2.4.1)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.notify import commands as notify
from bihuan.notify import queries as notices
from bihuan.notify.wordings import wish_words
from bihuan.portal import forms
from bihuan.portal.visitor import proven
from bihuan.web.asking import taken
from bihuan.web.door import LARGE_TEXT, Who
from bihuan.web.words import moment_words

YEAR = 60 * 60 * 24 * 365
SIZES = ("normal", "large")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Language, appearance, and the way to be told."""
    who = proven(request)
    shown = people.shown([who["by"].id], who["by"])[who["by"].id]
    told = notices.told_how(who["by"].id, who["by"])
    form = forms.SettingsForm(
        request.POST if request.method == "POST" else None,
        told=told, at=who["at"], initial={"locale": shown.locale},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and taken(form, lambda: _save(form, who)):
        response = redirect(reverse("portal:settings") + "?saved=1")
        _remember(response, settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["locale"])
        return response
    context = {
        "form": form,
        "contact": shown,
        "ways": wish_words(told, shown.locale, who["at"]),
        "changed_by": people.staff_names([told.changed_by]).get(told.changed_by, ""),
        "changed": moment_words(told.changed_at, who["at"]) if told.changed_at else "",
        "topbar": _("设置"),
        "back": reverse("portal:home"),
        "wechat": settings.WECHAT.connected,
        "saved": "saved" in request.GET and request.method != "POST",
    }
    return render(request, "portal/settings.html", context)


def _save(form: forms.SettingsForm, who: Who) -> None:
    """Both together, or neither."""
    person = who["by"].id
    with transaction.atomic():
        notify.set_wishes(person_id=person, wished=form.wished(), **who)
        accounts.set_preferences(person_id=person, locale=form.cleaned_data["locale"], **who)


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
