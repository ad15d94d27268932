"""WeChat's API on 127.0.0.1, by its own protocol: tokens that end, hours, limits, who left."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bihuan.core.tests.serving import Desk, House, serving

APP_ID, SECRET = "wx0123456789abcdef", "a secret of the tests"
TEMPLATE = "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY"
OPENID = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
HOURS = timedelta(hours=48)
LIFE = 7200
MOST_UNANSWERED = 5
LONGEST = {"thing": 20, "character_string": 32}


class Weixin(House):
    """`said` and `templates` hold what was taken; `spoke` when a follower last wrote.

    `tokens` are good; `busy` answers so many calls with -1; `loses` takes so many and hangs up.
    """

    def __init__(self) -> None:
        super().__init__(_Desk)
        self.now = datetime(2026, 2, 13, 8, tzinfo=UTC)
        self.tokens: list[str] = []
        self.asked: list[str] = []
        self.spoke: dict[str, datetime] = {OPENID: self.now}
        self.gone: set[str] = set()
        self.blocked: set[str] = set()
        self.unanswered: dict[str, int] = {}
        self.said: list[dict[str, Any]] = []
        self.templates: list[dict[str, Any]] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.busy = self.loses = 0
        self.refuses: dict[str, int] = {}

    def end_token(self) -> None:
        """The token that everybody has is over."""
        self.tokens.clear()


class _Desk(Desk):
    server: Weixin

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(parts.path)
        if parts.path == "/cgi-bin/stable_token":
            return self._token(body)
        token = dict(parse_qsl(parts.query)).get("access_token")
        if not self._is_good(token):
            return None
        if self.server.busy:
            self.server.busy -= 1
            return self._no(-1, "system error")
        if code := self.server.refuses.get(parts.path):
            return self._no(code, "refused hint: [abc] rid: 1")
        if fault := self._who(body["touser"]):
            return self._no(*fault)
        if parts.path == "/cgi-bin/message/custom/send":
            return self._custom(body)
        return self._template(body)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(parts.path)
        asked = dict(parse_qsl(parts.query))
        if not self._is_good(asked.get("access_token")):
            return None
        if code := self.server.refuses.get(parts.path):
            return self._no(code, "refused")
        kind, data = self.server.media.get(asked.get("media_id", ""), ("", b""))
        if not kind:
            return self._no(40007, "invalid media_id hint: [x]")
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-disposition", 'attachment; filename="MEDIA_ID.jpg"')
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        return None

    def _token(self, body: dict[str, Any]) -> None:
        if body["grant_type"] != "client_credential" or body["appid"] != APP_ID:
            return self._no(40013, "invalid appid")
        if body["secret"] != SECRET:
            return self._no(40125, "invalid appsecret, rid: 1")
        if body["force_refresh"] or not self.server.tokens:
            self.server.tokens = [f"token-{len(self.server.asked)}"]
        return self._say({"access_token": self.server.tokens[-1], "expires_in": LIFE})

    def _is_good(self, token: str | None) -> bool:
        if token in self.server.tokens:
            return True
        self._no(42001 if token else 41001, "access_token expired rid: 6")
        return False

    def _who(self, openid: str) -> tuple[int, str] | None:
        if openid not in self.server.spoke:
            return 40003, "invalid openid"
        if openid in self.server.gone:
            return 43004, "require subscribe"
        return (43019, "require remove blacklist") if openid in self.server.blocked else None

    def _custom(self, body: dict[str, Any]) -> None:
        openid, text = body["touser"], body["text"]["content"]
        if len(text.encode()) > 2048:
            return self._no(45002, "content size out of limit")
        if self.server.now - self.server.spoke[openid] > HOURS:
            return self._no(45015, "response out of time limit or subscription is canceled")
        if self.server.unanswered.get(openid, 0) >= MOST_UNANSWERED:
            return self._no(45047, "out of response count limit")
        self.server.unanswered[openid] = self.server.unanswered.get(openid, 0) + 1
        self.server.said.append(body)
        return self._taken({"errcode": 0, "errmsg": "ok"})

    def _template(self, body: dict[str, Any]) -> None:
        if body["template_id"] != TEMPLATE:
            return self._no(40037, "invalid template_id")
        for name, one in body["data"].items():
            most = LONGEST.get(name.rstrip("0123456789"), 200)
            if not 0 < len(one["value"]) <= most:
                return self._no(47003, f"argument invalid! data.{name}.value invalid")
        if all(one["client_msg_id"] != body["client_msg_id"] for one in self.server.templates):
            self.server.templates.append(body)
        return self._taken({"errcode": 0, "errmsg": "ok", "msgid": len(self.server.templates)})

    def _taken(self, said: dict[str, Any]) -> None:
        if self.server.loses:
            self.server.loses -= 1
            self.close_connection = True
            return self.connection.close()
        return self._say(said)

    def _no(self, code: int, said: str) -> None:
        self._say({"errcode": code, "errmsg": said})

    def _say(self, said: dict[str, Any]) -> None:
        self.say(200, said, "application/json; encoding=utf-8")


def running() -> AbstractContextManager[Weixin]:
    """WeChat, until the block ends."""
    return serving(Weixin())
