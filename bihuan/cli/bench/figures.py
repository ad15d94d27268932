"""What a bench says: figures for people or as JSON, one line a goal, progress on the way."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def parser(name: str, says: str, example: str) -> argparse.ArgumentParser:
    """What every bench understands; the caller adds its own."""
    made = argparse.ArgumentParser(
        prog=f"bihuan bench {name}", description=says, epilog=f"example: bihuan bench {example}"
    )
    made.add_argument("--json", action="store_true", help="print the figures as JSON")
    return made


def told(
    bench: str, goals: Sequence[Goal], figures: Mapping[str, Any], *, as_json: bool, seed: int = 0
) -> int:
    """Print the figures, and each goal on stderr; 1 when a goal is missed, else 0."""
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
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines({**figures, "seed": seed, "environment": environment()})))
    for goal in goals:
        word = "met   " if goal.met else "MISSED"
        said = f"{goal.name} {goal.found:g} (wanted {goal.sign} {goal.wanted:g})"
        print(f"{bench}: {word} {said}", file=sys.stderr)
    return 0 if all(goal.met for goal in goals) else 1


def _lines(figures: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """One figure a line, what is nested by its whole name."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{within}{name}.")
        else:
            yield f"{within}{name:<24} {value}"


def progress(bench: str, said: str) -> None:
    """What is being done, on stderr when somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{bench}: {said}", end="", file=sys.stderr, flush=True)


def end_of_progress() -> None:
    """Leave the line to what comes next."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def environment() -> dict[str, Any]:
    """The machine and how busy it was: figures without it say nothing."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": [round(n, 2) for n in os.getloadavg()],
        "python": platform.python_version(),
        "python_from": sys.base_prefix,  # a distribution's is faster than one built at home
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
