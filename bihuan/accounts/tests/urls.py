"""The addresses of this room, and one that tells who asks."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from bihuan.core.refusals import NotPossible


def who(request: HttpRequest) -> JsonResponse:
    """What the middleware put on the request, and whom the database takes it for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('bihuan.person', true)")
        named = cursor.fetchone()[0]
    by = request.who
    return JsonResponse(
        {
            "id": by and by.id,
            "roles": sorted(by.roles) if by else [],
            "case": request.guest_case,
            "named": named or "",
        }
    )


async def who_async(request: HttpRequest) -> JsonResponse:
    """The same under an asynchronous view."""
    by = request.who
    return JsonResponse({"id": by and by.id})


def fails(request: HttpRequest) -> JsonResponse:
    """Refuses."""
    raise NotPossible(state="closed")


urlpatterns = [
    path("", include("bihuan.accounts.urls")),
    path("staff/", include("allauth.urls")),
    path("who/", who),
    path("api/v1/who/", who),
    path("who-async/", who_async),
    path("fails/", fails),
]
