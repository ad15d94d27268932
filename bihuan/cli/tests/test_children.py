"""The processes under `bihuan up`: which are started again, and when; and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bihuan.cli.children import Child
from bihuan.store import processes

_FAMILY = """
import subprocess, sys
child = subprocess.Popen(["sleep", "600"])
print(child.pid, file=open(sys.argv[1], "w"), flush=True)
child.wait()
"""
_PARENT = """
import os, sys
from bihuan.cli.children import Child
child = Child("sleeper", ["sleep", "600"], dict(os.environ))
child.start()
print(child.process.pid, flush=True)
sys.stdin.readline()
"""


def eventually(claim: Callable[[], object], seconds: float = 10) -> bool:
    """Whether the claim comes true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def child_that(*command: str) -> Child:
    return Child("part", list(command), dict(os.environ))


@pytest.fixture
def sleeper() -> Iterator[Child]:
    child = child_that("sleep", "600")
    child.start()
    yield child
    child.stop(1)


def test_a_living_child_is_left_alone(sleeper: Child) -> None:
    before = sleeper.process

    assert sleeper.look() is None
    assert sleeper.process is before


def test_a_child_that_died_is_reported_once_and_started_after_a_wait(sleeper: Child) -> None:
    assert sleeper.process is not None
    first = sleeper.process.pid
    os.kill(first, signal.SIGKILL)

    assert eventually(lambda: sleeper.look() == -signal.SIGKILL)
    assert sleeper.look() is None
    assert sleeper.process is None
    sleeper.wait_until = 0  # the wait is over
    sleeper.look()

    assert sleeper.process is not None
    assert sleeper.process.pid != first


def test_a_child_that_keeps_dying_waits_twice_as_long_each_time_up_to_half_a_minute() -> None:
    child = child_that("false")
    waits = []

    for _ in range(7):
        child.wait_until = 0
        child.look()
        assert eventually(lambda: child.look() == 1)
        waits.append(child.wait)

    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_lived_long_begins_its_waits_anew() -> None:
    child = child_that("false")
    child.deaths = 5
    child.start()
    child.started_at -= 61

    assert eventually(lambda: child.look() == 1)

    assert child.wait == 1


def test_a_child_that_ignores_the_request_to_end_is_ended_with_all_it_started(
    tmp_path: Path,
) -> None:
    grandchild = tmp_path / "pid"
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + _FAMILY
    child = child_that(sys.executable, "-c", deaf, str(grandchild))
    child.start()
    assert eventually(lambda: grandchild.exists() and grandchild.read_text().strip())

    child.stop(0.1)

    assert eventually(lambda: not processes.is_alive(int(grandchild.read_text())))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()

    assert eventually(lambda: not processes.is_alive(pid))
