"""The room as Django knows it."""

from django.apps import AppConfig


class Portal(AppConfig):
    name = "bihuan.portal"
    label = "portal"
