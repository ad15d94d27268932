"""The room as Django knows it."""

from django.apps import AppConfig


class Chat(AppConfig):
    name = "bihuan.chat"
    label = "chat"
    default_auto_field = "django.db.models.BigAutoField"
