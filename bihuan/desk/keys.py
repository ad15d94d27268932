"""快捷键：the help sheet as a page, letters switched off, and keys of one's own (UI rule 11)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.core.refusals import Invalid
from bihuan.desk import keymap
from bihuan.web import messages
from bihuan.web.door import staff

PLACE = "/desk/keys/"


@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys, and choosing others; without script as well."""
    who = staff(request)
    known = people.keys_of(who["by"])
    chosen: dict[str, str] = dict(known.keys)
    faults: dict[str, str] = {}
    if request.method == "POST":
        if "reset" in request.POST:
            accounts.set_keys(off=False, keys={}, **who)
            return redirect(PLACE)
        try:
            mine = keymap.changed(request.POST)
        except Invalid as fault:
            faults = messages.faults(fault)
            chosen = {own: request.POST.get(f"key-{own}", own) for own in keymap.OWN}
        else:
            accounts.set_keys(off="on" not in request.POST, keys=mine, **who)
            return redirect(f"{PLACE}?saved=1")
    context = {
        "rows": _rows(chosen, faults),
        "faulty": bool(faults),
        "letters_on": not known.off,
        "saved": "saved" in request.GET and request.method == "GET",
    }
    return render(request, "desk/keys.html", context, status=422 if faults else 200)


def _rows(chosen: dict[str, str], faults: dict[str, str]) -> list[dict[str, Any]]:
    return [
        line
        | {
            "name": f"key-{own}" if own else "",
            "id": f"key-{ord(own)}" if own else "",
            "value": chosen.get(own, own).upper(),
            "fault": faults.get(f"key-{own}", ""),
        }
        for line in keymap.lines()
        for own in (line["own"],)
    ]


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """The letters on or off, from the help sheet."""
    who = staff(request)
    known = people.keys_of(who["by"])
    accounts.set_keys(off=request.POST.get("on") != "1", keys=known.keys, **who)
    return HttpResponse(status=204)
