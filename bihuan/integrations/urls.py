"""Where administrators keep webhooks."""

from __future__ import annotations

from django.urls import path

from bihuan.integrations import views

app_name = "integrations"
HERE = "desk/webhooks/"
ONE = f"{HERE}<int:id>/"
urlpatterns = [
    path(HERE, views.webhooks, name="webhooks"),
    path(f"{HERE}new/", views.new, name="new"),
    path(ONE, views.webhook, name="webhook"),
    path(f"{ONE}edit/", views.edit, name="edit"),
    path(f"{ONE}switch/", views.switch, name="switch"),
    path(f"{ONE}rotate/", views.rotate, name="rotate"),
    path(f"{ONE}test/", views.ping, name="ping"),
    path(f"{ONE}replay/", views.replay_failed, name="replay_failed"),
    path(f"{ONE}delete/", views.delete, name="delete"),
    path(f"{ONE}deliveries/<int:delivery>/replay/", views.replay, name="replay"),
]
