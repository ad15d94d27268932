"""One part of the house by itself: what it says, and where."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bihuan.cli.tests.ports import free_port
from bihuan.cli.tests.test_children import eventually
from bihuan.cli.tests.test_up import PATIENCE
from bihuan.store import processes

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Part:
    """A running part; its two streams go to files, to be read while it runs."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    def said(self) -> str:
        return self.out.read_text(encoding="utf-8")

    def complained(self) -> str:
        return self.err.read_text(encoding="utf-8")


@contextmanager
def part(name: str, port: int, folder: Path) -> Iterator[Part]:
    command = [sys.executable, "-m", "bihuan", name, "--port", str(port), "--workers", "1"]
    out, err = folder / "out", folder / "err"
    with (
        out.open("wb") as said,
        err.open("wb") as complained,
        subprocess.Popen(command, stdout=said, stderr=complained) as process,
    ):
        try:
            yield Part(process, out, err)
        finally:
            process.terminate()  # its workers end with it


def is_answering(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("name", ["web", "live"])
def test_a_part_refuses_a_port_that_is_taken_in_one_line(name: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with part(name, port, tmp_path) as refused:
            ended = refused.process.wait(60)

    why = f"port {port} on 127.0.0.1 is taken by another program"
    assert (ended, refused.said()) == (1, "")
    assert refused.complained() == f"bihuan {name}: {why}\n"


def test_the_server_logs_where_a_program_that_reads_the_answer_does_not_look(
    fresh_db: object, tmp_path: Path
) -> None:
    with part("live", port := free_port(), tmp_path) as live:
        assert eventually(lambda: is_answering(port), PATIENCE), live.complained()
        own = processes.carrying(f"bihuan\0live\0--port\0{port}")
        for worker in set(own) - {live.process.pid}:
            os.kill(worker, signal.SIGKILL)
        # to end it earlier would be to end it before it has seen the death
        assert eventually(lambda: "worker-1" in live.complained(), 60), live.complained()
        live.process.terminate()
        live.process.wait(60)

    assert live.said() == ""
