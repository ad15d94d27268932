"""The command line of CONTRACT: help with an example, results as data, faults on stderr."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bihuan.__main__ import COMMANDS
from bihuan.accounts.queries import forget_token, token_digest
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.events.relay import drain
from bihuan.mail.models import Received
from bihuan.notify.tasks import send_inbox
from bihuan.phone.models import Call
from bihuan.store import postgres
from tests.house import source
from tests.journeys.program import BODY

WITH_A_RESULT = ("demo", "due", "mask", "policy", "loop", "verify", "bench")
RECEIVED = "2026-02-13T16:00:00+08:00"


def bihuan(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bihuan", *words],
        cwd=source.ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str):
    done = bihuan(command, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(rf"example:[\s\S]*\bbihuan {command}\b", done.stdout)
    assert ("--json" in done.stdout) >= (command in WITH_A_RESULT)


def test_the_list_names_every_command():
    done = bihuan("--help")

    assert done.returncode == 0
    assert {*re.findall(r"^  (\w+) ", done.stdout, re.M)} == {*COMMANDS}
    assert "example: bihuan" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["explode"],
        *([command, "--explode"] for command in COMMANDS),
        ["due", "--received", "heute", "--kind", "complaint"],
        ["due", "--received", RECEIVED, "--kind", "riot"],
        ["due", "--received", "9999-12-31T23:59:59Z", "--kind", "complaint"],
        ["policy", "check", "/nowhere"],
        ["up", "--port", "x"],
        ["user", "create"],
        ["token", "create", "bo_bo"],
    ],
    ids=" ".join,
)
def test_bad_input_is_exit_2_with_a_reason_on_stderr_and_nothing_else(words: list[str]):
    done = bihuan(*words)

    assert done.returncode == 2
    assert "bihuan" in done.stderr or not words
    assert "Traceback" not in done.stderr
    assert done.stdout == "" or not words


@pytest.mark.parametrize("words", [["loop"], ["verify", "--all"], ["demo"]], ids=" ".join)
def test_without_a_database_the_reason_is_said_and_the_exit_is_1(
    words: list[str], tmp_path_factory: Any
):
    nowhere = {"DATABASE_URL": "", "BIHUAN_OWNER_URL": ""}

    done = bihuan(*words, **nowhere, BIHUAN_HOME=str(tmp_path_factory.mktemp("home")))

    assert (done.returncode, done.stdout) == (1, "")
    assert "bihuan up" in done.stderr


def test_dues_from_the_command_line_and_from_the_api_are_the_same(db: None, client: Any):
    asked = {"received": RECEIVED, "kind": "complaint", "severity": "major", "channel": "phone"}

    done = bihuan("due", "--json", *(word for k, v in asked.items() for word in (f"--{k}", v)))

    told = client.post("/api/v1/due", asked, content_type="application/json")
    assert json.loads(done.stdout) == told.json()
    assert len(told.json()["clocks"]) == 16


def test_e_08_the_loop_is_proved_closed_and_then_named_where_it_is_not(fresh_db: postgres.Urls):
    home = house()
    case, other = file(home), file(home)
    drain(FRIDAY)
    send_inbox(FRIDAY)

    closed = bihuan("loop", "--json")
    Case.objects.filter(id=case.id).update(owner_id=0)
    open_ = bihuan("loop", "--json")
    spoken = bihuan("loop")

    assert (closed.returncode, json.loads(closed.stdout)) == (
        0, {"closed": True, "gaps": [], "held_mails": [], "withheld_calls": 0},
    )  # fmt: skip
    assert open_.returncode == 1
    assert json.loads(open_.stdout)["gaps"] == [{"number": case.number, "why": "no_owner"}]
    assert case.number in spoken.stdout
    assert other.number not in spoken.stdout


def test_1_3_mails_nobody_decided_on_and_calls_nobody_can_return_are_open_ends_of_the_loop(
    fresh_db: postgres.Urls,
):
    house()
    now = datetime.now(UTC)
    given = {"via": "smtp", "size": 9, "state": "held", "reason": "bulk", "next_try_at": now}
    Received.objects.create(id=1, at=now, arrived_at=now, **given)
    lost = {"source": "webhook", "outcome": "missed", "started_at": now, "heard_at": now}
    Call.objects.create(id=1, ref="a", ended_at=now, **lost)

    young = bihuan("loop", "--json")
    spoken = bihuan("loop")
    Received.objects.update(arrived_at=now - timedelta(days=2))
    old = bihuan("loop", "--json")

    said = json.loads(young.stdout)
    assert (young.returncode, said["closed"], said["withheld_calls"]) == (0, True, 1)
    assert [one["mail"] for one in said["held_mails"]] == [1]
    assert "/desk/mail/1/" in spoken.stdout
    assert "1 个未显示号码的来电" in spoken.stdout
    assert (old.returncode, json.loads(old.stdout)["closed"]) == (1, False)


def test_the_log_is_proved_whole_and_then_the_changed_words_are_named(
    fresh_db: postgres.Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BIHUAN_HOME", str(tmp_path))  # its own seals, not those of other tests
    case = file(house())

    whole = bihuan("verify", "--all", "--json")
    Entry.objects.filter(case_id=case.id).update(text="我没有意见。")
    changed = bihuan("verify", "--all", "--json")

    assert (whole.returncode, json.loads(whole.stdout)["whole"]) == (0, True)
    assert changed.returncode == 1
    [fault] = json.loads(changed.stdout)["faults"]
    assert (fault["stream"], fault["why"]) == (case.id, "words")
    assert str(case.id) in changed.stderr


def test_e_08_a_program_gets_a_token_files_with_it_and_loses_it(fresh_db: postgres.Urls):
    home = house()
    name = home.bo_bo.name

    def posted(bearer: str) -> int:
        return Client().post(
            "/api/v1/cases", json.dumps(BODY), content_type="application/json",
            headers={"Authorization": f"Bearer {bearer}"},
        ).status_code  # fmt: skip

    made = json.loads(bihuan("token", "create", name, "--for", "订单系统", "--json").stdout)
    reader = json.loads(
        bihuan(
            "token", "create", name, "--for", "报表", "--read-only", "--days", "30", "--json"
        ).stdout
    )
    listed = json.loads(bihuan("token", "list", name, "--json").stdout)

    assert [posted(made["token"]), posted(reader["token"])] == [201, 403]
    assert [(one["id"], one["for"], one["scopes"]) for one in listed] == [
        (reader["id"], "报表", ["read"]),
        (made["id"], "订单系统", ["read", "write"]),
    ]
    assert made["token"] not in bihuan("token", "list", name).stdout

    gone = bihuan("token", "revoke", str(made["id"]))
    forget_token(token_digest(made["token"]))  # another process would know it within 5 seconds
    again = bihuan("token", "revoke", str(made["id"]))

    assert (gone.returncode, posted(made["token"])) == (0, 401)
    assert (again.returncode, again.stdout) == (1, "")
    assert str(made["id"]) in again.stderr
    assert [one["id"] for one in json.loads(bihuan("token", "list", name, "--json").stdout)] == [
        reader["id"]
    ]


def test_a_token_is_for_somebody_and_for_something(fresh_db: postgres.Urls):
    name = house().bo_bo.name

    nobody = bihuan("token", "create", "没有这个人", "--for", "x")
    nothing = bihuan("token", "create", name, "--for", " ")
    past = bihuan("token", "create", name, "--for", "x", "--days", "-1")

    assert (nobody.returncode, nothing.returncode, past.returncode) == (1, 2, 2)
    assert "没有这个人" in nobody.stderr
    assert "name" in nothing.stderr
    assert "expires_at" in past.stderr
    assert not any(one.stdout for one in (nobody, nothing, past))
