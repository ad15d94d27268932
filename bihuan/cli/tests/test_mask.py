"""`bihuan mask`, run as the program it is."""

from __future__ import annotations

import json

import pytest

from bihuan.cli.tests.test_due import bihuan

TEXT = "王小明，139 1234 2718，alice@qq.com；订单 20260213001\n"


def test_a_text_comes_out_masked_and_what_was_found_is_counted(tmp_path):
    done = bihuan("mask", home=tmp_path, stdin=TEXT.encode())

    assert done.returncode == 0
    assert done.stdout.decode() == "王小明，139****2718，a***@qq.com；订单 20260213001\n"
    assert done.stderr.decode() == "已遮盖：电话 1 处，邮箱 1 处\n"


def test_as_json_it_says_where_and_shows_nothing_personal(tmp_path):
    done = bihuan("mask", "--json", home=tmp_path, stdin=TEXT.encode())

    answer = json.loads(done.stdout)
    assert [(f["kind"], f["masked"]) for f in answer["found"]] == [
        ("phone", "139****2718"),
        ("email", "a***@qq.com"),
    ]
    first = answer["found"][0]
    assert TEXT[first["start"] : first["end"]] == "139 1234 2718"
    assert b"1234" not in done.stdout


@pytest.mark.parametrize("text", ["", "你好\n"])
def test_a_text_without_anything_personal_comes_out_as_it_went_in(text, tmp_path):
    done = bihuan("mask", home=tmp_path, stdin=text.encode())

    assert (done.returncode, done.stdout.decode()) == (0, text)
    assert done.stderr.decode() == "未发现个人信息\n"


def test_bytes_that_are_no_utf8_are_refused_rather_than_passed_on(tmp_path):
    done = bihuan("mask", home=tmp_path, stdin="电话13912342718".encode("gb18030"))

    assert done.returncode == 2
    assert done.stdout == b""
    assert "not UTF-8 (byte 0)" in done.stderr.decode()
