"""The demo's shop: a small order system with a state of its own that keeps docs/orders.md."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bihuan.core import signed
from bihuan.core.ports import OrderFacts

FILE = "shop.sqlite3"
DECIDES, PAYS = timedelta(seconds=20), timedelta(seconds=60)  # after it was asked
MOST = 65_536  # bytes of a request
OBJECTS = "商家：商品已使用并影响二次销售，不同意全额退款，可协商部分退款"
TOO_MUCH = "超过订单可退金额"
UNKNOWN = "没有这个订单"
_TABLES = """
CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, account TEXT, facts TEXT);
CREATE INDEX IF NOT EXISTS by_account ON orders (account);
CREATE TABLE IF NOT EXISTS refunds (
    key TEXT PRIMARY KEY, number TEXT, amount INTEGER, reason TEXT, asked_at TEXT, refused TEXT
);
"""
Row = Mapping[str, Any]


class KeyConflict(Exception):
    """The same key was used for another refund."""


class Shop:
    """Orders and refunds in one file; every answer is as of a moment."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / FILE
        with closing(self._open()) as db:
            db.executescript(_TABLES)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.file, timeout=5, isolation_level=None)
        db.row_factory = sqlite3.Row
        return db

    def put(self, orders: Iterable[OrderFacts]) -> None:
        """Stock these orders, each once."""
        rows = [(one.number, one.account, json.dumps(_plain(one))) for one in orders]
        with closing(self._open()) as db, db:
            db.execute("BEGIN")
            db.executemany("INSERT OR REPLACE INTO orders VALUES (?, ?, ?)", rows)

    def put_refund(self, key: str, number: str, amount: int, reason: str, at: datetime) -> None:
        """One that was asked for earlier."""
        with closing(self._open()) as db, db:
            self._refund(db, key, number, amount, reason, at)

    def answer(self, kind: str, data: Row, at: datetime) -> dict[str, Any]:
        """To one question. KeyError, ValueError and TypeError for what is none; KeyConflict."""
        with closing(self._open()) as db, db:
            if kind == "order.find":
                sql, given = "SELECT * FROM orders WHERE number = ?", str(data["number"])
                row = db.execute(sql, [given]).fetchone()
                return {"order": self._order(db, row, at) if row else None}
            if kind == "orders.of_account":
                sql, given = "SELECT * FROM orders WHERE account = ?", str(data["account"])
                found = [self._order(db, row, at) for row in db.execute(sql, [given]).fetchall()]
                found.sort(key=lambda one: str(one["placed_at"]), reverse=True)
                return {"orders": found[:100]}
            if kind == "refund.ask":
                row = self._refund(
                    db, str(data["key"]), str(data["number"]), int(data["amount_fen"]),
                    str(data["reason"]), at,
                )  # fmt: skip
                return {"refund": _refund(row, at)}
            if kind == "refund.find":
                sql, given = "SELECT * FROM refunds WHERE key = ?", str(data["key"])
                row = db.execute(sql, [given]).fetchone()
                return {"refund": _refund(row, at) if row else None}
            raise ValueError(kind)

    def _order(self, db: sqlite3.Connection, row: Row, at: datetime) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(row["facts"])
        asked = db.execute("SELECT * FROM refunds WHERE number = ?", [row["number"]]).fetchall()
        facts["refunded_fen"] += sum(one["amount"] for one in asked if _state(one, at) == "done")
        if facts["refunded_fen"]:
            whole = facts["refunded_fen"] >= facts["paid_fen"]
            facts["payment_state"] = "refunded" if whole else "part_refunded"
        return facts

    def _refund(
        self, db: sqlite3.Connection, key: str, number: str, amount: int, reason: str, at: datetime
    ) -> Row:
        """Kept once for each key; what the shop will say is settled when it is asked."""
        db.execute("BEGIN IMMEDIATE")  # two at once would both find the whole sum left
        sql = "SELECT * FROM refunds WHERE key = ?"
        known: Row | None = db.execute(sql, [key]).fetchone()
        if known is not None:
            if (known["number"], known["amount"]) != (number, amount):
                raise KeyConflict(key)
            return known
        refused = self._objection(db, number, amount)
        values = [key, number, amount, reason, at.isoformat(), refused]
        db.execute("INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?)", values)
        row: Row = db.execute(sql, [key]).fetchone()
        return row

    def _objection(self, db: sqlite3.Connection, number: str, amount: int) -> str:
        found = db.execute("SELECT facts FROM orders WHERE number = ?", [number]).fetchone()
        if found is None:
            return UNKNOWN
        facts = json.loads(found["facts"])
        sql = "SELECT COALESCE(SUM(amount), 0) FROM refunds WHERE number = ? AND refused = ''"
        (taken,) = db.execute(sql, [number]).fetchone()
        if not 0 < amount <= facts["paid_fen"] - facts["refunded_fen"] - taken:
            return TOO_MUCH
        return OBJECTS if objects_to(number, amount, facts["paid_fen"]) else ""


def objects_to(number: str, amount: int, paid: int) -> bool:
    """Whether its shop lets no whole refund go: one in four, by the number."""
    return amount == paid and sum(int(c) for c in number if c.isdecimal()) % 4 == 0


def _state(row: Row, at: datetime) -> str:
    waited = at - datetime.fromisoformat(row["asked_at"])
    if row["refused"] in (UNKNOWN, TOO_MUCH):
        return "refused"
    if waited < DECIDES:
        return "pending"
    if row["refused"]:
        return "refused"
    return "done" if waited >= PAYS else "accepted"


def _refund(row: Row, at: datetime) -> dict[str, Any]:
    state = _state(row, at)
    since = {"accepted": DECIDES, "done": PAYS}.get(state, timedelta(0))
    return {
        "key": row["key"],
        "number": row["number"],
        "amount_fen": row["amount"],
        "state": state,
        "at": (datetime.fromisoformat(row["asked_at"]) + since).isoformat(),
        "reason": row["refused"] if state == "refused" else "",
    }


def _plain(order: OrderFacts) -> dict[str, Any]:
    """As the contract writes it."""
    said = asdict(order)
    said["placed_at"] = order.placed_at.isoformat()
    said["received_at"] = order.received_at.isoformat() if order.received_at else None
    said["parcel"] = [
        {"at": step.at.isoformat(), "code": step.code, "text": step.text} for step in order.parcel
    ]
    return said


def _answer(
    shop: Shop, keys: Sequence[bytes], heads: Mapping[str, str], body: bytes, at: datetime
) -> tuple[int, Row]:
    """Status and answer to a request; nobody without the key is told anything."""
    fault = signed.fault(
        keys, id=heads.get("webhook-id", ""), body=body, at=at,
        timestamp=heads.get("webhook-timestamp", ""),
        signatures=heads.get("webhook-signature", ""),
    )  # fmt: skip
    if fault:
        return 401, {"error": fault}
    try:
        asked = json.loads(body)
        return 200, shop.answer(asked["type"], asked["data"], at)
    except KeyConflict:
        return 409, {"error": "key_conflict"}
    except (KeyError, ValueError, TypeError):
        return 400, {"error": "malformed"}


def serve(
    shop: Shop, keys: Sequence[bytes], port: int, *, now: Callable[[], datetime]
) -> ThreadingHTTPServer:
    """A server on this machine that answers for this shop, not yet running. OSError."""

    class Counter(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            size = self.headers.get("content-length", "")
            if not size.isdecimal() or int(size) > MOST:
                return self._say(413, {"error": "too_large"})
            body, at, heads = self.rfile.read(int(size)), now(), self.headers
            status, said = _answer(
                shop, keys, {name.lower(): value for name, value in heads.items()}, body, at
            )
            if status != 200:
                return self._say(status, said)
            return self._say(200, said, id=f"re_{heads['webhook-id']}", at=at)

        def _say(self, status: int, said: Row, *, id: str = "", at: datetime | None = None) -> None:
            body = json.dumps(said, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            for name, value in signed.headers(keys, id, at, body).items() if at else ():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Numbers of orders are in no log."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Counter)
    server.daemon_threads = True
    return server
