"""What a bench says at the end: JSON for programs, one line a goal for people."""

from __future__ import annotations

import json
import math
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Goal:
    """What was wanted of a figure, and what was found; both in the unit the name ends in."""

    name: str
    found: float
    sign: Literal["<=", ">="]
    wanted: float

    @property
    def met(self) -> bool:
        return self.found <= self.wanted if self.sign == "<=" else self.found >= self.wanted


def told(bench: str, goals: Sequence[Goal], figures: Mapping[str, Any], *, seed: int = 0) -> None:
    """Print the figures as one JSON object, and each goal as a line on stderr."""
    document = {
        "bench": bench,
        "goals": {
            g.name: {"found": g.found, "wanted": f"{g.sign} {g.wanted:g}", "met": g.met}
            for g in goals
        },
        **figures,
        "seed": seed,
        "environment": environment(),
    }
    print(json.dumps(document, ensure_ascii=False, indent=2))
    for goal in goals:
        word = "met   " if goal.met else "MISSED"
        said = f"{goal.name} {goal.found:g} (wanted {goal.sign} {goal.wanted:g})"
        print(f"{bench}: {word} {said}", file=sys.stderr)


def environment() -> dict[str, Any]:
    """The machine and how busy it was: figures without it say nothing."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": [round(n, 2) for n in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def database_settings(url: str) -> dict[str, str]:
    """Version and the settings that decide how fast a commit is."""
    names = ["server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers"]
    with psycopg.connect(url) as reader:
        rows = reader.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [names]
        ).fetchall()
    return {str(name): str(value) for name, value in rows}


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time these processes and their ended children have used; Linux only, else 0."""
    total = 0
    for pid in pids:
        try:
            line = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # the name in brackets may hold spaces; then field 14 on: utime, stime, cutime, cstime
        total += sum(int(n) for n in line.rpartition(")")[2].split()[11:15])
    return total / _TICKS


def descendants(pid: int) -> list[int]:
    """A process and everything it started, directly or not; Linux only, else itself."""
    found = [pid]
    for one in found:
        tasks = Path(f"/proc/{one}/task")
        for task in tasks.glob("*/children"):
            try:
                found += [int(n) for n in task.read_text().split()]
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def resident_mb(pid: int) -> float:
    """Proportional resident memory in MB: pages that several processes share count once in all.

    Linux only, else 0.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    kb = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return kb / 1024
