"""Notifier into a local folder of .eml files: what development and the demo read as their mail."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path

from bihuan.core.ports import Outgoing
from bihuan.notify.providers.letter import compose

_NAME = re.compile(r"[0-9a-f]{40}\Z")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it lies in the folder; `at` is its Date."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str
    message_id: str = ""


class Mailbox:
    """The same key is the same file, so a letter lies there once. Written, fsynced, renamed."""

    name = "mailbox"

    def __init__(
        self,
        *,
        folder: Path,
        sender: str,
        at: datetime,
        sender_name: str = "",
        domain: str = "",
        tagged: bool = False,
    ) -> None:
        """`domain` makes a letter's address of what is none, such as a phone number."""
        self.folder, self.sender, self.sender_name, self.at = folder, sender, sender_name, at
        self.domain, self.tagged = domain, tagged

    def send(self, message: Outgoing) -> str:
        """The file's name. Undeliverable when it is no letter, OSError when it cannot be kept."""
        letter = self.letter(message)
        name = sha256(message.key.encode()).hexdigest()[:40]
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.folder / f"{name}.eml"
        if target.exists():
            return name
        half = self.folder / f".{name}.{os.getpid()}"
        with half.open("wb") as file:
            file.write(letter.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def letter(self, message: Outgoing) -> EmailMessage:
        """What is kept. Raises what `compose` does."""
        if self.domain and message.to:
            message = replace(message, to=f"{message.to}@{self.domain}")
        return compose(
            message, sender=self.sender, name=self.sender_name, at=self.at, tagged=self.tagged
        )


def letters(folder: Path, most: int = 200) -> Iterator[Letter]:
    """The newest letters first; none when nothing was ever sent."""
    if not folder.is_dir():
        return
    files = sorted(folder.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns, reverse=True)
    yield from (_read(file) for file in files[:most])


def letter(folder: Path, name: str) -> Letter | None:
    """The letter of this name; None when there is none or the name is no letter's."""
    file = folder / f"{name}.eml"
    return _read(file) if _NAME.match(name) and file.is_file() else None


def _read(file: Path) -> Letter:
    mail = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=default)
    body = mail.get_body(("plain",))
    return Letter(
        name=file.stem,
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        at=mail["Date"].datetime,
        text="\n".join(body.get_content().splitlines()) if body else "",
        message_id=str(mail["Message-ID"]),
    )
