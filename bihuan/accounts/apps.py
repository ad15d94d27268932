"""The room as Django knows it."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "bihuan.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Open the vault, so that a wrong key stops the start and not the first request."""
        from bihuan.store import secrets

        secrets.open_vault()
