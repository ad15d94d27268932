"""The room as Django knows it."""

from django.apps import AppConfig


class ChannelsRoom(AppConfig):
    name = "bihuan.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"
