"""Bring Django up for a command, against the database that is running."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import psycopg

from bihuan.cli import prepare
from bihuan.store import marks, postgres


def django_ready(*, as_owner: bool = False) -> None:
    """Settings and apps; exits 1 with a clear message when the database or the home is not ours."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    if as_owner:
        os.environ["BIHUAN_AS_OWNER"] = "1"
    urls = postgres.urls_from_environment()
    if urls is None:
        _stop("no database is running here; start one with `bihuan up`, or set DATABASE_URL")
    else:
        try:
            prepare.check_house(urls)
        except (marks.OtherHouse, OSError) as fault:
            _stop(str(fault))
    import django

    try:
        django.setup()
    except OSError as fault:  # the keys of this home cannot be read or made
        _stop(str(fault))


def commanded(command: str, act: Callable[[], int]) -> int:
    """What `act` returns with Django up; 1 and one line when the database cannot answer."""
    from django.conf import settings
    from django.db import InterfaceError, OperationalError, ProgrammingError

    if not settings.configured:
        os.environ.setdefault("BIHUAN_POOL", "0")  # a pool would speak of each of its tries
    django_ready()
    try:
        return act()
    except (OperationalError, InterfaceError) as fault:
        why = f"the database does not answer: {str(fault).strip().splitlines()[0]}"
    except ProgrammingError as fault:
        if not isinstance(fault.__cause__, psycopg.errors.UndefinedTable):
            raise
        why = "the tables are not there yet: prepare them with `bihuan migrate`"
    print(f"bihuan {command}: {why}", file=sys.stderr)
    return 1


def _stop(why: str) -> None:
    print(f"bihuan: {why}", file=sys.stderr)
    raise SystemExit(1)
