"""Every setting has its line on docs/settings.md, and every line its setting."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bihuan.config import environment
from tests.house import source

PAGE = source.ROOT.joinpath("docs", "settings.md").read_text("utf-8")
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|$", re.M)
NAME = re.compile(r"BIHUAN_[A-Z_]+")
#: Read by the database's own library, so it has no BIHUAN_ before it.
ELSEWHERE = {"DATABASE_URL"}


def _documented() -> list[str]:
    return [name for name, _default, _meaning in ROW.findall(PAGE)]


def test_the_page_lists_each_setting_once() -> None:
    assert sorted(_documented()) == sorted(environment.KNOWN.keys() | ELSEWHERE)


def test_whatever_the_code_reads_from_the_environment_is_a_known_setting() -> None:
    read = {
        str(text.value).removesuffix("_FILE")
        for module in source.modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call | ast.Subscript)
        for text in source.strings(node)
        if "environ" in ast.unparse(node) and NAME.fullmatch(str(text.value))
    }

    assert read <= environment.KNOWN.keys()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("BIHUAN_HTTPS", "yes", "true or false"),
        ("BIHUAN_SMTP_PORT", "0", "a whole number from 1 to 65535"),
        ("BIHUAN_SMTP_TLS", "ssl", "none or starttls or tls"),
        ("BIHUAN_CONVERSATION_URL", "https://chat.example.com/talks/", "/talks/{id}"),
        ("BIHUAN_FILES_ORIGIN", "https://files.example.com/x", "without a path"),
        ("BIHUAN_FILES_ORIGIN", "http://127.0.0.1:8001", "another host than the pages'"),
        ("BIHUAN_SMS_URL", "ftp://sms.example.com", "https://host"),
        ("BIHUAN_SMS_URL", "http://sms.example.com", "https outside this machine"),
        ("BIHUAN_ARI_URL", "http://pbx.example.com:8088", "http only on this machine"),
        ("BIHUAN_WECHAT_APP_ID", "gh_10f6c3c3ac5a", "wx and 16 digits"),
        ("BIHUAN_WECHAT_TEMPLATE_FIELDS", "thing1=name", "thing1=title"),
        ("BIHUAN_PHONE_RECORDINGS", "https://u@pbx.example.com", "https://host or http://host"),
        ("BIHUAN_PHONE_KEEP_DAYS", "0", "a whole number from 1 to 3650"),
        ("BIHUAN_SMTP_PASSWORD_FILE", "/nowhere/to/be/found", "a readable file"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name_its_value_and_what_is_allowed(
    tmp_path: Path, name: str, value: str, allowed: str
) -> None:
    plain = {key: kept for key, kept in os.environ.items() if not NAME.fullmatch(key)}

    done = subprocess.run(
        [sys.executable, "-c", "import bihuan.config.settings"],
        env=plain | {"BIHUAN_HOME": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert name in done.stderr
    assert repr(value) in done.stderr
    assert allowed in done.stderr


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "BIHUAN_SMS_KEY_SECRET"),
        ({"BIHUAN_SMS_KEY_SECRET": "hunter2"}, "BIHUAN_SMS_SIGN"),
        ({"BIHUAN_SMS_KEY_SECRET": "hunter2", "BIHUAN_SMS_SIGN": "商城"}, "BIHUAN_SMS_TEMPLATE"),
    ],
)
def test_half_an_account_for_text_messages_stops_the_start_and_names_what_is_missing(
    tmp_path: Path, given: dict[str, str], missing: str
) -> None:
    plain = {key: kept for key, kept in os.environ.items() if not NAME.fullmatch(key)}

    done = subprocess.run(
        [sys.executable, "-c", "import bihuan.config.settings"],
        env=plain | {"BIHUAN_HOME": str(tmp_path), "BIHUAN_SMS_KEY_ID": "LTAI-1"} | given,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert f"{missing} " in done.stderr or f"{missing}=" in done.stderr
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"BIHUAN_PHONE_SECRET": "hunter2"}, "BIHUAN_PHONE_SECRET"),
        ({"BIHUAN_PHONE_SECRET": "whsec_hunter2="}, "BIHUAN_PHONE_SECRET"),
        ({"BIHUAN_ARI_URL": "https://pbx.example.com"}, "BIHUAN_ARI_PASSWORD"),
        ({"BIHUAN_PUSH_URL": "https://push.example.com/"}, "BIHUAN_PUSH_SECRET"),
        ({"BIHUAN_WECHAT_AES_KEY": "hunter2"}, "BIHUAN_WECHAT_AES_KEY"),
        ({"BIHUAN_WECHAT_APP_ID": "wx0123456789abcdef"}, "BIHUAN_WECHAT_SECRET"),
        ({"BIHUAN_SMS_REPORTS": "hunter2"}, "BIHUAN_SMS_REPORTS"),
    ],
)
def test_half_a_telephone_or_account_stops_the_start_and_never_prints_its_secret(
    tmp_path: Path, given: dict[str, str], missing: str
) -> None:
    plain = {key: kept for key, kept in os.environ.items() if not NAME.fullmatch(key)}

    done = subprocess.run(
        [sys.executable, "-c", "import bihuan.config.settings"],
        env=plain | {"BIHUAN_HOME": str(tmp_path)} | given,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert f"{missing} " in done.stderr
    assert "hunter2" not in done.stderr


def test_a_name_that_nobody_reads_is_named_without_its_value_which_may_be_a_secret(
    tmp_path: Path,
) -> None:
    plain = {key: kept for key, kept in os.environ.items() if not NAME.fullmatch(key)}

    done = subprocess.run(
        [sys.executable, "-c", "import bihuan.config.settings"],
        env=plain | {"BIHUAN_HOME": str(tmp_path), "BIHUAN_SMTP_PASWORD": "hunter2"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "BIHUAN_SMTP_PASWORD cannot be used" in done.stderr
    assert "BIHUAN_SMTP_PASSWORD," in done.stderr
    assert "hunter2" not in done.stderr
