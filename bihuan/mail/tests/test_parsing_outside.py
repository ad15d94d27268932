"""How many mails of others are read as their makers expect (BIHUAN_OUTSIDE/mail)."""

from __future__ import annotations

import base64
import os
import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bihuan.mail.parsing import Letter, read

LEAST = {"sender": 0.97, "name": 0.95, "subject": 0.98, "body": 0.95, "attachments": 0.97}


def outside(*path: str) -> Path:
    """A folder with outside material; its absence is a failure once the variable is set."""
    named = os.environ.get("BIHUAN_OUTSIDE")
    if not named:
        pytest.skip("BIHUAN_OUTSIDE names no folder with outside material")
    folder = Path(named, *path)
    assert folder.is_dir()
    return folder


class Loader(yaml.SafeLoader):
    """Plain values of files that another language wrote with its own types."""

    def other(self, _suffix: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return {
                self.construct_object(k, deep=True): self.construct_object(v, deep=True)
                for k, v in node.value
            }
        if isinstance(node, yaml.SequenceNode):
            return self.construct_sequence(node, deep=True)
        return self.construct_scalar(node)

    def binary(self, node: yaml.Node) -> bytes:
        return base64.b64decode(node.value)


Loader.add_multi_constructor("!ruby", Loader.other)
Loader.add_constructor("!binary", Loader.binary)


class Page(HTMLParser):
    """The text of a page without what is never shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unshown = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unshown += tag in {"script", "style", "head", "title"}

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head", "title"}:
            self._unshown = max(0, self._unshown - 1)

    def handle_data(self, data: str) -> None:
        if not self._unshown:
            self.said.append(data)


def said(value: Any) -> str:
    return value.decode("utf8", "replace") if isinstance(value, bytes) else str(value or "")


def folded(value: Any) -> str:
    plain = unicodedata.normalize("NFC", said(value))
    return re.sub(r"[\s\u00a0\u200b\ufeff\xad]+", "", plain)


def body(value: Any, kind: str) -> str:
    """Where HTML is expected it is compared as text, also where its kind is not noted."""
    text = said(value)
    if "html" in kind or text.startswith("<"):
        text = "".join(Page(text).said)
    return "" if "novisiblecontent" in folded(text) else folded(text)


def compared(want: dict[str, Any], got: Letter) -> dict[str, bool]:
    """What is expected of the mail, and whether it is so."""
    right = {}
    if "from_email" in want:
        right["sender"] = folded(want["from_email"]).lower() == folded(got.from_email).lower()
    if "from_display_name" in want:
        right["name"] = folded(want["from_display_name"]) == folded(got.from_name)
    if "subject" in want:
        right["subject"] = folded(want["subject"]) == folded(got.subject)
    if "body" in want:
        right["body"] = body(want["body"], said(want.get("content_type"))) == folded(got.text)
    listed = [one for one in want.get("attachments") or [] if isinstance(one, dict)]
    names = {folded(one.get("filename")) for one in listed} - {""}
    names = {name for name in names if not name.startswith("message.html")}
    if names:
        right["attachments"] = names <= {folded(one.filename) for one in got.parts}
    return right


def test_the_mails_of_another_desk_are_read_as_it_reads_them():
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()

    for noted in sorted(outside("mail", "zammad").glob("*.yml")):
        want = yaml.load(noted.read_text("utf-8"), Loader)
        for what, is_so in compared(want, read(noted.with_suffix(".box").read_bytes())).items():
            asked[what] += 1
            right[what] += is_so

    shares = {what: right[what] / asked[what] for what in LEAST}
    assert {what: share for what, share in shares.items() if share < LEAST[what]} == {}


def test_no_mail_of_others_is_too_much():
    files = [file for file in outside("mail").rglob("*") if file.is_file()]

    letters = [read(file.read_bytes()) for file in files]

    assert len(letters) > 200
    assert all(len(one.body_hash) == 64 for one in letters)
