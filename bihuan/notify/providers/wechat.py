"""WeChat official account (公众号): what is told there, and what was sent there and is fetched.

Within 48 hours of the person's last word a message may say anything (客服消息); later only an
approved template may go (模板消息), which has a title and a link. WeChat itself knows the hours:
it is asked for the first and, when it refuses, for the second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost
from bihuan.notify.providers import line as lines

_CHINA = timezone(timedelta(hours=8))
_OPENID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NUMBER = re.compile(r"[A-Z]{2}\d{12,20}")
TEXT_MOST = 2048  # bytes of a message in words
#: The token is over, or another took its place.
_TOKEN_OVER = frozenset({40001, 40014, 42001})
#: About this person: no follower, blocked, not an openid of ours, or refused such messages.
_IN_VAIN = frozenset({40003, 43004, 43005, 43019, 43101, 45002, 47003})
#: Words may not go now: the hours are over, too many went without an answer, or not our right.
_ONLY_TEMPLATE = frozenset({45015, 45047, 48001, 48002})
#: How long a value of a template may be, by what its name begins with.
_LONGEST = {"thing": 20, "character_string": 32, "phrase": 5, "const": 20, "short_thing": 5}


class Keeper(Protocol):
    """Where every process finds the token, and where it is told how asking for one went."""

    def token(self) -> str:
        """The token that is good now; "" when there is none."""
        ...

    def keep(self, token: str, seconds: int) -> None:
        """WeChat gave this one, good for so long."""
        ...

    def failed(self, said: str) -> None:
        """WeChat gave none, and why."""
        ...


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, voice or film as it was sent, and what WeChat calls it."""

    data: bytes
    content_type: str
    name: str


class Line:
    """To WeChat's API, with a token that every process shares. `url` is plain http only in tests.

    Raises NoAnswer when nobody answers or it is about us, ReplyLost when it may have been done.
    """

    def __init__(
        self,
        *,
        app_id: str,
        secret: str,
        keeper: Keeper,
        url: str = "https://api.weixin.qq.com",
        timeout: float = lines.TIMEOUT,
    ) -> None:
        self.app_id, self.secret, self.keeper = app_id, secret, keeper
        self.url, self.timeout = urlsplit(url), timeout

    def call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """WeChat's answer with its `errcode`; a token that is over is replaced once."""
        token = self._token()
        answer = self._asked("POST", path, {"access_token": token}, body)
        if answer.get("errcode") in _TOKEN_OVER:
            answer = self._asked("POST", path, {"access_token": self._token(over=token)}, body)
        return answer

    def media(self, media_id: str, most: int) -> Media:
        """What was sent under this id, up to three days ago. Undeliverable when it is not there.

        ValueError when it has more than `most` bytes.
        """
        token = self._token()
        found = self._media(media_id, token, most)
        if isinstance(found, dict) and found.get("errcode") in _TOKEN_OVER:
            found = self._media(media_id, self._token(over=token), most)
        if isinstance(found, Media):
            return found
        said, code = _said(found), found.get("errcode")
        if code == 40007 or "video_url" in found:
            raise Undeliverable(said)
        raise NoAnswer(said)

    def _media(self, media_id: str, token: str, most: int) -> Media | dict[str, Any]:
        asked = {"access_token": token, "media_id": media_id}
        status, heads, data = self._sent("GET", "/cgi-bin/media/get", asked, None, most + 1)
        kind = heads.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ("application/json", "text/plain"):
            return _read(status, data)
        if status != 200:
            raise NoAnswer(f"{status}")
        if len(data) > most:
            raise ValueError("too_large")
        name = re.search(r'filename="?([^";]{1,100})', heads.get("content-disposition", ""))
        return Media(data, kind, name[1] if name else media_id[:16])

    def _token(self, over: str = "") -> str:
        """The shared one; a new one when there is none, or when this one is over."""
        kept = self.keeper.token()
        if kept and kept != over:
            return kept  # somebody else has fetched another meanwhile
        given = self._given(force=False)
        return self._given(force=True) if given == over else given

    def _given(self, *, force: bool) -> str:
        """From the stable endpoint: until its end every process is given the same one."""
        asked = {
            "grant_type": "client_credential", "appid": self.app_id, "secret": self.secret,
            "force_refresh": force,
        }  # fmt: skip
        try:
            answer = self._asked("POST", "/cgi-bin/stable_token", {}, asked)
            token, seconds = str(answer.get("access_token", "")), answer.get("expires_in")
            if not token or not isinstance(seconds, int):
                raise NoAnswer(_said(answer))
        except OSError as fault:
            self.keeper.failed(str(fault)[:200])
            raise NoAnswer(f"token: {fault}") from fault  # nothing was sent yet
        self.keeper.keep(token, seconds)
        return token

    def _asked(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        raw = json.dumps(body, ensure_ascii=False).encode()  # an escaped 中 would be shown as such
        status, _, data = self._sent(method, path, query, raw, lines.ANSWER_MOST)
        return _read(status, data)

    def _sent(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | None, most: int
    ) -> tuple[int, dict[str, str], bytes]:
        heads = {"Content-Type": "application/json; charset=utf-8"} if body is not None else {}
        path = f"{path}?{urlencode(query)}" if query else path
        return lines.asked(self.url, method, path, body, heads, timeout=self.timeout, most=most)


class Wechat:
    """Notifier by WeChat. `fields` says which value of the template is `title`, `number`, `time`.

    `at` is when this sweep runs. Without a template nothing goes after the 48 hours.
    """

    name = "wechat"

    def __init__(
        self, *, line: Line, at: datetime, template: str = "", fields: Mapping[str, str]
    ) -> None:
        self.line, self.at, self.template, self.fields = line, at, template, fields

    def send(self, message: Outgoing) -> str:
        """WeChat's receipt. Raises Undeliverable, ReplyLost, NoAnswer or another OSError.

        WeChat knows no key that makes two messages in words one, but has one for a template: so
        what may have arrived already is told again by that, with a link in place of the words.
        """
        if not _OPENID.fullmatch(message.to):
            raise Undeliverable("not_an_openid")
        if message.again and self.template:
            return self._by_template(message)
        said = {"touser": message.to, "msgtype": "text", "text": {"content": words(message)}}
        answer = self.line.call("/cgi-bin/message/custom/send", said)
        if answer.get("errcode") not in _ONLY_TEMPLATE:
            return _receipt(answer, "words")
        if not self.template:
            raise Undeliverable(f"{_said(answer)} (no template)")
        return self._by_template(message)

    def _by_template(self, message: Outgoing) -> str:
        answer = self.line.call(
            "/cgi-bin/message/template/send",
            {
                "touser": message.to,
                "template_id": self.template,
                "url": message.link,
                "client_msg_id": sha256(message.key.encode()).hexdigest()[:32],
                "data": {name: {"value": self._value(name, message)} for name in self.fields},
            },
        )
        return _receipt(answer, f"template {answer.get('msgid', '')}")

    def _value(self, name: str, message: Outgoing) -> str:
        """What stands in this place of the template, as long as WeChat lets it be."""
        number = _NUMBER.search(message.subject)
        what = {
            "number": number[0] if number else "-",
            "time": self.at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M"),
            "title": _NUMBER.sub("", message.subject).strip("：: ") or message.subject,
        }[self.fields[name]]
        return what[: _LONGEST.get(name.rstrip("0123456789"), 200)]


def words(message: Outgoing) -> str:
    """Title, words and the link, within what WeChat takes: the words are cut, never the link."""
    tail = "" if message.link and message.link in message.body else f"\n{message.link}"
    whole = f"{message.subject}\n{message.body}{tail}".strip()
    if len(whole.encode()) <= TEXT_MOST:
        return whole
    end = f"……\n{message.link}"
    room = TEXT_MOST - len(end.encode())
    return whole.encode()[:room].decode(errors="ignore").rstrip() + end


def _receipt(answer: Mapping[str, Any], receipt: str) -> str:
    """The receipt of what was taken; else the fault it is."""
    code = answer.get("errcode")
    if code == 0:
        return receipt.strip()
    if code in _IN_VAIN:
        raise Undeliverable(_said(answer))
    if code == -1:  # busy: it may or may not be
        raise ReplyLost(_said(answer))
    raise NoAnswer(_said(answer))


def _read(status: int, data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise ReplyLost(f"{status} not an answer of WeChat") from None
    if not isinstance(found, dict):
        raise ReplyLost(f"{status} not an answer of WeChat")
    return found


def _said(answer: Mapping[str, Any]) -> str:
    """Its code and words, without the hint that WeChat puts behind them."""
    said = str(answer.get("errmsg", "")).partition(" hint:")[0].partition(" rid:")[0]
    return f"{answer.get('errcode', '')} {said}".strip()[:160]
