"""The room as Django knows it."""

from django.apps import AppConfig


class Orders(AppConfig):
    name = "bihuan.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
