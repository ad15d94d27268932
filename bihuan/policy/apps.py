"""The room as Django knows it."""

from django.apps import AppConfig


class Policy(AppConfig):
    name = "bihuan.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"
