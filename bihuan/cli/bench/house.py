"""A whole house to be measured: database, pages and worker in a temporary folder."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from bihuan.cli import prepare
from bihuan.cli.bench import figures
from bihuan.cli.children import Child
from bihuan.store import postgres, processes

_OPENING = 60.0  # seconds the pages may take to answer
_CLOSING = 15.0
_SETTLING = 0.5


class DidNotOpen(Exception):
    """The pages did not answer in time; why, the processes have said."""


@dataclass
class House:
    """Everything in one folder that goes with it; `conf` is added to PostgreSQL's settings."""

    conf: str = ""
    folder: Path = field(init=False)
    server: postgres.Server = field(init=False)
    urls: postgres.Urls = field(init=False)
    environment: dict[str, str] = field(init=False)
    children: list[Child] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="bihuan-bench-"))
        self.folder.chmod(0o711)  # the user PostgreSQL runs as must reach its own part
        self.server = postgres.Server(self.folder / "home")
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> None:
        home = self.server.home
        home.mkdir(mode=0o711)
        home.joinpath("postgres.local.conf").write_text(self.conf)
        self.urls = self.server.start()
        for name in [n for n in os.environ if n.startswith("BIHUAN_")]:
            del os.environ[name]  # the settings of whoever measures are not those measured
        os.environ.update(BIHUAN_HOME=str(home), DATABASE_URL=self.urls.app)
        prepare.migrate(self.urls)
        prepare.collect_static(home, self.urls)
        self.environment = prepare.environment_for(self.urls.app)
        self.port = free_port()

    def close(self) -> None:
        """End every process and remove the folder."""
        for child in self.children:
            child.stop(_CLOSING)
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *arguments: str, name: str = "") -> Child:
        """Run `bihuan ARGUMENTS` beside the database; it speaks on our stderr."""
        command = [sys.executable, "-m", "bihuan", *arguments]
        child = Child(name or arguments[0], command, self.environment)
        child.start()
        self.children.append(child)
        return child

    def start_web(self, workers: int = 2) -> Child:
        """Pages and API by WSGI, `workers` processes; returns once they answer."""
        return self._serve("web", workers)

    def start_live(self, workers: int = 2) -> Child:
        """The same by ASGI, where programs file (cases/api/quick.py)."""
        return self._serve("live", workers)

    def _serve(self, part: str, workers: int) -> Child:
        child = self.start(part, "--port", str(self.port), "--workers", str(workers), name="web")
        self.await_pages()
        return child

    def await_pages(self) -> None:
        """Wait until the pages and their database answer. Raises DidNotOpen."""
        deadline = time.monotonic() + _OPENING
        while not self.answers():
            if time.monotonic() > deadline:
                raise DidNotOpen(f"no answer from port {self.port}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the pages are ready."""
        try:
            address = f"http://127.0.0.1:{self.port}/readyz"
            with urllib.request.urlopen(address, timeout=5) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    def rest(self) -> None:
        """Let the database clear up now, so that the next turn does not pay for the last one."""
        with psycopg.connect(self.urls.owner, autocommit=True) as owner:
            owner.execute("VACUUM (ANALYZE)")
        time.sleep(_SETTLING)  # what ended is counted with its parent before the turn begins

    def database_processes(self) -> list[int]:
        """Every process of this house's PostgreSQL."""
        return processes.carrying(self.server.cluster.mark)


@dataclass(frozen=True, slots=True)
class Staffed:
    """Who is there to be measured: an agent's token for the API, and a supervisor's session."""

    token: str
    staff_id: int
    user_id: int


def django_ready() -> None:
    """Models and commands in this process, on the house's database."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "bihuan.config.settings"
    django.setup()


def staff(at: datetime) -> Staffed:
    """The handbook in force, and one supervisor with a token; in a migrated, empty database."""
    django_ready()
    from bihuan.core.actors import SYSTEM
    from bihuan.policy import commands as policy

    policy.activate_first(by=SYSTEM, at=at)
    return hire(at)


def used(house: House) -> float:
    """Seconds of processor time that the house's children and its database have taken so far."""
    started = [child.process.pid for child in house.children if child.process is not None]
    parts = [pid for one in started for pid in figures.descendants(one)]
    return figures.cpu_seconds([*parts, *house.database_processes()])


def hire(at: datetime) -> Staffed:
    """A supervisor with a token, where the handbook is in force."""
    from bihuan.accounts import commands as accounts
    from bihuan.core.actors import SYSTEM, Role

    made = accounts.create_staff(
        name="陈主管",
        username=f"bench-{secrets.token_hex(4)}",
        roles=[Role.SUPERVISOR, Role.AGENT],
        department="customer_service",
        by=SYSTEM,
        at=at,
    )
    token = accounts.create_token(name="bench", staff_id=made.id, by=SYSTEM, at=at)
    return Staffed(token.bearer, made.id, made.user_id)


def signed_in(user_id: int) -> str:
    """The cookie of a session of this user, as a browser would send it."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(pk=user_id))
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def leave_database() -> None:
    """Close the connections this process itself holds."""
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # the PostgreSQL backend has it


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str, *arguments: str) -> list[str]:
    """The command line of one of the programs beside this module."""
    return [sys.executable, "-m", f"bihuan.cli.bench.{name}", *arguments]


def run_program(command: list[str]) -> str:
    """What a program printed; its errors go where ours go. CalledProcessError when it failed."""
    done = subprocess.run(  # noqa: S603 - a fixed list, no shell
        command, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
