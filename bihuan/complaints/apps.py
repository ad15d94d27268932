"""The room as Django knows it."""

from django.apps import AppConfig


class Complaints(AppConfig):
    name = "bihuan.complaints"
    label = "complaints"
    default_auto_field = "django.db.models.BigAutoField"
