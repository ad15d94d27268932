"""The room as Django knows it."""

from django.apps import AppConfig


class Mail(AppConfig):
    name = "bihuan.mail"
    label = "mail"
    default_auto_field = "django.db.models.BigAutoField"
