"""Mails a second by SMTP until each is a committed case, while the worker runs in the house."""

from __future__ import annotations

import random
import smtplib
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import psycopg

from bihuan.cli.bench import figures, stories
from bihuan.cli.bench.figures import Goal
from bihuan.cli.bench.house import House, free_port, leave_database, staff, used

WANTED = 60.0  # mails a second
TO = "service@example.com"
_OPENING = 30.0
_LOOK = 0.05
_ENOUGH = 900.0  # seconds: something is wrong
_CASES = "SELECT count(*) FROM cases_case WHERE channel = 'email'"
_LATE = """
SELECT coalesce(extract(epoch FROM percentile_cont(0.95) WITHIN GROUP (
    ORDER BY registered_at - received_at)), 0) FROM cases_case WHERE channel = 'email'
"""


def run(name: str, argv: Sequence[str]) -> int:
    """Measure; 1 when it is too slow, or a mail that was taken is no case."""
    parser = figures.parser(
        name,
        "Complaints in Chinese by SMTP from several connections, until each is a case.",
        "mail --mails 3000 --connections 8",
    )
    parser.add_argument("--mails", type=int, default=3_000, help="how many")
    parser.add_argument("--connections", type=int, default=8, help="how many at once")
    parser.add_argument("--seed", type=int, default=2025, help="of what people write")
    given = parser.parse_args(argv)
    port = free_port()
    with House() as house:
        house.environment |= {
            "BIHUAN_SMTP_LISTEN": f"127.0.0.1:{port}", "BIHUAN_MAIL_ADDRESSES": TO,
        }  # fmt: skip
        staff(datetime.now(UTC))
        leave_database()
        found = _measured(house, port, given.mails, given.connections, given.seed)
    figures.end_of_progress()
    goals = [
        Goal("mails_a_second", found["mails_a_second"], ">=", WANTED),
        Goal("cases", found["cases"], ">=", given.mails),
        Goal("cases_too_many", found["cases"] - given.mails, "<=", 0),
    ]
    return figures.told(name, goals, found, as_json=given.json, seed=given.seed)


def _measured(house: House, port: int, mails: int, connections: int, seed: int) -> dict[str, Any]:
    house.start("mail")
    house.start("work")
    _await(port)
    written = _letters(mails, seed)
    shares = [written[number::connections] for number in range(connections)]
    seconds: list[float] = []
    with psycopg.connect(house.urls.owner, autocommit=True) as owner:
        figures.progress("mail", "sending")
        cpu, begun = used(house), time.perf_counter()
        threads = [threading.Thread(target=_send, args=(port, s, seconds)) for s in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = time.perf_counter() - begun
        figures.progress("mail", "until all are cases")
        while (cases := _count(owner, _CASES)) < mails and time.perf_counter() - begun < _ENOUGH:
            time.sleep(_LOOK)
        filed = time.perf_counter() - begun
        return {
            "mails": mails,
            "mails_a_second": round(mails / filed, 1),
            "taken_a_second": round(mails / taken, 1),
            "taken_p95_ms": round(1000 * figures.percentile(seconds, 0.95), 1),
            "to_case_p95_seconds": round(_count(owner, _LATE), 2),
            "cases": int(cases),
            "cpu_ms_a_mail": round(1000 * (used(house) - cpu) / mails, 2),
        }


def _letters(many: int, seed: int) -> list[bytes]:
    """Mails of a few hundred characters; one in four in GB18030, one in five with a quotation."""
    dice = random.Random(seed)
    return [_letter(number, stories.told(dice), dice) for number in range(many)]


def _letter(number: int, told: dict[str, Any], dice: random.Random) -> bytes:
    mail = EmailMessage(policy=SMTP)
    text = f"{told['text']}我要投诉。"
    mail["From"], mail["To"] = f"{told['contact']['name']} <person{number}@example.com>", TO
    mail["Subject"] = f"投诉：{told['subject']}"
    mail["Message-ID"] = f"<{number}.{dice.random()}@example.com>"
    if dice.random() < 0.2:
        text += (
            f"\n\n在 2026-11-03 15:20:11，客服 <{TO}> 写道：\n> 您好，已收到。\n> 请提供照片。\n"
        )
    charset = "gb18030" if dice.random() < 0.25 else "utf-8"
    mail.set_content(text, charset=charset, cte="base64")
    return mail.as_bytes()


def _send(port: int, mails: Sequence[bytes], seconds: list[float]) -> None:
    """One connection that hands in its share, one after another."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench.example", timeout=60) as server:
        for mail in mails:
            begun = time.perf_counter()
            server.sendmail("person@example.com", [TO], mail)
            seconds.append(time.perf_counter() - begun)


def _await(port: int) -> None:
    deadline = time.monotonic() + _OPENING
    while True:
        try:
            smtplib.SMTP("127.0.0.1", port, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK)


def _count(owner: psycopg.Connection[Any], question: str) -> float:
    return float((owner.execute(question).fetchone() or [0])[0])
