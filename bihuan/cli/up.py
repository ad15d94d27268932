"""`bihuan up`: database, pages, live updates and jobs, one foreground process tree."""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psycopg

from bihuan.cli import prepare
from bihuan.cli.arguments import PORT
from bihuan.cli.children import Child
from bihuan.core import signed
from bihuan.store import addresses, binaries, cluster, marks, postgres, processes

_FAULTS = (
    postgres.AlreadyServed,
    postgres.PortTaken,
    postgres.DidNotStart,
    postgres.NotRunning,
    cluster.ClusterNotMade,
    cluster.PasswordsLost,
    cluster.WrongMajor,
    binaries.NoBinaries,
    processes.NoAccount,
    processes.Untraversable,
    marks.OtherHouse,
    prepare.Failed,
    psycopg.OperationalError,
    OSError,  # a home that is a file, or somebody else's
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK = 0.25  # seconds between two looks at the processes
_OPENING = 60.0  # seconds the pages may take to answer
_MAIL_PORTS = range(2525, 2535)
_SHOP_PORTS = range(8600, 8620)
_CLOSING = {"mail": 10.0, "shop": 5.0, "web": 15.0, "work": 30.0}  # seconds each part gets to end


class HalfADemo(Exception):
    """Loading the demo was interrupted: what is there is neither a demo nor a house."""

    def __init__(self, *, ours: bool) -> None:
        way = "start with --demo to load it anew" if ours else "make the database anew"
        super().__init__(f"the demo in this database was not loaded to its end: {way}")


class _Stop(BaseException):
    """Somebody asked the house to close (Ctrl-C, SIGTERM, SIGHUP)."""


def run(argv: Sequence[str]) -> int:
    """Serve until stopped: 0 when asked to stop, 1 when the house cannot open, 2 on bad input."""
    parser = argparse.ArgumentParser(
        prog="bihuan up",
        description="Database, pages, live updates and jobs in one foreground process tree.",
        epilog="example: bihuan up --port 8000 --demo",
    )
    parser.add_argument("--port", type=PORT, default=8000, help="port on 127.0.0.1")
    parser.add_argument("--demo", action="store_true", help="load demo data when there are none")
    given = parser.parse_args(argv)
    if not prepare.is_free(given.port):
        print(f"bihuan up: {postgres.PortTaken(given.port)}", file=sys.stderr)
        return 1
    house = House(given.port, demo=given.demo)
    for number in _SIGNALS:
        signal.signal(number, _stop)
    try:
        house.open()
        house.watch()
    except (*_FAULTS, HalfADemo) as fault:
        print(f"bihuan up: {fault}", file=sys.stderr)
        return 1
    except _Stop:
        print("正在停止……", flush=True)
        return 0
    finally:
        _hush()
        house.close()


def _stop(number: int, frame: FrameType | None) -> None:
    _hush()
    raise _Stop


def _hush() -> None:
    """Asking twice changes nothing: closing is bounded in time, and must reach the database."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class House:
    """The database server, unless DATABASE_URL names another, and the processes that use it."""

    def __init__(self, port: int, *, demo: bool, server: postgres.Server | None = None) -> None:
        self.port, self.demo, self.server = port, demo, server
        self.home = server.home if server else postgres.default_home()
        self.children: list[Child] = []

    def open(self) -> None:
        """Start everything, and print where it is. Raises one of _FAULTS."""
        urls = postgres.urls_from_environment() if "DATABASE_URL" in os.environ else None
        if urls is None:
            self.server = postgres.Server(self.home)
            urls = self.server.start()
        self.home.mkdir(parents=True, exist_ok=True, mode=0o711)
        self.clear_half_a_demo(urls)
        address = f"http://127.0.0.1:{self.port}"
        environment = prepare.environment_for(urls.app)
        environment.setdefault("BIHUAN_BASE_URL", address)
        addresses.remember_served(self.home, environment["BIHUAN_BASE_URL"])
        if self.demo:
            environment["BIHUAN_DEMO"] = "true"
            _take_mail(environment)
            shop = _open_shop(environment)
        with ThreadPoolExecutor(1) as meanwhile:
            files = meanwhile.submit(prepare.collect_static, self.home, urls)
            if prepare.migrate(urls):
                print("数据库已更新。", flush=True)
            signins = _demo(self.home, urls, environment) if self.demo else ""
            files.result()
        program = [sys.executable, "-m", "bihuan"]
        self.children = [
            Child("web", [*program, "live", "--port", str(self.port)], environment),
            Child("work", [*program, "work"], environment),
        ]
        if self.demo and shop:
            command = [*program, "shop", "--port", str(shop), "--folder", str(self.home / "shop")]
            self.children.insert(0, Child("shop", command, environment))
        if place := environment.get("BIHUAN_SMTP_LISTEN") or environment.get("BIHUAN_LMTP_LISTEN"):
            self.children.insert(0, Child("mail", [*program, "mail"], environment))
        for child in self.children:
            child.start()
        self._await_pages()
        to = environment.get("BIHUAN_MAIL_ADDRESSES") or environment.get("BIHUAN_MAIL_FROM")
        mail = f"\n收信（SMTP）：{place}，收件人 {to or 'service@localhost'}" if place else ""
        print(f"{signins}\n闭环已启动：{address}{mail}\n按 Ctrl-C 停止。", flush=True)

    def clear_half_a_demo(self, urls: postgres.Urls) -> None:
        """Only ever a demo's own database: nobody could work in one that was half loaded."""
        with psycopg.connect(urls.owner) as owner, owner.cursor() as cursor:
            if marks.read(cursor, marks.DEMO_BEGUN) is None:
                return
        if self.server is None or not self.demo:
            raise HalfADemo(ours=self.server is not None)
        print("上次的演示数据没有生成完，从头再来。", flush=True)
        self.server.empty()

    def watch(self) -> NoReturn:
        """Start again whatever dies, until stopped."""
        while True:
            self._look()
            time.sleep(_LOOK)

    def close(self) -> None:
        """End the pages, then the jobs, then the database."""
        for child in self.children:
            child.stop(_CLOSING[child.name])
        if self.server is not None:
            with contextlib.suppress(postgres.AlreadyServed, OSError):  # then it never was ours
                self.server.stop()

    def _look(self) -> None:
        if self.server is not None and not self.server.running():
            print("数据库已中断，正在恢复……", file=sys.stderr, flush=True)
            self.server.start()
        for child in self.children:
            code = child.look()
            if code is not None:
                print(
                    f"{child.name} 已退出（{code}），{child.wait:.0f} 秒后重启",
                    file=sys.stderr,
                    flush=True,
                )

    def _await_pages(self) -> None:
        deadline = time.monotonic() + _OPENING
        while prepare.is_free(self.port):
            self._look()
            if time.monotonic() > deadline:
                raise prepare.Failed("bihuan live")
            time.sleep(0.05)


def _take_mail(environment: dict[str, str]) -> None:
    """A demo takes mail too, by a port of its own on this machine; answers come back by a tag."""
    ways = ("BIHUAN_SMTP_LISTEN", "BIHUAN_LMTP_LISTEN")
    if not any(environment.get(name) or environment.get(f"{name}_FILE") for name in ways):
        port = next((port for port in _MAIL_PORTS if prepare.is_free(port)), None)
        if port:
            environment["BIHUAN_SMTP_LISTEN"] = f"127.0.0.1:{port}"
    environment.setdefault("BIHUAN_MAIL_TAGGED", "true")


def _open_shop(environment: dict[str, str]) -> int:
    """The port of a demo's own shop; 0 where another order system is named."""
    if environment.get("BIHUAN_ORDERS_URL"):
        return 0
    port = next((port for port in _SHOP_PORTS if prepare.is_free(port)), 0)
    if port:
        environment["BIHUAN_ORDERS_URL"] = f"http://127.0.0.1:{port}/"
        environment["BIHUAN_ORDERS_KEYS"] = signed.written(secrets.token_bytes(32))
    return port


def _demo(home: Path, urls: postgres.Urls, environment: dict[str, str]) -> str:
    """Load the demo into a database without cases; the table of sign-ins, also of last time."""
    file = home / "demo.signins"
    with psycopg.connect(urls.app) as app:
        row = app.execute("SELECT EXISTS (SELECT FROM cases_case)").fetchone()
    if row == (True,):
        return file.read_text(encoding="utf-8") if file.exists() else ""
    print("正在生成演示数据……", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "bihuan", "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
        start_new_session=True,
    )
    if done.returncode != 0:
        raise prepare.Failed("bihuan demo")
    file.touch(mode=0o600)
    file.write_text(done.stdout, encoding="utf-8")
    return done.stdout
