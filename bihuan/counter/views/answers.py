"""How a form of this room is asked and answered, and a button pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bihuan.core.refusals import Invalid, NotPossible
from bihuan.counter import queries
from bihuan.counter.forms import Plain
from bihuan.web import messages
from bihuan.web.door import Who, enter

Made = TypeVar("Made")


def clerk(request: HttpRequest) -> Who:
    """Somebody of the staff; the counter's desk does not exist for anybody else."""
    who = enter(request)
    queries.staff_only(who["by"])
    return who


def sent(request: HttpRequest) -> Any:
    """What was filled in, also where that is nothing at all; None for a first look."""
    return request.POST if request.method == "POST" else None


def asked(
    request: HttpRequest,
    form: Plain,
    act: Callable[[], Made],
    template: str,
    page: Mapping[str, Any],
    *,
    to: Callable[[Made], str],
    said: str = "",
) -> HttpResponse:
    """A form: shown, sent back with what is wrong, or done and led on."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except Invalid as fault:
            form.refuse(fault)
        except NotPossible as no:
            form.add_error(None, messages.detail(no.code(), no.facts))
        else:
            if said:
                notes.success(request, said)
            return redirect(to(made))
    return render(request, template, {"form": form, **page}, status=422 if form.errors else 200)


def acted(
    request: HttpRequest, act: Callable[[], Made], *, to: Callable[[Made | None], str]
) -> HttpResponse:
    """A button without a form: done, or why not, and on; `to` hears None where it was not."""
    try:
        made: Made | None = act()
    except (NotPossible, Invalid) as no:
        words = messages.faults(no).values() or [messages.detail(no.code(), no.facts)]
        notes.warning(request, " ".join(words))
        made = None
    return redirect(to(made))
