"""What somebody said by WeChat: words, a file to fetch, or a wish of the account itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bihuan.core import inputs
from bihuan.wechat.rules.envelope import Unreadable

CODE_DIGITS = 8
TEXT_MOST = 4000
QUIET = timedelta(minutes=10)  # who goes on speaking is not told each time where it went
FILES = {"image": "jpg", "voice": "amr", "video": "mp4", "shortvideo": "mp4"}
_BIND = re.compile(r"\s*(?:绑定|bind)\s*[:：]?\s*(\d{4})[\s-]*(\d{4})\s*", re.IGNORECASE)
_NUMBER = re.compile(r"[A-Z]{2}\d{14,20}")
_COMMANDS = {
    "进度": "progress", "查进度": "progress", "查询进度": "progress", "progress": "progress",
    "新问题": "new", "新事项": "new", "new": "new",
    "帮助": "help", "help": "help", "?": "help", "？": "help",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One message or event. `to` is our account's own name; `key` is WeChat's name for it.

    `kind` is text, image, voice, video, shortvideo, location, link, event or other.
    """

    openid: str
    to: str
    kind: str
    key: str
    at: datetime
    text: str = ""
    media_id: str = ""
    event: str = ""
    event_key: str = ""

    @property
    def command(self) -> str:
        """What is wished of the account itself: progress, new, help, left, came; "" for none."""
        if self.kind == "event":
            happened = {"subscribe": "came", "unsubscribe": "left"}.get(self.event, "")
            return happened or (_COMMANDS.get(self.event_key, "") if self.event == "click" else "")
        return _COMMANDS.get(self.text.strip().strip("“”\"'。！!").lower(), "")

    @property
    def code(self) -> str:
        """The eight digits that bind this openid; "" when this is something else."""
        found = _BIND.fullmatch(self.text) if self.kind == "text" else None
        return found[1] + found[2] if found else ""

    @property
    def number(self) -> str:
        """The case that the words name; "" for none."""
        found = _NUMBER.search(self.text.upper())
        return found[0] if found else ""


def read(given: Mapping[str, str]) -> Said:
    """From the fields of the XML. Unreadable where it does not say who, what and when."""
    kind, sender = given.get("MsgType", "").strip().lower(), given.get("FromUserName", "").strip()
    made, event = given.get("CreateTime", "").strip(), given.get("Event", "").strip().lower()
    if not (sender and kind and made.isascii() and made.isdigit() and len(made) < 12):
        raise Unreadable("no_message")
    key = given.get("MsgId", "").strip()
    if kind == "event":
        key = f"{made}.{event}.{given.get('EventKey', '')}.{given.get('MsgID', '')}"
    if not key:
        raise Unreadable("no_message")
    return Said(
        openid=sender,
        to=given.get("ToUserName", "").strip(),
        kind=kind if kind in ("text", "location", "link", "event", *FILES) else "other",
        key=f"{sender}.{key}"[:400],
        at=datetime.fromtimestamp(int(made), UTC),
        text=inputs.plain(_words(kind, given))[:TEXT_MOST],  # a copied number may hold marks
        media_id=given.get("MediaId", "").strip()[:200] if kind in FILES else "",
        event=event,
        event_key=given.get("EventKey", "").strip()[:100],
    )


def _words(kind: str, given: Mapping[str, str]) -> str:
    """In words whatever it was; a voice by what WeChat heard, where it did."""
    match kind:
        case "text":
            return given.get("Content", "")
        case "voice":
            return given.get("Recognition", "")
        case "location":
            place = (given.get("Location_X", ""), given.get("Location_Y", ""))
            return f"位置：{given.get('Label', '').strip()}（{'，'.join(place)}）"
        case "link":
            parts = (given.get(name, "").strip() for name in ("Title", "Description", "Url"))
            return "链接：" + "\n".join(filter(None, parts))
    return ""


def received_at(said: Said, at: datetime) -> datetime:
    """When it reached the platform: when WeChat took it, unless its clock says nonsense (X-09)."""
    return said.at if at - timedelta(hours=1) <= said.at <= at else at
