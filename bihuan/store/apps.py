"""The room as Django knows it."""

from django.apps import AppConfig


class Store(AppConfig):
    name = "bihuan.store"
    label = "store"
