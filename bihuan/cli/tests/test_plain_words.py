"""What cannot be done is said in one line on stderr, with exit 1 or 2, and never as a traceback."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from bihuan.cases.tests.people import file, house
from bihuan.events.tasks import seals_folder
from bihuan.store import marks, postgres

AWAY = "postgresql://somebody:@127.0.0.1:9/nothing"


def bihuan(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bihuan", *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def line_of(done: subprocess.CompletedProcess[str], code: int) -> str:
    """What was said, when it is the one line that it should be."""
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    [line] = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("command", ["up", "web", "live"])
@pytest.mark.parametrize("port", ["99999", "0", "-1"])
def test_a_port_that_is_none_is_bad_input(command: str, port: str) -> None:
    done = bihuan(command, f"--port={port}")

    assert done.returncode == 2
    assert done.stderr.endswith(f"--port: '{port}' is no whole number from 1 to 65535\n")


def test_a_host_that_is_none_is_bad_input() -> None:
    assert line_of(bihuan("web", "--host", "nonsense.invalid"), 2).startswith(
        "bihuan web: --host nonsense.invalid: "
    )


@pytest.mark.parametrize("command", ["up", "web", "live", "loop", "migrate"])
def test_a_home_that_is_a_file_is_named(command: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.touch()
    database = {"BIHUAN_OWNER_URL": "", "DATABASE_URL": "" if command == "up" else AWAY}

    said = line_of(bihuan(command, BIHUAN_HOME=str(home), **database), 1)

    assert said.startswith("bihuan")
    assert str(home) in said or command == "migrate"


@pytest.mark.parametrize(
    "words",
    [
        ["token", "list", "chen"],
        ["verify", "--all"],
        ["demo"],
        ["loop"],
        ["user", "link", "chen"],
        ["unheard"],
        ["keys", "rewrap"],
    ],
    ids=" ".join,
)
def test_a_database_that_is_away_is_named(words: list[str]) -> None:
    said = line_of(bihuan(*words, DATABASE_URL=AWAY), 1)

    assert said.startswith(f"bihuan {words[0]}: the database does not answer: ")
    assert "127.0.0.1" in said


def test_a_database_without_tables_is_sent_to_the_command_that_makes_them(
    fresh_db: postgres.Urls,
) -> None:
    with psycopg.connect(fresh_db.owner) as owner:
        owner.execute("DROP SCHEMA public CASCADE")

    assert line_of(bihuan("loop"), 1).endswith("prepare them with `bihuan migrate`")


def test_a_token_good_beyond_any_calendar_is_bad_input(fresh_db: postgres.Urls) -> None:
    bihuan("user", "create", "陈主管", "--role", "supervisor", "--username", "chen")

    done = bihuan("token", "create", "chen", "--for", "x", "--days", "4000000")

    assert line_of(done, 2) == "bihuan token: --days: no calendar reaches that far"


def test_a_file_among_the_seals_that_is_named_like_no_day_is_named(
    fresh_db: postgres.Urls, tmp_path: Path
) -> None:
    (tmp_path / seals_folder().name).mkdir()
    (tmp_path / seals_folder().name / "2026-02-1x.json").write_text("{}")

    done = bihuan("verify", "--all", "--json", BIHUAN_HOME=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr == "bihuan verify: broken at seal file 2026-02-1x.json\n"
    [fault] = json.loads(done.stdout)["faults"]
    assert (fault["why"], fault["file"]) == ("stray", "2026-02-1x.json")


def test_the_link_leads_to_where_the_house_was_last_opened(
    fresh_db: postgres.Urls, tmp_path: Path
) -> None:
    (tmp_path / "address").write_text("http://127.0.0.1:8137")
    chen = ["user", "create", "陈主管", "--role", "supervisor", "--username"]

    by_itself = bihuan(*chen, "chen", BIHUAN_HOME=str(tmp_path))
    by_hand = bihuan(*chen, "c", BIHUAN_HOME=str(tmp_path), BIHUAN_BASE_URL="https://s.example")

    assert "\nhttp://127.0.0.1:8137/staff/start/" in by_itself.stdout
    assert "\nhttps://s.example/staff/start/" in by_hand.stdout


def test_a_rotation_is_finished_so_that_the_old_key_may_be_forgotten(
    fresh_db: postgres.Urls, tmp_path: Path
) -> None:
    file(house())
    shutil.copytree(settings.HOME / "keys", tmp_path / "keys")
    old = (tmp_path / "keys" / "kek").read_text("ascii")
    new, third = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    connection.close()

    def rewrap(keys: str) -> subprocess.CompletedProcess[str]:
        return bihuan("keys", "rewrap", "--json", BIHUAN_HOME=str(tmp_path), BIHUAN_KEK=keys)

    assert json.loads(rewrap(f"{new},{old}").stdout)["rewrapped"] > 0
    assert json.loads(rewrap(new).stdout) == {"rewrapped": 0}
    assert "BIHUAN_KEK" in line_of(rewrap(old), 1)
    assert "BIHUAN_KEK" in line_of(rewrap(third), 1)


@pytest.mark.parametrize("words", [["user", "link", "chen"], ["work"], ["web"]], ids=" ".join)
def test_a_home_with_another_house_key_splits_nobodys_identity(
    words: list[str], fresh_db: postgres.Urls, tmp_path: Path
) -> None:
    with psycopg.connect(fresh_db.owner) as owner, owner.cursor() as cursor:
        marks.put(cursor, marks.HOUSE_KEY, "of another house")

    said = line_of(bihuan(*words, BIHUAN_HOME=str(tmp_path)), 1)

    assert f"{tmp_path}/keys/house is not the house key this database belongs to" in said
