"""What comes into the house: files, and mail by servers of its own or from a mailbox."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bihuan.config import environment as env
from bihuan.config.ways_out import MAIL_FROM
from bihuan.core import personal
from bihuan.notify.providers import letter

_HOST_AND_PORT = re.compile(r"(?P<host>[^\s:]+|\[[0-9a-f:]+\]):(?P<port>\d{1,5})", re.IGNORECASE)

FILE_MAX = env.number("BIHUAN_FILE_MAX", 20_000_000, "bytes one evidence file may have", least=1)
UPLOADS_MAX = env.number(
    "BIHUAN_UPLOADS_MAX",
    2_000_000_000,
    "bytes that unfinished uploads may hold together; guests no more than half of it",
    least=1_000_000,
    most=10**13,
)
UPLOADS_KEPT = timedelta(
    hours=env.number(
        "BIHUAN_UPLOADS_HOURS", 24, "hours an unfinished upload waits to go on", least=1, most=720
    )
)
DISK_SPARE = env.number(
    "BIHUAN_DISK_SPARE",
    500_000_000,
    "bytes of the disk that are left to the database: no file or mail is taken onto them",
    least=0,
    most=10**15,
)
FILES_ORIGIN = env.text(
    "BIHUAN_FILES_ORIGIN",
    "",
    "origin of their own where evidence files are served; none: beside the pages, sandboxed",
)
if FILES_ORIGIN and not re.fullmatch(
    r"https://[a-z0-9.-]+(:\d{1,5})?|http://(127\.0\.0\.1|localhost)(:\d{1,5})?", FILES_ORIGIN
):
    allowed = "https://files.example.com, without a path; http only on this machine"
    raise env.SettingFault("BIHUAN_FILES_ORIGIN", FILES_ORIGIN, allowed)
CLAMD = env.text(
    "BIHUAN_CLAMD", "", "virus scanner for files: host:port or socket of clamd; none: none is asked"
)
if CLAMD and not re.fullmatch(r"/.+|[^\s:]+:\d{1,5}|\[[0-9a-f:]+\]:\d{1,5}", CLAMD):
    raise env.SettingFault("BIHUAN_CLAMD", CLAMD, "/run/clamav/clamd.ctl or 127.0.0.1:3310")
WIDGET_ORIGINS = [
    env.origin("BIHUAN_WIDGET_ORIGINS", one, only_here=True)
    for one in env.words(
        "BIHUAN_WIDGET_ORIGINS",
        "",
        "sites that may show the contact window in a frame; none: no site",
    )
]
MAIL_ADDRESSES = tuple(
    one.lower()
    for one in env.words(
        "BIHUAN_MAIL_ADDRESSES",
        letter.sender_of(MAIL_FROM).addr_spec,
        "addresses people write to, parted by commas; the first stands for those nobody names",
    )
)
for _one in MAIL_ADDRESSES:
    if _one != "service@localhost" and personal.normal_email(_one) is None:
        raise env.SettingFault("BIHUAN_MAIL_ADDRESSES", _one, "service@example.com,…")
if not MAIL_ADDRESSES:
    raise env.SettingFault("BIHUAN_MAIL_ADDRESSES", "", "service@example.com,…")
MAIL_TAGGED = env.flag(
    "BIHUAN_MAIL_TAGGED", False, "service+tag@ is delivered too: answers go to such an address"
)
MAIL_AUTHORITY = env.text(
    "BIHUAN_MAIL_AUTHORITY",
    "",
    "name under which your own mail server writes Authentication-Results; none: none is believed",
)
MAIL_MAX = env.number(
    "BIHUAN_MAIL_MAX", 30_000_000, "bytes one mail may have", least=100_000, most=100_000_000
)
MAIL_KEPT = timedelta(
    days=env.number(
        "BIHUAN_MAIL_KEPT_DAYS",
        30,
        "days the originals of bounces, automatic replies and copies are kept",
        least=1,
        most=3650,
    )
)


def _listen(name: str, says: str) -> tuple[str, int] | None:
    given = env.text(name, "", says)
    if not given:
        return None
    found = _HOST_AND_PORT.fullmatch(given)
    if found is None or not 0 < int(found["port"]) < 65_536:
        raise env.SettingFault(name, given, "host:port, such as 127.0.0.1:2525")
    return found["host"].strip("[]"), int(found["port"])


SMTP_LISTEN = _listen("BIHUAN_SMTP_LISTEN", "host:port where mail is taken by SMTP; none: nowhere")
LMTP_LISTEN = _listen("BIHUAN_LMTP_LISTEN", "host:port where mail is taken by LMTP; none: nowhere")
MAIL_TLS_CERT = env.text("BIHUAN_MAIL_TLS_CERT", "", "certificate for STARTTLS, in PEM")
MAIL_TLS_KEY = env.text("BIHUAN_MAIL_TLS_KEY", "", "path of its key, in PEM")
for _name, _path in (
    ("BIHUAN_MAIL_TLS_CERT", MAIL_TLS_CERT),
    ("BIHUAN_MAIL_TLS_KEY", MAIL_TLS_KEY),
):
    if bool(MAIL_TLS_CERT) != bool(MAIL_TLS_KEY) or (_path and not Path(_path).is_file()):
        raise env.SettingFault(_name, _path, "a file, and the other of the two as well")


@dataclass(frozen=True, slots=True)
class Imap:
    """A mailbox that is looked into: server, folder, and how often, in seconds."""

    host: str
    port: int
    tls: bool
    user: str
    folder: str
    every: int
    password: str = field(repr=False, default="")

    @property
    def name(self) -> str:
        """By what its place in the mailbox is remembered."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


def _imap() -> Imap | None:
    given = env.text("BIHUAN_IMAP_URL", "", "mailbox to look into; none: none is")
    password = env.text("BIHUAN_IMAP_PASSWORD", "", "its password")
    every = env.number("BIHUAN_IMAP_SECONDS", 20, "seconds between two looks", least=1, most=3600)
    if not given:
        return None
    wanted = "imaps://user%40example.com@imap.example.com/INBOX"
    try:
        parts = urlsplit(given)
        tls, port = parts.scheme == "imaps", parts.port
    except ValueError:
        raise env.SettingFault("BIHUAN_IMAP_URL", None, wanted) from None
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise env.SettingFault("BIHUAN_IMAP_URL", None, wanted)
    if not tls and parts.hostname not in ("127.0.0.1", "localhost"):
        raise env.SettingFault("BIHUAN_IMAP_URL", None, "imaps outside this machine")
    if parts.password is not None:
        raise env.SettingFault("BIHUAN_IMAP_URL", None, "no password: BIHUAN_IMAP_PASSWORD has it")
    return Imap(
        host=parts.hostname,
        port=port or (993 if tls else 143),
        tls=tls,
        user=unquote(parts.username),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        every=every,
        password=password,
    )


IMAP = _imap()
