"""The room as Django knows it."""

from django.apps import AppConfig


class Events(AppConfig):
    name = "bihuan.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
