"""The customer's doors alone."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("bihuan.notify.urls")),
    path("", include("bihuan.accounts.urls")),
    path("", include("bihuan.counter.urls")),
    path("", include("bihuan.channels.urls")),
    path("", include("bihuan.chat.urls")),
    path("", include("bihuan.improvement.urls")),
    path("", include("bihuan.portal.urls")),
]
