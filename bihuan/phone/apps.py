"""The room as Django knows it."""

from django.apps import AppConfig


class Phone(AppConfig):
    name = "bihuan.phone"
    label = "phone"
    default_auto_field = "django.db.models.BigAutoField"
