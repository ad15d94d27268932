"""爱丽's WeChat: what her telephone says, as WeChat's servers sign it and send it on."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from django.test import Client

from bihuan.config.wechat import OfficialAccount
from bihuan.notify.tests import weixin
from bihuan.wechat import commands, tasks
from bihuan.wechat.models import Received
from bihuan.wechat.rules import envelope
from bihuan.wechat.rules import said as rules

TOKEN, ACCOUNT = "spamtest", "gh_10f6c3c3ac5a"
AES_KEY = base64.b64decode("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=")
URL = "/api/v1/wechat"
_ids = count(6054768590064713728)


def account(**changes: Any) -> OfficialAccount:
    """Our account with WeChat, in plain mode."""
    given: dict[str, Any] = {
        "app_id": weixin.APP_ID, "secret": weixin.SECRET, "token": TOKEN,
        "template": weixin.TEMPLATE,
        "fields": {"thing1": "title", "character_string2": "number"},
    }  # fmt: skip
    return OfficialAccount(**(given | changes))


def xml(kind: str, at: datetime, openid: str = weixin.OPENID, **more: str) -> bytes:
    """One message as WeChat writes it."""
    fields = {
        "ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": str(int(at.timestamp())),
        "MsgType": kind,
    }  # fmt: skip
    if kind != "event":
        fields["MsgId"] = str(next(_ids))
    inside = "".join(f"<{n}>{escape(v)}</{n}>" for n, v in (fields | more).items())
    return f"<xml>{inside}</xml>".encode()


@dataclass
class Phone:
    """Somebody's WeChat, at a moment that goes on by itself. `says` goes past the door."""

    at: datetime
    openid: str = weixin.OPENID

    def says(self, text: str = "", kind: str = "text", after: float = 60, **more: str) -> str:
        """What is answered."""
        self.at += timedelta(seconds=after)
        given = {"Content": text} if kind == "text" else {}
        return self.sends(xml(kind, self.at, self.openid, **given, **more))

    def sends(self, raw: bytes) -> str:
        return commands.receive(said=rules.read(envelope.fields(raw)), raw=raw, at=self.at)

    def waits(self, seconds: float = 1) -> int:
        """What the clock brings."""
        self.at += timedelta(seconds=seconds)
        return tasks.take(self.at)

    @property
    def last(self) -> Received:
        return Received.objects.latest("id")


def posted(raw: bytes, when: datetime, *, nonce: str = "", stamp: str = "", **changes: str) -> Any:
    """Through the door, signed in plain mode; `changes` are other parameters of the address."""
    stamp, nonce = stamp or str(int(when.timestamp())), nonce or secrets.token_hex(5)
    asked = {
        "signature": envelope.signature(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce,
    }  # fmt: skip
    url = f"{URL}?{urlencode(asked | changes)}"
    return Client().post(url, raw, content_type="text/xml")
