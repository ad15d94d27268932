"""The room as Django knows it."""

from django.apps import AppConfig


class Notify(AppConfig):
    name = "bihuan.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"
