"""The room as Django knows it."""

from django.apps import AppConfig


class Appeals(AppConfig):
    name = "bihuan.appeals"
    label = "appeals"
    default_auto_field = "django.db.models.BigAutoField"
