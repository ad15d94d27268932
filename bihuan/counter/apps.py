"""The room as Django knows it."""

from django.apps import AppConfig


class CounterRoom(AppConfig):
    name = "bihuan.counter"
    label = "counter"
    default_auto_field = "django.db.models.BigAutoField"
