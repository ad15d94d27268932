"""The processes under `bihuan up`: started, watched, started again, and ended in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1
_LONGEST_WAIT = 30.0
_STEADY = 60.0  # seconds a child must live for its earlier deaths to be forgotten


def _end_with_parent() -> None:
    """In the child: be told to stop when the parent is killed (Linux; elsewhere it lives on)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One part of the house, in a process group of its own."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(repr=False)
    deaths: int = 0
    started_at: float = 0.0
    wait_until: float = 0.0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it. Raises OSError."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - a fixed list, no shell
            self.command,
            env=dict(self.environment),
            start_new_session=True,  # Ctrl-C reaches the parent only, which ends all in order
            preexec_fn=_end_with_parent,
        )

    def look(self) -> int | None:
        """Start it again when it died and its wait is over; its exit code when it just died.

        The wait doubles with each death in a row, from 1 to 30 seconds.
        """
        now = time.monotonic()
        if self.process is None:
            if now >= self.wait_until:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self._end_group()  # what it started itself
        self.process = None
        self.deaths = 1 if now - self.started_at > _STEADY else self.deaths + 1
        self.wait_until = now + self.wait
        return code

    @property
    def wait(self) -> float:
        """Seconds between the last death and the next start."""
        return min(2.0 ** (self.deaths - 1), _LONGEST_WAIT)

    def stop(self, patience: float) -> None:
        """Ask it to end; after `patience` seconds end it and all it started."""
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        self._end_group()
        self.process.wait()
        self.process = None

    def _end_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
