"""The room as Django knows it."""

from django.apps import AppConfig


class Wechat(AppConfig):
    name = "bihuan.wechat"
    label = "wechat"
    default_auto_field = "django.db.models.BigAutoField"
