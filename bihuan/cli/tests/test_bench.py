"""The measuring programs: what they say, that they can fail, and what they leave behind.

Nothing here is about speed: a test that hangs on how busy the machine is proves nothing.
"""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bihuan.cli import bench
from bihuan.cli.bench import figures, weights
from bihuan.cli.bench.figures import Goal

WRONG = ("lost", "doubled", "invented", "clockless", "unjudged", "broken", "unheard")


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """`bihuan bench …` to its end, away from the tests' own database, its houses in `folder`."""
    own = {"DATABASE_URL", "BIHUAN_OWNER_URL", "BIHUAN_HOME"}
    mine = {name: value for name, value in os.environ.items() if name not in own}
    return subprocess.run(
        [sys.executable, "-m", "bihuan", "bench", *arguments],
        env=mine | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the user PostgreSQL runs as may pass through; empty again at the end."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="bihuan-benches-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


def read(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.stdout, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", bench.BENCHES)
def test_every_bench_says_what_it_does_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        bench.run([name, "--help"])

    said = capsys.readouterr().out
    assert f"example: bihuan bench {name}" in said
    assert "--json" in said


def test_a_bench_that_is_not_there_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.run(["haste"]) == 2
    assert "there is no bench 'haste'" in capsys.readouterr().err


@pytest.mark.parametrize(("found", "code", "word"), [(2.0, 0, "met"), (2.1, 1, "MISSED")])
def test_a_missed_goal_is_named_and_fails(
    found: float, code: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    goals = [Goal("grown", found, "<=", 2)]

    assert figures.told("desk", goals, {"cases": [1, 2]}, as_json=True, seed=7) == code

    said = capsys.readouterr()
    assert word in said.err
    assert json.loads(said.out)["goals"]["grown"]["met"] is (code == 0)
    assert json.loads(said.out)["seed"] == 7


def test_people_read_one_figure_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    figures.told("desk", [], {"pages": {"inbox": {"ms": [3, 4]}}}, as_json=False)

    assert "pages.inbox.ms" in capsys.readouterr().out


class _Shop(http.server.BaseHTTPRequestHandler):
    pages = {  # noqa: RUF012 - read only
        "/": b'<link rel="stylesheet" href="/a.css"><script src="b.js"></script><img src="c.png">',
        "/a.css": b"p{}" * 100,
        "/b.js": b'import "./d.js";' + b"x" * 200,
        "/d.js": b"y" * 50,
    }

    def do_GET(self) -> None:
        body = self.pages[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


def test_a_page_weighs_what_it_names_too_and_what_that_imports() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = weights.weigh(f"http://127.0.0.1:{server.server_port}/")
    finally:
        server.shutdown()
        server.server_close()

    sizes = {name.rpartition("/")[2]: size for name, size in found.needed.items()}
    assert sizes == {"a.css": 300, "b.js": 216, "d.js": 50}


@pytest.mark.slow
def test_five_kills_lose_nothing_that_was_acknowledged(folder: Path) -> None:
    done = run("crash", "--kills", "5", "--json", folder=folder)

    told = read(done)
    wrong = {name: told["goals"][name]["found"] for name in WRONG}
    assert wrong == dict.fromkeys(WRONG, 0), told["examples"]
    assert told["answers"] == {}
    assert sum(told["kills"].values()) == 5
    assert done.returncode == 0, done.stderr[-3000:]
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_the_same_check_turns_red_when_commits_do_not_wait_for_the_disk(folder: Path) -> None:
    done = run(
        "crash", "--kills", "2", "--victims", "database", "--synchronous-commit", "off", "--json",
        folder=folder,
    )  # fmt: skip

    assert read(done)["goals"]["lost"]["found"] > 0
    assert done.returncode == 1
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_intake_compares_what_was_filed_with_what_pgbench_wrote(folder: Path) -> None:
    done = run(
        "intake", "--seconds", "2", "--rounds", "1", "--clients", "4", "--json", folder=folder
    )

    told = read(done)
    assert told["cases"] > 0
    assert told["limit_a_second"] > 0
    assert told["errors"] == [{}]
    assert list(folder.iterdir()) == []
