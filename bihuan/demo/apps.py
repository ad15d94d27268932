"""The room as Django knows it."""

from django.apps import AppConfig


class Demo(AppConfig):
    name = "bihuan.demo"
    label = "demo"
