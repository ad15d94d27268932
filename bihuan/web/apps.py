"""The room as Django knows it."""

from django.apps import AppConfig


class Web(AppConfig):
    name = "bihuan.web"
    label = "web"

    def ready(self) -> None:
        """Its checks are registered by being read."""
        from bihuan.web import checks  # noqa: F401
