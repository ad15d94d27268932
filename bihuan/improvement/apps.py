"""The room as Django knows it."""

from django.apps import AppConfig


class Improvement(AppConfig):
    name = "bihuan.improvement"
    label = "improvement"
    default_auto_field = "django.db.models.BigAutoField"
