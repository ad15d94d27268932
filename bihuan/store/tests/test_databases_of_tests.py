"""The database every other test rests on: its role, its rollback, its fresh clones."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection

from bihuan.store import postgres

_LONG_AGO = datetime(2026, 2, 13, tzinfo=UTC)


def remember(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=_LONG_AGO)


@pytest.mark.django_db
def test_a_test_speaks_as_the_application_which_may_make_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("bihuan_app",)
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("CREATE TABLE mine (id bigint)")


@pytest.mark.django_db
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_writes_is_rolled_back(turn: str) -> None:
    assert not Session.objects.exists()
    remember("rolled back")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_fresh_database_is_empty_and_really_commits(turn: str, fresh_db: postgres.Urls) -> None:
    assert not Session.objects.exists()

    remember("committed")

    with psycopg.connect(fresh_db.app) as other:
        assert other.execute("SELECT session_key FROM django_session").fetchall() == [
            ("committed",)
        ]


def test_a_program_a_test_starts_finds_the_fresh_database(fresh_db: postgres.Urls) -> None:
    remember("for the program")

    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup()\n"
            "from django.contrib.sessions.models import Session\n"
            "print(Session.objects.get().session_key)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout == "for the program\n"


def test_the_schema_of_a_fresh_database_is_the_owner_s_to_change(fresh_db: postgres.Urls) -> None:
    with psycopg.connect(fresh_db.owner) as owner:
        owner.execute("CREATE TABLE more (id bigint)")
        assert owner.execute("SELECT current_user").fetchone() == ("bihuan_owner",)
