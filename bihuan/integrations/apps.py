"""The room as Django knows it."""

from django.apps import AppConfig


class Integrations(AppConfig):
    name = "bihuan.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"
