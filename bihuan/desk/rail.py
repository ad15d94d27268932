"""The rail beside every page of the desk: where one is, what waits there, and who one is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.cases import queries as cases
from bihuan.complaints import queries as complaints
from bihuan.core.actors import Actor
from bihuan.core.refusals import NotFound
from bihuan.desk import held
from bihuan.notify import queries as notices
from bihuan.web.door import Who, enter, moment

MOST = 99  # a badge says how many until it would hide its icon


def staff(request: HttpRequest) -> Who:
    """Who and when; the desk is for staff, and does not exist for anybody else."""
    who = enter(request)
    if not who["by"].is_staff:
        raise NotFound()
    return who


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


def _reports(by: Actor) -> tuple[tuple[str, str, str, str, int], ...]:
    """Only for those who may read them."""
    shown = complaints.may_read(by)
    return (("/desk/reports/", _("报告"), "file-chart-column", "g r", 0),) if shown else ()


def rail(request: HttpRequest) -> dict[str, Any]:
    """Context for desk pages of every room; nothing for anybody else."""
    by: Actor | None = getattr(request, "who", None)
    if by is None or not by.is_staff or not request.path.startswith("/desk/"):
        return {}
    items = (
        ("/desk/inbox/", _("收件箱"), "inbox", "g i", _mine(request, by)),
        ("/desk/cases/new/", _("登记"), "plus", "", 0),
        ("/desk/dashboard/", _("看板"), "chart-column", "g d", 0),
        ("/desk/accountability/", _("问责"), "scale", "", complaints.unsigned(by, MOST + 1)),
        ("/desk/notices/", _("提醒"), "bell", "", notices.unread(by, most=MOST + 1)),
        ("/desk/messages/", _("未送达"), "mail-x", "", 0),
        *_reports(by),
    )
    return {
        "nav": [
            {
                "url": url,
                "label": label,
                "icon": icon,
                "key": key,
                "count": f"{MOST}+" if count > MOST else count,
                "current": request.path.startswith(url),
            }
            for url, label, icon, key, count in items
        ],
        "toasts": held.toasts(cases.waiting(by), moment(request)),
        "me": {"name": by.name, "initial": by.name[:1], "url": "/staff/2fa/"},
    }
