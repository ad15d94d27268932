"""Doors: customers sign in by a code, guests see one case, staff set a first password."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts import commands, queries, sessions, wires
from bihuan.accounts.forms import Asked, CodeForm, ContactForm, NumberForm, PasswordForm
from bihuan.accounts.rules import reached_by
from bihuan.core import ids
from bihuan.core.actors import Actor, Role
from bihuan.core.personal import mask_email, mask_phone
from bihuan.core.refusals import Invalid, NotFound, Refusal, TooMany, Unreachable
from bihuan.web.door import moment
from bihuan.web.network import seldom
from bihuan.web.words import span_words

HOME = "/complaints/"
_NETWORK_MOST, _NETWORK_SECONDS = 60, 600  # codes asked for from one network in ten minutes


@never_cache
@sensitive_post_parameters("contact", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """登录：a contact, then the code that was sent there. Known or not, the answer is one."""
    if request.method != "POST":
        return _ask(request, ContactForm())
    contact = request.POST.get("contact", "")
    if "code" not in request.POST:
        return _send_to_contact(request, contact)
    form = CodeForm(request.POST)
    try:
        used = commands.use_code(
            purpose="signin", contact=contact, code=request.POST["code"],
            asker=sessions.asker(request), at=moment(request),
        )  # fmt: skip
    except Refusal as refusal:
        form.put(refusal)
        return _ask_code(request, form, contact=contact)
    sessions.begin(request, person_id=used.person_id)
    return redirect(_next(request))


@never_cache
@sensitive_post_parameters("number", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest) -> HttpResponse:
    """查询：a case number, then the code sent to the contact of that case, if there is one."""
    if request.method != "POST":
        return _ask(request, NumberForm(request.GET if "number" in request.GET else None))
    given = request.POST.get("number", "")
    number = ids.read_case_number(given)
    if number is None:
        form: Asked = NumberForm(request.POST)
        form.put(Invalid({"number": "not_a_number_of_a_case" if given.strip() else "missing"}))
        return _ask(request, form)
    if "code" not in request.POST:
        return _send_for_case(request, number)
    form = CodeForm(request.POST)
    try:
        used = commands.use_code(
            purpose="case", contact=number, code=request.POST["code"],
            asker=sessions.asker(request), at=moment(request),
        )  # fmt: skip
    except Refusal as refusal:
        form.put(refusal)
        return _ask_code(request, form, number=number)
    sessions.begin(request, person_id=used.person_id, case_id=used.case_id)
    place, own = _next(request), f"/complaints/{number}/"
    return redirect(place if place.startswith(own) else own)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a text message: one case, for 72 hours, for who holds the phone.

    To look opens nothing: programs look at links before people do. A person presses the button.
    """
    try:
        lent = queries.lent(token, moment(request))
        if not lent.case_id:  # of no case: a guest may see nothing, so who it is must sign in
            return redirect("/signin/?next=/notifications/")
        place = wires.case_place(lent.case_id, Actor(lent.person_id, frozenset({Role.CUSTOMER})))
    except NotFound:
        return render(request, "accounts/link.html", {"place": ""}, status=404)
    known = sessions.customer(request)
    if known and known.person_id == lent.person_id and known.case_id in (0, lent.case_id):
        return redirect(place)
    if request.method == "POST":
        sessions.begin(request, person_id=lent.person_id, case_id=lent.case_id)
        return redirect(place)
    other = request.user.is_authenticated or bool(known and known.person_id != lent.person_id)
    return render(request, "accounts/link.html", {"place": place, "other": other})


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """退出登录。"""
    sessions.end(request)
    return redirect("/")


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    """首次登录：staff set a password, and sign in; who has a second factor is asked for it."""
    staff = queries.started_by(token, moment(request))
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        password = request.POST.get("password", "")
        try:
            if password != request.POST.get("again", ""):
                raise Invalid({"again": "not_the_same"})
            staff = commands.set_first_password(token=token, password=password, at=moment(request))
        except Invalid as refusal:
            form.put(refusal)
        else:
            done: HttpResponse = perform_login(
                request, staff.user, redirect_url=settings.LOGIN_REDIRECT_URL
            )
            return done
    facts = {"form": form, "name": staff.name, "username": staff.user.get_username()}
    return render(request, "accounts/start.html", facts)


def gone(request: HttpRequest, **_path: object) -> HttpResponse:
    """A page of allauth that this house does not have: nobody signs up, mail resets nothing."""
    raise NotFound()


def _send_to_contact(request: HttpRequest, contact: str) -> HttpResponse:
    form = ContactForm(request.POST)
    try:
        seldom(request, "codes", most=_NETWORK_MOST, seconds=_NETWORK_SECONDS)
        issued = commands.issue_code(
            purpose="signin", contact=contact, asker=sessions.asker(request), at=moment(request)
        )
        plain = reached_by(contact)[1]  # full-width signs and blanks are no part of an address
        wires.send_code(
            person_id=issued.person_id, contact=plain, code=issued.code, at=moment(request)
        )
    except TooMany as refusal:
        return _ask_code(request, CodeForm(), contact=contact, wait=refusal)
    except (Invalid, Unreachable) as refusal:
        form.put(refusal)
        return _ask(request, form)
    return _ask_code(request, CodeForm(), contact=contact)


def _send_for_case(request: HttpRequest, number: str) -> HttpResponse:
    try:
        seldom(request, "codes", most=_NETWORK_MOST, seconds=_NETWORK_SECONDS)
        person_id, case_id = wires.case_person(number) or (0, 0)
        issued = commands.issue_code(
            purpose="case", contact=number, asker=sessions.asker(request),
            person_id=person_id, case_id=case_id, at=moment(request),
        )  # fmt: skip
    except TooMany as refusal:
        return _ask_code(request, CodeForm(), number=number, wait=refusal)
    for contact in queries.ways_to(person_id):
        # a contact that cannot be reached is answered like a case that does not exist
        with suppress(Unreachable):
            wires.send_code(
                person_id=person_id, contact=contact, code=issued.code, at=moment(request)
            )
            break
    return _ask_code(request, CodeForm(), number=number)


def _ask(request: HttpRequest, form: Asked) -> HttpResponse:
    facts = {"form": form, "next": _next(request)}
    name = "case" if isinstance(form, NumberForm) else "signin"
    return render(request, f"accounts/{name}.html", facts, status=422 if form.errors else 200)


def _ask_code(
    request: HttpRequest,
    form: CodeForm,
    *,
    contact: str = "",
    number: str = "",
    wait: TooMany | None = None,
) -> HttpResponse:
    facts: dict[str, Any] = {
        "form": form,
        "next": _next(request),
        "contact": contact,
        "number": number,
        "shown": mask_email(contact) if "@" in contact else mask_phone(contact),
        "wait": _wait_words(wait) if wait else "",
    }
    status = 429 if wait else 422 if form.errors else 200
    return render(request, "accounts/code.html", facts, status=status)


def _wait_words(wait: TooMany) -> str:
    """60 秒, 12分钟: how long until another code may be asked for."""
    seconds = int(str(wait.facts.get("retry_after") or _NETWORK_SECONDS))
    if seconds < 90:
        return _("{n} 秒").format(n=seconds)
    return span_words(timedelta(seconds=seconds))


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: a place of this site, never another's."""
    place = request.POST.get("next") or request.GET.get("next") or HOME
    ours = url_has_allowed_host_and_scheme(
        place, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return place if ours else HOME
