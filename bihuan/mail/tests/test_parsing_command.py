"""`bihuan parse email`, run as the program it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bihuan.cli.tests.test_due import bihuan
from bihuan.mail.tests import letters

FIELDS = [
    "from_email", "from_name", "to", "cc", "subject", "date", "message_id", "in_reply_to",
    "text", "reply_text", "attachments", "automatic", "bounce", "problems",
]  # fmt: skip
ANSWER = """底座又裂了，请处理。

在 2026年2月13日，优选商城 <service@example.com> 写道：
> 您的投诉已受理。
"""


def parsed(home: Path, raw: bytes, *words: str) -> dict[str, Any]:
    done = bihuan("parse", "email", *words, home=home, stdin=raw)
    assert (done.returncode, done.stderr) == (0, b"")
    return json.loads(done.stdout)


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_mail_comes_out_as_json(words: list[str], tmp_path: Path):
    raw = letters.mail(ANSWER, files={"照片.jpg": letters.photo()}, id="<1@example.com>")

    answer = parsed(tmp_path, raw, *words)

    assert list(answer) == FIELDS
    assert (answer["from_email"], answer["from_name"]) == ("wang.fang@example.com", "王芳")
    assert (answer["to"], answer["cc"]) == ([letters.OURS], [])
    assert answer["date"] == "2026-02-13T15:59:00+08:00"
    assert answer["message_id"] == "<1@example.com>"
    assert "您的投诉已受理" in answer["text"]
    assert answer["reply_text"] == "底座又裂了，请处理。"
    [photo] = answer["attachments"]
    assert photo == {
        "filename": "照片.jpg",
        "content_type": "image/jpeg",
        "size": len(letters.photo()),
    }
    assert (answer["automatic"], answer["bounce"], answer["problems"]) == ("", None, [])


def test_a_bounce_says_of_whom_it_is(tmp_path: Path):
    answer = parsed(tmp_path, letters.bounce("<7@example.com>"))

    assert answer["bounce"].keys() == {"recipients", "permanent", "status", "original_id"}
    assert answer["bounce"]["original_id"] == "<7@example.com>"


@pytest.mark.parametrize("raw", [b"", b"\0" * 1000, bytes(range(256)) * 50, b"\xff\xfe: \xd8\n"])
def test_any_bytes_are_a_mail(raw: bytes, tmp_path: Path):
    assert list(parsed(tmp_path, raw)) == FIELDS


def test_beyond_the_limit_nothing_is_read(tmp_path: Path):
    answer = parsed(tmp_path, b"Subject: long\n\n" + b"a\n" * 16_000_000)

    assert answer["subject"] == "long"
    assert answer["problems"][0] == "too_large"
