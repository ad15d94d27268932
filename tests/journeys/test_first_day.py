"""A house on its first day, as `bihuan migrate` leaves it: without demo data, and open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.core.actors import SYSTEM, Role
from bihuan.policy import commands as policy
from bihuan.policy import loader, queries
from bihuan.policy.models import PolicyVersion
from bihuan.store import marks, postgres, secrets
from tests import clones
from tests.journeys.program import BODY

NOW = datetime.now(UTC)
Migrate = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def migrate() -> Migrate:
    """Runs `bihuan migrate` on the database that the environment names."""

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bihuan", "migrate"],
            env=os.environ | {"BIHUAN_HOME": str(settings.HOME)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def bare(
    database_server: postgres.Urls, django_db_setup: None, django_db_blocker: Any
) -> Iterator[postgres.Urls]:
    """An empty database, to which Django and what a test starts are connected."""
    name = f"test_bihuan_first_day_{os.getpid()}"
    app = str(psycopg.conninfo.conninfo_to_dict(database_server.app)["user"])
    at_home = postgres.at_database(database_server.owner, "postgres")
    with psycopg.connect(at_home, autocommit=True) as owner:
        postgres.create_database(owner, name, app=app)
    urls = postgres.Urls(
        owner=postgres.at_database(database_server.owner, name),
        app=postgres.at_database(database_server.app, name),
    )
    queries.forget()
    try:
        with django_db_blocker.unblock(), clones.connected(urls):
            yield urls
    finally:
        queries.forget()
        with psycopg.connect(at_home, autocommit=True) as owner:
            owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _filed() -> int:
    """The status a program of a new member of staff gets for a complaint."""
    staff = accounts.create_staff(
        name="林悦", username="lin", roles=[Role.AGENT], department="customer_service",
        by=SYSTEM, at=NOW,
    )  # fmt: skip
    bearer = accounts.create_token(name="订单", staff_id=staff.id, by=SYSTEM, at=NOW).bearer
    answer = Client().post(
        "/api/v1/cases", json.dumps(BODY), content_type="application/json",
        headers={"Authorization": f"Bearer {bearer}"},
    )  # fmt: skip
    return answer.status_code


def test_a_house_that_was_only_migrated_takes_a_case(bare: postgres.Urls, migrate: Migrate) -> None:
    done = migrate()

    assert done.returncode == 0, done.stderr
    assert Client().get("/readyz").status_code == 200
    assert _filed() == 201
    [version] = PolicyVersion.objects.all()
    assert version.in_force_from == loader.load_current().in_force_from


def test_a_house_that_was_migrated_before_gets_the_handbook_it_lacks(
    bare: postgres.Urls, migrate: Migrate
) -> None:
    migrate()
    with psycopg.connect(bare.owner) as owner:
        owner.execute("DELETE FROM policy_policyversion")

    assert "已更新" in migrate().stdout
    assert "已是最新" in migrate().stdout
    assert PolicyVersion.objects.count() == 1


def test_a_handbook_in_force_is_not_replaced_by_the_packaged_one(
    bare: postgres.Urls, migrate: Migrate
) -> None:
    migrate()
    PolicyVersion.objects.update(version="2024", sha256="0" * 64, in_force_from="2024-01-01")

    policy.activate_first(by=SYSTEM, at=NOW)

    assert [row.version for row in PolicyVersion.objects.all()] == ["2024"]


@pytest.mark.django_db
@pytest.mark.parametrize("base", ["/api/v1", ""])
def test_without_a_handbook_it_is_not_ready(base: str) -> None:
    queries.forget()

    answer = Client().get(f"{base}/readyz")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_before_every_migration_has_run_it_is_not_ready() -> None:
    policy.activate_first(by=SYSTEM, at=NOW)
    assert Client().get("/readyz").status_code == 200
    MigrationRecorder.Migration.objects.filter(app="events", name="0001_initial").delete()

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_a_home_with_another_house_key_stops_before_it_touches_the_database(
    bare: postgres.Urls, migrate: Migrate, tmp_path: Path
) -> None:
    migrate()

    other = migrate(BIHUAN_HOME=str(tmp_path))

    assert (other.returncode, other.stdout) == (1, "")
    assert other.stderr.startswith(f"bihuan migrate: {tmp_path}/keys/house is not the house key")
    with connection.cursor() as cursor:
        assert marks.read(cursor, marks.HOUSE_KEY) == secrets.open_vault().fingerprint
