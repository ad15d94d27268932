"""What programs that watch the house ask: does it stand, can it serve, how much waits."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from ninja import Router

from bihuan.cases import queries as cases
from bihuan.channels import queries as channels
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import NotPermitted
from bihuan.events.models import DeadLetter, Pending
from bihuan.notify import queries as notify
from bihuan.policy import queries as policy
from bihuan.web.door import Who, enter

router = Router(tags=["health"])
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
#: What is told of the open cases: the name of the figure, and what it counts.
OPEN_CASES = {
    "all": ("bihuan_cases_open", "Cases that are not ended."),
    "overdue": ("bihuan_cases_overdue", "Open cases whose nearest hard due has passed."),
    "soon": ("bihuan_cases_due_soon", "Open cases with a hard due in the next four hours."),
    "waiting": ("bihuan_cases_told", "Cases whose result waits for the customer's word."),
    "unrouted": ("bihuan_cases_unrouted", "Open cases in the watched queue (2.2.2)."),
    "unassigned": ("bihuan_cases_unassigned", "Open cases that nobody holds."),
}


@router.get("/healthz", summary="Whether the process answers", auth=None)
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness."""
    return JsonResponse({"status": "ok"})


@router.get("/readyz", summary="Whether it can serve", auth=None)
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: the database answers, every migration has run, and a handbook is in force."""
    try:
        loader = MigrationLoader(connection)
        waiting = set(loader.disk_migrations or ()) - set(loader.applied_migrations or ())
        ready = not waiting and policy.has_begun()
    except DatabaseError:
        ready = False
    return JsonResponse({"status": "ok" if ready else "unavailable"}, status=200 if ready else 503)


@router.get("/metrics", summary="Figures in Prometheus' text format")
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts only, for a token of the staff; nothing of a case or a person."""
    who = enter(request)
    if not who["by"].is_staff:
        raise NotPermitted(action="metrics")
    return HttpResponse("".join(_figures(who)), content_type=PROMETHEUS)


def _figures(who: Who) -> Iterator[str]:
    counted = cases.counts(SYSTEM, who["at"])
    for view, (name, said) in OPEN_CASES.items():
        yield _gauge(name, said, counted[view])
    yield _gauge("bihuan_events_pending", "Events not handed on yet.", Pending.objects.count())
    dead = DeadLetter.objects.count()
    yield _gauge("bihuan_dead_letters", "Events that a subscriber could not take.", dead)
    silent = sum(row.silent_since is not None for row in channels.seen())
    yield _gauge("bihuan_channels_silent", "Channels that do not work (6.4).", silent)
    sent = notify.waiting()
    yield _gauge("bihuan_notices_queued", "Notices not sent yet.", sent["queued"])
    yield _gauge("bihuan_notices_failed", "Notices that did not reach a person.", sent["failed"])


def _gauge(name: str, said: str, value: int) -> str:
    return f"# HELP {name} {said}\n# TYPE {name} gauge\n{name} {value}\n"
