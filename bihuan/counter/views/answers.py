"""How a form of this room is asked and answered, and a button pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bihuan.web.asking import Refusable, pressed, taken

Made = TypeVar("Made")


def asked(
    request: HttpRequest,
    form: Refusable,
    act: Callable[[], Made],
    template: str,
    page: Mapping[str, Any],
    *,
    to: Callable[[Made], str],
    said: str = "",
) -> HttpResponse:
    """A form: shown, sent back with what is wrong, or done and led on."""
    made: list[Made] = []
    if request.method == "POST" and form.is_valid() and taken(form, lambda: made.append(act())):
        if said:
            notes.success(request, said)
        return redirect(to(made[0]))
    return render(request, template, {"form": form, **page}, status=422 if form.errors else 200)


def acted(
    request: HttpRequest, act: Callable[[], Made], *, to: Callable[[Made | None], str]
) -> HttpResponse:
    """A button without a form: done, or why not, and on; `to` hears None where it was not."""
    made: list[Made] = []
    done = pressed(request, lambda: made.append(act()))
    return redirect(to(made[0] if done else None))
