"""A program for prepare.migrate, run as the owner: the tables, then a handbook where none is."""

from __future__ import annotations

from datetime import UTC, datetime

import django
from django.core.management import call_command


def main() -> None:
    """Harmless when run again."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from bihuan.core.actors import SYSTEM
    from bihuan.policy import commands

    commands.activate_first(by=SYSTEM, at=datetime.now(UTC))


if __name__ == "__main__":
    main()
