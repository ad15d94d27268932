"""`bihuan migrate` as the person meets it who runs the parts on several machines."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

from bihuan.store import postgres


def migrate(**environment: str) -> subprocess.CompletedProcess[str]:
    outside = {"DATABASE_URL", "BIHUAN_OWNER_URL"}
    inherited = {k: v for k, v in os.environ.items() if k not in outside}
    return subprocess.run(
        [sys.executable, "-m", "bihuan", "migrate"],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_empty_database_gets_its_tables_once_and_the_log_is_closed_to_the_application(
    database_server: postgres.Urls,
) -> None:
    name = f"test_bihuan_migrate_{os.getpid()}"
    at_home = postgres.at_database(database_server.owner, "postgres")
    app = psycopg.conninfo.conninfo_to_dict(database_server.app)["user"]
    with psycopg.connect(at_home, autocommit=True) as owner:
        postgres.create_database(owner, name, app=str(app))
    try:
        urls = {
            "DATABASE_URL": postgres.at_database(database_server.app, name),
            "BIHUAN_OWNER_URL": postgres.at_database(database_server.owner, name),
        }

        first, second = migrate(**urls), migrate(**urls)

        assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
        assert "已更新" in first.stdout
        assert "已是最新" in second.stdout
        with psycopg.connect(urls["DATABASE_URL"]) as served:
            right = "SELECT has_table_privilege('events_event', %s)"
            may = [served.execute(right, [one]).fetchone() for one in ("INSERT", "UPDATE")]
        assert may == [(True,), (False,)]
    finally:
        with psycopg.connect(at_home, autocommit=True) as owner:
            owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_without_a_database_it_says_how_to_get_one() -> None:
    done = migrate(DATABASE_URL="")

    assert done.returncode == 1
    assert "start it with `bihuan up`" in done.stderr
