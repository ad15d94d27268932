"""The tables are what the models say, and every migration can be undone."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO

import psycopg
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from bihuan.store import postgres
from tests.house import source

_BACK = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
ours = [c.label for c in apps.get_app_configs() if c.name.startswith("bihuan.")]
from django.db.migrations.loader import MigrationLoader
moved = [label for label in reversed(ours) if label in MigrationLoader(None).migrated_apps]
for label in moved:
    call_command("migrate", label, "zero", verbosity=0)
"""
_FORTH = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
_TABLES = (
    "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY 1, 2"
)
_RULES = (
    "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
)
_POLICIES = "SELECT tablename::text, policyname::text, qual FROM pg_policies ORDER BY 1, 2"
_TRIGGERS = "SELECT tgname::text, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"


def _as_owner(program: str, urls: postgres.Urls) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"DATABASE_URL": urls.owner, "BIHUAN_OWNER_URL": urls.owner},
        cwd=source.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _state(urls: postgres.Urls) -> list[list[tuple[object, ...]]]:
    with psycopg.connect(urls.owner) as owner:
        return [owner.execute(q).fetchall() for q in (_TABLES, _RULES, _POLICIES, _TRIGGERS)]


def test_the_models_need_no_further_migration(db: None) -> None:
    said = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=said)

    assert "No changes detected" in said.getvalue()


def test_each_room_has_one_last_migration() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}


def test_every_migration_goes_back_and_forth_to_the_same_tables(fresh_db: postgres.Urls) -> None:
    before = _state(fresh_db)
    assert any("cases_case" in row for row in before[0])

    _as_owner(_BACK, fresh_db)
    gone = _state(fresh_db)
    _as_owner(_FORTH, fresh_db)

    rooms = {source.parts(m.name)[0] for m in source.modules()}
    left = {str(row[0]) for row in gone[0] if str(row[0]).split("_")[0] in rooms}
    assert left == set()
    assert _state(fresh_db) == before
