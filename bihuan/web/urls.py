"""Addresses of the house itself: live updates, the gallery of parts."""

from __future__ import annotations

from django.urls import path

from bihuan.web import parts, views

urlpatterns = [
    path("live/", views.stream, name="live"),
    path("house/parts/", parts.gallery, name="parts"),
]
