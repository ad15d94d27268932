"""A house with its lights on: a database, its people, and the programs that serve and work."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bihuan.cli.tests.ports import free_port

PASSWORD = "open-the-desk-7"
SHOP = "http://localhost:8199"  # a site that may show the contact window
PHONE_NO, MAIL = "13900002718", "aili@example.com"  # 爱丽's
TEXT = (
    "11月16日收到，开箱就发现底座有一道约 4 厘米的裂纹，加水后漏水。"
    "联系店铺，对方说签收即视为完好。"
)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class House:
    """Where it stands, where its letters lie, and what was told in it before."""

    url: str
    mailbox: Path
    serve_anew: Callable[[], None]  # what serves pages is killed, and begins again
    waiting: str  # number of a case whose result 爱丽 has not confirmed yet
    late: str  # number of a case that nobody has accepted in time
    cookies: dict[str, list[Any]] = field(default_factory=dict)  # of those who have signed in

    def code_for(self, mark: str, seen: set[str]) -> str:
        """The newest one-time code in the mailbox that is not among the `seen`."""
        from bihuan.notify.providers import mailbox

        fresh: list[mailbox.Letter] = []
        assert eventually(
            lambda: (
                fresh.extend(
                    x for x in mailbox.letters(self.mailbox) if mark in x.to and x.name not in seen
                )
                or fresh
            )
        ), f"no letter for {mark}"
        found = re.search(r"\b\d{6}\b", fresh[0].text)
        assert found, fresh[0].text
        return found.group()

    def letters(self) -> set[str]:
        """The names of all letters there are now."""
        return {file.stem for file in self.mailbox.glob("*.eml")}


def eventually(claim: Callable[[], object], seconds: float = 20) -> bool:
    """Whether the claim comes true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def aside(act: Callable[[], Answer]) -> Answer:
    """Do this in a thread of its own: the browser's loop lives in ours, and Django minds."""
    from django.db import connection

    def run() -> Answer:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as one:
        return one.submit(run).result()


def program(*words: str) -> subprocess.CompletedProcess[str]:
    """`bihuan …` to its end, on the house's database."""
    command = [sys.executable, "-m", "bihuan", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@contextlib.contextmanager
def lights_on(home: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The address at which `bihuan live` serves, while `bihuan work` does the jobs beside it.

    With it what kills the first in the middle of whatever it does, and starts it again there.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment, said = _environment(home, url), home / "browser.said"
    with said.open("wb") as out:

        def begin(*part: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", "bihuan", *part]
            # a group of its own: the program that listens has children that serve
            return subprocess.Popen(
                command, env=environment, stdout=out, stderr=out, process_group=0
            )

        def serve() -> subprocess.Popen[bytes]:
            started = begin("live", "--port", str(port))
            ready = eventually(lambda: _is_ready(f"{url}/readyz"), 180)
            assert ready, said.read_text(encoding="utf-8")
            return started

        def serve_anew() -> None:
            os.killpg(running[-1].pid, signal.SIGKILL)
            running[-1].wait()
            running[-1] = serve()

        running = [begin("work")]
        try:
            running.append(serve())
            yield url, serve_anew
        finally:
            for one in running:
                one.terminate()
            for one in running:
                _end(one)


def _environment(home: Path, url: str) -> dict[str, str]:
    """What the programs of this house are set to."""
    return os.environ | {
        "BIHUAN_DEMO": "true",
        "BIHUAN_BASE_URL": url,
        "BIHUAN_HOME": str(home),
        "BIHUAN_UNDO_SECONDS": "4",
        "BIHUAN_WIDGET_ORIGINS": SHOP,
        "BIHUAN_WECHAT_APP_ID": "wx0123456789abcdef",  # whose API nobody answers here
        "BIHUAN_WECHAT_SECRET": "of the tests",
        "BIHUAN_WECHAT_TOKEN": "spamtest",
        "BIHUAN_WECHAT_URL": "http://127.0.0.1:9",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def move_in(now: datetime) -> dict[str, str]:
    """爱丽 and her order, 林悦, 陈主管; two older cases. The numbers of the cases."""
    from bihuan.accounts import commands as accounts
    from bihuan.accounts.commands import Contact
    from bihuan.cases import commands, queries, tasks
    from bihuan.cases.commands import Filing
    from bihuan.core.actors import SYSTEM, Actor, Role
    from bihuan.orders import commands as orders
    from bihuan.policy import commands as policy
    from bihuan.policy import loader
    from bihuan.policy import queries as policies

    policies.forget()
    queries.forget_loads()
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    policy.activate(path=Path(loader.CURRENT), by=SYSTEM, at=long_ago)
    lin = _staff("林悦", "linyue", Role.AGENT)
    _staff("陈主管", "chen", Role.SUPERVISOR, "")
    _staff("顾宁", "guning", Role.PRIVACY_OFFICER, "legal")
    _staff("孙工", "sungong", Role.ADMINISTRATOR, "")
    _declared(now)
    contact = Contact(name="爱丽", phone=PHONE_NO, email=MAIL, account="U88202611")
    ai_li = accounts.register_person(contact=contact, at=long_ago)
    shop = accounts.create_merchant(name="悦居家电旗舰店", by=SYSTEM, at=long_ago)
    order = orders.copy_order(person_id=ai_li, bought=_bought(shop.id, now), by=SYSTEM, at=now)
    filed_at = now - timedelta(days=6)
    who: dict[str, Any] = {"by": Actor(ai_li, frozenset({Role.CUSTOMER})), "at": filed_at}

    def file(subject: str, issue: str) -> str:
        filing = Filing(
            kind="complaint", channel="app", subject=subject, text=TEXT, issue=issue,
            contact=Contact(), person_id=ai_li, order_id=order.id, wish="退货退款",
        )  # fmt: skip
        return commands.file(filing=filing, **who).case.number

    late = file("快递显示签收，本人未收到", "delivery_delay")
    waiting = file("买到的杯子与页面描述不符", "not_as_described")
    _answered(waiting, lin, now - timedelta(hours=20))
    tasks.sweep(now)
    return {"late": late, "waiting": waiting}


def _declared(now: datetime) -> None:
    """丁外人 has said who he is, and nobody has looked at it yet."""
    from bihuan.accounts import commands as accounts
    from bihuan.accounts.commands import Contact
    from bihuan.core.actors import Actor, Role

    ding = accounts.register_person(contact=Contact(name="丁外人", phone="13900005555"), at=now)
    accounts.declare_identity(
        document="id_card", name="丁外人", number="11010519491231002X", consent=True,
        by=Actor(ding, frozenset({Role.CUSTOMER})), at=now,
    )  # fmt: skip


def _bought(shop: int, now: datetime) -> Any:
    from bihuan.orders.commands import Bought

    return Bought(
        "88202611160001", "静音破壁机 L18（米白色）", 32_900, now - timedelta(days=9),
        merchant_id=shop, received_at=now - timedelta(days=7),
        page="静音破壁机 L18，整机保修一年。", terms="七天无理由退货，运费险已投保。",
    )  # fmt: skip


def _staff(name: str, username: str, role: Any, department: str = "customer_service") -> Any:
    from bihuan.accounts import commands as accounts
    from bihuan.core.actors import Actor, Role

    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    house = Actor(0, frozenset({Role.SYSTEM, Role.ADMINISTRATOR}))
    made = accounts.create_staff(
        name=name, username=username, roles=[role], department=department,
        by=house, at=long_ago,
    )  # fmt: skip
    token = accounts.start_link(staff=made, at=long_ago)
    accounts.set_first_password(token=token, password=PASSWORD, at=long_ago)
    return Actor(made.id, frozenset({role}), department, name)


def _answered(number: str, by: Any, at: datetime, lead: int = 0) -> None:
    """Take every step that is owed, up to the notice of the result."""
    from bihuan.cases import commands, queries
    from bihuan.desk import decide

    words = "商家未提供出厂检验记录，照片与描述一致。"
    said = {
        "accept": {"text": "已受理，正在核对订单。"},
        "confirm_problem": {"problem": words},
        "answer": {"text": "您的投诉已受理，我们会在两天内给出结果。"},
        "propose": {"solution": "拟支持全额退款。"},
        "review": {"reason": "材料齐全。"} | ({"lead_id": lead} if lead else {}),
        "find": {"finding": words, "measure": "全额退款。"},
        "tell": {"text": "初步结果：支持退款。"},
        "resolve": {"outcome": "supported", "reason": "商品与描述不符。", "basis": "2.3.2"},
        "notify": {
            "progress": "核对了订单、照片和商家说明。",
            "result": "全额退款 329.00 元，运费由商家承担。",
            "follow_ups": [
                {
                    "what": "三天内回访确认退款到账",
                    "owner_id": by.id,
                    "due_on": (at + timedelta(days=3)).date().isoformat(),
                }
            ],
        },
    }
    case = queries.get(number, by)
    raw = [(step, dict(said[step])) for step in decide.steps(case)]
    commands.take_all(raw, number=number, expected_version=None, by=by, at=at)


def major_and_told(now: datetime) -> str:
    """A complaint of 爱丽's that was found to be major, decided and told; its number."""
    from bihuan.accounts import queries as accounts
    from bihuan.cases import commands
    from bihuan.cases.commands import Contact, Filing
    from bihuan.core.actors import Actor, Role

    lin, chen = (accounts.staff(accounts.called(name)[0].id).actor for name in ("linyue", "chen"))  # type: ignore[union-attr]
    ai_li = Actor(accounts.known_by(PHONE_NO), frozenset({Role.CUSTOMER}))
    filing = Filing(
        kind="complaint", channel="app", subject="破壁机底座开裂", text=TEXT,
        issue="product_quality", contact=Contact(), person_id=ai_li.id, wish="退货退款",
    )  # fmt: skip
    at = now - timedelta(hours=3)
    number = commands.file(filing=filing, by=ai_li, at=at).case.number
    commands.set_severity(number=number, severity="major", reason="多人反映", by=lin, at=at)
    commands.approve_severity(number=number, by=chen, at=at)
    _answered(number, lin, now - timedelta(hours=1), lead=lin.id)
    return number
