"""Bring Django up for a command, against the database that is running."""

from __future__ import annotations

import os
import sys


def django_ready(*, as_owner: bool = False) -> None:
    """Settings and apps; exits 1 with a clear message when no database is running."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    if as_owner:
        os.environ["BIHUAN_AS_OWNER"] = "1"
    from bihuan.store import postgres

    if postgres.urls_from_environment() is None:
        print(
            "bihuan: no database is running here; start one with `bihuan up`, or set DATABASE_URL",
            file=sys.stderr,
        )
        raise SystemExit(1)
    import django

    django.setup()
