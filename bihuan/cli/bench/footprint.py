"""What the whole demo takes: memory of every process, time to a page, weight of the pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bihuan.cli.bench import figures, weights
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import DidNotOpen, django_ready, free_port, leave_database, signed_in
from bihuan.store import postgres

_OPENING = 600.0  # seconds the first start may take, with the demo
_CLOSING = 60.0
_VISITS = 3  # of each page, so that what is kept in memory is there
_SETTLE = 3.0  # seconds


@dataclass(slots=True)
class Tree:
    """`bihuan up` in a folder of its own, with all it starts."""

    folder: Path
    arguments: list[str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    said: Path = field(init=False)

    def __post_init__(self) -> None:
        self.said = self.folder / "said"

    @property
    def server(self) -> postgres.Server:
        return postgres.Server(self.folder / "home")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> float:
        """Start it; seconds to the first page. Raises DidNotOpen."""
        mine = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and "BIHUAN" not in k}
        begun = time.monotonic()
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(  # noqa: S603 - a fixed list, no shell
                [sys.executable, "-m", "bihuan", "up", "--port", str(self.port), *self.arguments],
                env=mine | {"BIHUAN_HOME": str(self.server.home)},
                stdout=said,
                stderr=said,
            )
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() - begun > _OPENING:
                raise DidNotOpen(self.said.read_text()[-2000:])
            time.sleep(0.02)
        return time.monotonic() - begun

    def close(self) -> None:
        """Ask it to end, and end what is left."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_CLOSING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/", timeout=5) as page:  # noqa: S310 - our own
                return bool(page.status == 200)
        except OSError:
            return False


def run(name: str, argv: Sequence[str]) -> int:
    """Measure; 1 when a goal is missed."""
    parser = figures.parser(
        name,
        "Start `bihuan up --demo` twice in a folder of its own: resident memory of every process "
        "(shared pages counted once), seconds to a page, and kilobytes of the main pages with "
        "their styles and scripts.",
        "footprint",
    )
    parser.add_argument("--plain", action="store_true", help="without the demo's data")
    given = parser.parse_args(argv)
    with _tree([] if given.plain else ["--demo"]) as tree:
        figures.progress(name, "first start")
        first = tree.open()
        tree.close()
        figures.progress(name, "second start")
        second = tree.open()
        figures.progress(name, "pages")
        pages = _pages(tree)
        heavy = {room: {a: weights.weigh(f"{tree.url}{a}", cookie) for a in some}
                 for room, (cookie, some) in pages.items()}  # fmt: skip
        for cookie, some in list(pages.values()) * (_VISITS - 1):
            for address in some:
                weights.weigh(f"{tree.url}{address}", cookie)
        time.sleep(_SETTLE)
        memory = _memory(tree)
    figures.end_of_progress()
    return _tell(first, second, heavy, memory, given)


@contextmanager
def _tree(arguments: list[str]) -> Iterator[Tree]:
    folder = Path(tempfile.mkdtemp(prefix="bihuan-bench-"))
    folder.chmod(0o711)  # the user PostgreSQL runs as must reach its own part
    tree = Tree(folder, arguments, free_port())
    try:
        yield tree
    finally:
        tree.close()
        tree.server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _pages(tree: Tree) -> dict[str, tuple[str, list[str]]]:
    """Room -> a cookie that may see them, and the main pages: portal for a customer, desk."""
    os.environ.update(BIHUAN_HOME=str(tree.server.home), DATABASE_URL=tree.server.attach().app)
    django_ready()
    from bihuan.cases import queries as cases
    from bihuan.core.actors import SYSTEM

    found = cases.visible(SYSTEM).filter(state="notified").order_by("id").first()
    chief, portal = _supervisor(), ["/", "/how/", "/policies/"]
    desk = ["/desk/inbox/?view=all", "/desk/cases/new/", "/desk/dashboard/"]
    customer = ""
    if found is not None:
        customer = _customer(found.person_id)
        portal += ["/complaints/", found.url, f"{found.url}timeline/", "/orders/pick/"]
        desk.append(found.desk_url)
    cookie = signed_in(chief)
    leave_database()
    return {"portal": (customer, portal), "desk": (cookie, desk)}


def _supervisor() -> int:
    """The user of one who sees all; hired where there is none."""
    from bihuan.accounts import commands as accounts
    from bihuan.core.actors import SYSTEM, Role

    made = accounts.create_staff(
        name="陈主管", username="bench", roles=[Role.SUPERVISOR, Role.AGENT],
        department="customer_service", by=SYSTEM, at=datetime.now(UTC),
    )  # fmt: skip
    return int(made.user_id)


def _customer(person_id: int) -> str:
    """The cookie of this person's session."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    session = client.session
    session.update({"person_id": person_id, "guest_case": 0})
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _memory(tree: Tree) -> dict[str, float]:
    """MB of each part, by what it is."""
    assert tree.process is not None  # it answered a moment ago
    found: dict[str, float] = {}
    for pid in figures.descendants(tree.process.pid):
        part = _part(pid)
        found[part] = round(found.get(part, 0.0) + figures.resident_mb(pid), 1)
    return found


def _part(pid: int) -> str:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return "ended"
    if "postgres" in line.split(" ", 1)[0]:
        return "database"
    names = ("live", "work", "up")
    return next((n for n in names if f" bihuan {n}" in line), "live")  # its own worker


def _tell(
    first: float,
    second: float,
    heavy: dict[str, dict[str, weights.Weight]],
    memory: dict[str, float],
    given: Any,
) -> int:
    worst = {room: max(w.kb for w in pages.values()) for room, pages in heavy.items()}
    return figures.told(
        "footprint",
        [
            Goal("web_mb", memory.get("live", 0.0), "<=", 150),
            Goal("tree_mb", round(sum(memory.values()), 1), "<=", 700),
            Goal("second_start_s", round(second, 1), "<=", 5),
            Goal("heaviest_portal_kb", worst["portal"], "<=", 60),
            Goal("heaviest_desk_kb", worst["desk"], "<=", 120),
        ],
        {
            "first_start_s": round(first, 1),
            "demo": not given.plain,
            "memory_mb": memory,
            "pages_kb": {
                room: {a: w.kb for a, w in pages.items()} for room, pages in heavy.items()
            },
            "of_which_page_kb": {
                room: {a: round(w.page / 1024, 1) for a, w in pages.items()}
                for room, pages in heavy.items()
            },
        },
        as_json=given.json,
    )
