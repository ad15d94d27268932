"""The rail beside every page of the desk: where one is, what waits there, and who one is."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.accounts import queries as people
from bihuan.cases import queries as cases
from bihuan.chat import queries as chats
from bihuan.complaints import queries as complaints
from bihuan.core.actors import Actor, Role
from bihuan.desk import bulk_shown, held, keymap
from bihuan.desk.places import RAIL, places
from bihuan.mail import queries as mails
from bihuan.notify import queries as notices
from bihuan.phone import queries as phone
from bihuan.web.door import moment

MOST = 99  # a badge says how many until it would hide its icon


def manages(by: Actor) -> bool:
    """Whether this is somebody who plans the work of others (2.2.2)."""
    return bool(by.roles & {Role.SUPERVISOR, Role.ADMINISTRATOR})


def counts(request: HttpRequest, by: Actor) -> dict[str, int]:
    """How many cases stand in each view; counted once a request."""
    if not hasattr(request, "_desk_counts"):
        request._desk_counts = cases.glance(by, moment(request))  # type: ignore[attr-defined]
    found: dict[str, int] = request._desk_counts  # type: ignore[attr-defined]  # kept above
    return found


def _mine(request: HttpRequest, by: Actor) -> int:
    """What the page has counted already, or that one number."""
    if hasattr(request, "_desk_counts"):
        return counts(request, by)["mine"]
    return cases.glance(by, moment(request), ["mine"], MOST + 1)["mine"]


def _committee(request: HttpRequest, by: Actor) -> dict[str, Any]:
    """Its own people see its pages, and no case."""
    url = "/desk/committee/"
    item = {"url": url, "label": _("委员会"), "icon": "landmark", "key": "", "count": 0}
    current = request.path.startswith(url)
    me = {"name": by.name, "initial": by.name[:1], "url": "/staff/2fa/"}
    return {"nav": [item | {"current": current}], "toasts": [], "me": me}


def rail(request: HttpRequest) -> dict[str, Any]:
    """Context for desk pages of every room; nothing for anybody else."""
    by: Actor | None = getattr(request, "who", None)
    if by is None or not request.path.startswith("/desk/"):
        return {}
    if not by.is_staff:
        return _committee(request, by) if Role.COMMITTEE in by.roles else {}
    waiting = {
        "/desk/inbox/": _mine(request, by),
        "/desk/chat/": chats.owed(by),
        "/desk/tasks/": complaints.shares_owed(by, MOST + 1),
        "/desk/accountability/": complaints.unsigned(by, MOST + 1),
        "/desk/identities/": people.identities_owed(by, MOST + 1),
        "/desk/reports/": complaints.waiting_reports(by, MOST + 1),
        "/desk/mail/": mails.held(by),
        "/desk/notices/": notices.unread(by, most=MOST + 1),
    }
    if phone.is_there():
        waiting["/desk/calls/"] = phone.backs_late(by, at=moment(request), most=MOST + 1)
    keys = people.keys_of(by)
    return {
        "nav": _nav(request.path, by, waiting),
        "runs": bulk_shown.toasts(cases.bulk_news(by, moment(request)), moment(request)),
        "alarm": cases.alarmed(by),
        "toasts": held.toasts(cases.waiting(by), moment(request)),
        "keys_json": json.dumps({"off": keys.off, "map": keys.keys}),
        "keys_off": keys.off,
        "key_rows": keymap.lines(),
        "not_here": keymap.not_here(),
        "me": {"name": by.name, "initial": by.name[:1], "url": "/staff/2fa/"},
    }


def _nav(path: str, by: Actor, waiting: dict[str, int]) -> list[dict[str, Any]]:
    """The rail: what is used all day; whatever else is open stands under the last of it."""
    every = places(by)
    here = max((p for p in every if path.startswith(p.url)), key=lambda p: len(p.url), default=None)
    found = []
    for place in every:
        if place.group != RAIL:
            continue
        # a page with a box of its own keeps the key for it
        own_box = place.key == "/" and path.startswith(("/desk/inbox/", "/desk/search/"))
        count = waiting.get(place.url, 0)
        under = bool(here and here.group != RAIL and place.url == "/desk/more/")
        found.append(
            {
                "url": place.url,
                "label": place.label,
                "icon": place.icon,
                "key": "" if own_box else place.key,
                "count": f"{MOST}+" if count > MOST else count,
                "current": under or (here is not None and here.url == place.url),
            }
        )
    return found
