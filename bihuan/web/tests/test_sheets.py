"""Rows as files: nothing in a cell is run by a spreadsheet, and memory stays flat."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import StreamingHttpResponse

from bihuan.web import sheets
from bihuan.web.sheets import Row

COLUMNS = ["number", "subject", "minutes", "open"]
ROW: Row = {"number": "TS1", "subject": "底座，开裂\n漏水", "minutes": -5, "open": True}


def made(format: str, rows: list[Row]) -> bytes:
    file = io.BytesIO()
    sheets.put(format, file, COLUMNS, rows)
    return file.getvalue()


def text_of(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as found:
        return "".join(found.read(n).decode() for n in found.namelist() if n.endswith(".xml"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_text_that_would_be_a_formula_begins_with_a_quote(start: str, format: str):
    attack = f"{start}HYPERLINK(1)"

    file = made(format, [ROW | {"subject": attack}])

    if format == "csv":
        [line] = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))
        assert line["subject"] == f"'{attack}"
    else:
        seen = text_of(file)
        assert "<f>" not in seen
        assert "'" in seen.partition("HYPERLINK")[0][-12:]


def test_a_number_below_zero_is_a_number():
    [line] = list(csv.DictReader(io.StringIO(made("csv", [ROW]).decode("utf-8-sig"), newline="")))

    assert line == {
        "number": "TS1", "subject": "底座，开裂\n漏水", "minutes": "-5", "open": "1",
    }  # fmt: skip


def test_json_lines_are_as_they_are():
    row = ROW | {"subject": "=1+1"}

    assert json.loads(made("jsonl", [row])) == row


def test_a_file_without_rows_has_its_head():
    assert made("csv", []).decode("utf-8-sig").strip() == ",".join(COLUMNS)
    assert "number" in text_of(made("xlsx", []))
    assert made("jsonl", []) == b""


def test_a_full_sheet_is_followed_by_another():
    file = io.BytesIO()

    sheets.workbook(file, COLUMNS, [ROW] * 7, most=3)

    with zipfile.ZipFile(file) as found:
        assert len([n for n in found.namelist() if "worksheets/sheet" in n]) == 3


def many(rows: int) -> Iterator[Row]:
    for n in range(rows):
        yield ROW | {"number": f"TS{n}", "subject": "x" * 200}


@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
def test_twenty_thousand_rows_take_no_more_memory_than_two_thousand(format: str, tmp_path: Any):
    def peak(rows: int) -> int:
        with (tmp_path / "file").open("wb") as file:
            tracemalloc.start()
            sheets.put(format, file, COLUMNS, many(rows))
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    peak(100)
    assert peak(20_000) < peak(2_000) + 500_000


def test_an_answer_is_read_as_it_is_sent(in_a_loop: Any):
    read: list[int] = []

    def rows() -> Iterator[Row]:
        for n in range(2000):
            read.append(n)
            yield ROW

    answer: Any = sheets.answer("cases", "csv", COLUMNS, rows())
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Disposition"] == 'attachment; filename="cases.csv"'

    async def first() -> bytes:
        async for block in answer:
            return bytes(block)
        return b""

    assert in_a_loop(first()).startswith(b"\xef\xbb\xbfnumber")
    assert len(read) <= sheets.AT_ONCE
