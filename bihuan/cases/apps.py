"""The room as Django knows it."""

from django.apps import AppConfig


class Cases(AppConfig):
    name = "bihuan.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
